//go:build !linux

package git

import "syscall"

// endWithParent does nothing where the kernel does not end the children of a process that was killed.
func endWithParent(*syscall.SysProcAttr) {}
