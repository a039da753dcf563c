package deploy

import "syscall"

// tie makes the kernel end the child when we die, however we die.
func tie(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGTERM }
