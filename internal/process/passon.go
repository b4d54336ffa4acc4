package process

import (
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// PassOn gives a program that starts others and waits for them, as mage does, what mage lacks: SIGTERM and SIGINT go to
// its children, and it lives on until they have ended. The returned function turns the program's exit code into the
// signal's where that ended it and nothing better is known. Without it `go tool mage` exits 0 on SIGTERM, with its
// target still running, and on Ctrl-C while it compiles.
func PassOn() func(code int) int {
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, syscall.SIGTERM, os.Interrupt)
	var ended atomic.Pointer[endedProgram]
	go func() {
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
	}()
	return func(code int) int {
		if e := ended.Load(); e != nil && code == int(fault.Other) {
			return int(e.code())
		}
		return code
	}
}

// compiling is how long mage may be at work before it is said that it compiles, and how often that is looked for.
const compiling, lookEach = 2 * time.Second, 200 * time.Millisecond

// compilers are the programs of Go's that run only while something is compiled.
var compilers = []string{"compile", "link", "asm", "cgo"}

// TellCompiling says on w that this program, mage, compiles its targets, where it does so after a while: nothing else
// would say so on a machine where that takes minutes. A go command that only looks whether anything has changed, or
// that downloads, is not compiling.
func TellCompiling(w io.Writer) {
	time.AfterFunc(compiling, func() {
		for {
			atWork, compiles := goAtWork()
			if compiles {
				fmt.Fprintln(w, "compiling the targets: once after each change of them, minutes where nothing was compiled before")
			}
			if compiles || !atWork {
				return
			}
			time.Sleep(lookEach)
		}
	})
}

// goAtWork reports whether this program waits for a go command, and whether that compiles.
func goAtWork() (atWork, compiles bool) {
	for _, pid := range childrenOf(os.Getpid()) {
		if nameOf(pid) != "go" {
			continue
		}
		atWork = true
		for _, child := range childrenOf(pid) {
			compiles = compiles || slices.Contains(compilers, nameOf(child))
		}
	}
	return atWork, compiles
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
