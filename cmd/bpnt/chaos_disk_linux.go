package main

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// chaosDisk is where the private Postgres lives: a disk in memory, where we may mount one.
type chaosDisk struct {
	dir     string
	mounted bool
	why     string // it is none
}

// newChaosDisk makes the folder, and mounts a disk of so many bytes there.
func newChaosDisk(dir string, bytes int64) (*chaosDisk, error) {
	d := &chaosDisk{dir: dir}
	if err := os.Mkdir(dir, 0o755); err != nil {
		return nil, err
	}
	if os.Geteuid() != 0 {
		d.why = "only root may mount a small disk to fill"
		return d, nil
	}
	options := fmt.Sprintf("size=%d,mode=755", bytes)
	if err := unix.Mount("bpnt-chaos", dir, "tmpfs", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, options); err != nil {
		d.why = fmt.Sprintf("a small disk to fill cannot be mounted here: %v", err)
		return d, nil
	}
	d.mounted = true
	return d, nil
}

func (d *chaosDisk) ballast() string { return filepath.Join(d.dir, "ballast") }

// fill takes all that is free, down to the last page.
func (d *chaosDisk) fill() error {
	file, err := os.OpenFile(d.ballast(), os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil && !errors.Is(err, unix.ENOSPC) {
		return err
	}
	defer file.Close()
	block := make([]byte, 1<<20)
	for len(block) >= 4096 {
		if _, err := file.Write(block); errors.Is(err, unix.ENOSPC) {
			block = block[:len(block)/2]
		} else if err != nil {
			return err
		}
	}
	return nil
}

// free gives it back.
func (d *chaosDisk) free() error {
	if err := os.Remove(d.ballast()); err != nil && !os.IsNotExist(err) {
		return err
	}
	return nil
}

// close takes the disk away; where its contents shall be kept they are copied out before.
func (d *chaosDisk) close(keep bool) (err error) {
	if !d.mounted {
		return nil
	}
	if keep {
		err = errors.Join(d.free(), exec.Command("cp", "-a", d.dir, d.dir+"-kept").Run())
	}
	d.mounted = false
	if unmountErr := unix.Unmount(d.dir, unix.MNT_DETACH); unmountErr != nil {
		err = errors.Join(err, fmt.Errorf("the disk of the campaign stays mounted, run umount %s: %w", d.dir, unmountErr))
	}
	return err
}
