package git

import "syscall"

// tie has the kernel end a git whose parent was killed: one that waits for a server would wait on.
func tie(a *syscall.SysProcAttr) { a.Pdeathsig = syscall.SIGTERM }
