package main

import (
	"runtime"
	"syscall"
)

// tied makes the kernel kill the child when we die, however we die. It sends the signal when the thread that forked
// ends, so that thread is kept: keepThread.
func tied(attr *syscall.SysProcAttr) *syscall.SysProcAttr {
	attr.Pdeathsig = syscall.SIGKILL
	return attr
}

func keepThread() (release func()) {
	runtime.LockOSThread()
	return runtime.UnlockOSThread
}
