//go:build !linux

package gateway

import "errors"

// diskSpace is told on Linux only; elsewhere node_exporter may.
func diskSpace(string) (free, size uint64, err error) {
	return 0, 0, errors.New("the free space of a disk is not known on this system")
}
