package process

import (
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
)

// PassOn gives a program that starts others and waits for them, as mage does, what mage lacks: a SIGTERM goes to its
// children, and it lives on until they have ended. The returned function turns the program's exit code into 143 where a
// SIGTERM ended it and nothing better is known. Without it `go tool mage` exits 0 on SIGTERM, with its target still running.
func PassOn() func(code int) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM)
	var terminated atomic.Bool
	go func() {
		for range signals {
			terminated.Store(true)
			children := childrenOf(os.Getpid())
			for _, pid := range children {
				_ = syscall.Kill(pid, syscall.SIGTERM) // it may have ended by itself
			}
			if len(children) == 0 {
				os.Exit(int(fault.Terminated))
			}
		}
	}()
	return func(code int) int {
		if terminated.Load() && code == int(fault.Other) {
			return int(fault.Terminated)
		}
		return code
	}
}

// childrenOf finds the processes that pid started, in /proc. Elsewhere there are none to be found.
func childrenOf(pid int) []int {
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return nil
	}
	var children []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			if parent, ok := parentOf(n); ok && parent == pid {
				children = append(children, n)
			}
		}
	}
	return children
}
