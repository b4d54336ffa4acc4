package git

import "syscall"

// endWithParent has the kernel end a git whose parent was killed: one that waits for a server would wait on.
func endWithParent(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGTERM }
