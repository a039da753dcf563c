package gateway

import (
	"errors"

	"golang.org/x/sys/unix"
)

var errNoFolder = errors.New("the folder of the books is not on this machine")

// diskSpace is how many bytes are free, for who is not root, and how many there are, on the disk of a folder.
func diskSpace(folder string) (free, size uint64, err error) {
	if folder == "" {
		return 0, 0, errNoFolder
	}
	var s unix.Statfs_t
	if err := unix.Statfs(folder, &s); err != nil {
		return 0, 0, err
	}
	return s.Bavail * uint64(s.Bsize), s.Blocks * uint64(s.Bsize), nil
}
