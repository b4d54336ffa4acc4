package process

import (
	"os"
	"os/signal"
	"strconv"
	"sync/atomic"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// PassOn gives a program that starts others and waits for them, as mage does, what mage lacks: SIGTERM and SIGINT go to
// its children, and it lives on until they have ended. The returned function turns the program's exit code into the
// signal's where that ended it and nothing better is known. Without it `go tool mage` exits 0 on SIGTERM, with its
// target still running, and on Ctrl-C while it compiles.
func PassOn() func(code int) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	var ended atomic.Pointer[endedProgram]
	passing := goroutine.Start(func() error {
		for s := range signals {
			ended.CompareAndSwap(nil, &endedProgram{signal: s})
			children := childrenOf(os.Getpid())
			for _, pid := range children {
				_ = syscall.Kill(pid, s.(syscall.Signal)) // it may have ended by itself
			}
			if len(children) == 0 {
				os.Exit(int(ended.Load().code()))
			}
		}
		return nil
	})
	return func(code int) int {
		select {
		case err := <-passing:
			panic(err) // nothing closes the channel of signals
		default:
		}
		if e := ended.Load(); e != nil && code == int(fault.Other) {
			return int(e.code())
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
