package localpg

import "syscall"

// tie makes the kernel end the child when we die, however we die. SIGQUIT is Postgres's immediate shutdown.
func tie(attr *syscall.SysProcAttr) { attr.Pdeathsig = syscall.SIGQUIT }
