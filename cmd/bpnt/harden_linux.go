package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// harden keeps keys and PINs out of core files and out of the reach of debuggers of the same user (PCI DSS 3.3.1.3
// names memory and crash dumps).
func harden() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("core files cannot be turned off: %w", err)
	}
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("memory dumps cannot be turned off: %w", err)
	}
	return nil
}
