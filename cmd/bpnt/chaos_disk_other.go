//go:build !linux

package main

import "os"

// chaosDisk is the folder of the private Postgres.
type chaosDisk struct {
	dir     string
	mounted bool
	why     string
}

func newChaosDisk(dir string, _ int64) (*chaosDisk, error) {
	return &chaosDisk{dir: dir, why: "small disks in memory are mounted on Linux only"}, os.Mkdir(dir, 0o755)
}

func (d *chaosDisk) fill() error      { return nil }
func (d *chaosDisk) free() error      { return nil }
func (d *chaosDisk) close(bool) error { return nil }
