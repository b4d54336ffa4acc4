//go:build !linux

package builder

import (
	"syscall"
	"time"
)

func foreignProc() bool { return false }

func mayMount() bool { return true }

func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

func ended(int, time.Duration) {}
