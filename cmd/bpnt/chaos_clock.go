package main

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"time"
)

// chaosClock is the clock of the private Postgres, and of nobody else: libfaketime adds what stands in a file.
type chaosClock struct {
	library string // empty where there is none
	file    string
}

// faketimePlaces are where packages put the library.
const faketimePlaces = "/usr/lib/*/faketime/libfaketime.so.1"

func newChaosClock(library, file string) *chaosClock {
	found, _ := filepath.Glob(faketimePlaces) // its only error is a malformed pattern, and this one is a constant
	for _, path := range found {
		library = cmp.Or(library, path)
	}
	return &chaosClock{library: library, file: file}
}

// env makes the server read the file each time it asks for the time. Durations it measures by another clock.
func (c *chaosClock) env() []string {
	if c.library == "" {
		return nil
	}
	if err := c.set(0); err != nil {
		c.library = ""
		return nil
	}
	return []string{
		"LD_PRELOAD=" + c.library, "FAKETIME_TIMESTAMP_FILE=" + c.file, "FAKETIME_NO_CACHE=1",
		"FAKETIME_DONT_FAKE_MONOTONIC=1", "NO_FAKE_STAT=1",
	}
}

// set changes the file at once: a reader must not find it empty.
func (c *chaosClock) set(offset time.Duration) error {
	fresh := c.file + ".new"
	if err := os.WriteFile(fresh, fmt.Appendf(nil, "%+d\n", int(offset.Seconds())), 0o644); err != nil {
		return err
	}
	return os.Rename(fresh, c.file)
}

// clockJumpMax is the farthest jump in either direction.
const clockJumpMax = 10 * time.Minute

func (c *chaosClock) jump(random *rand.Rand) error {
	return c.set(time.Duration(random.Int64N(int64(2*clockJumpMax))) - clockJumpMax)
}
