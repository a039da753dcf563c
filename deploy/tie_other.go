//go:build !linux

package deploy

import "syscall"

// tie does nothing where the kernel offers no such signal: a killed demo then leaves its Prometheus running.
func tie(*syscall.SysProcAttr) {}
