//go:build !linux

package localpg

import "syscall"

// tie does nothing where the kernel offers no such signal: a killed test process then leaves its server running.
func tie(*syscall.SysProcAttr) {}
