//go:build !linux

package main

import "syscall"

// tied does nothing where the kernel offers no such signal.
func tied(attr *syscall.SysProcAttr) *syscall.SysProcAttr { return attr }

func keepThread() (release func()) { return func() {} }
