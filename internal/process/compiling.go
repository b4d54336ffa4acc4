package process

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// compiling is how long mage may be at work before it is said that it compiles, how often that is looked for, and how
// often it is said again.
const compiling, lookEach, repeatEach = 2 * time.Second, 200 * time.Millisecond, 5 * time.Second

// compilers are the programs of Go's that run only while something is compiled.
var compilers = []string{"compile", "link", "asm", "cgo"}

// TellCompiling says on w that this program, mage, compiles its targets, where it does so after a while, and then every
// five seconds how long that has taken and which package it is at: nothing else would say so on a machine where that
// takes minutes. A go command that only looks whether anything has changed, or that downloads, is not compiling.
func TellCompiling(w io.Writer) {
	begin := time.Now()
	time.AfterFunc(compiling, func() {
		var said compilation
		for {
			atWork, compiles, what := goAtWork()
			if line := said.line(time.Since(begin), compiles, what); line != "" {
				fmt.Fprintln(w, line)
			}
			if !atWork {
				return
			}
			time.Sleep(lookEach)
		}
	})
}

// compilation is what was said of one that goes on.
type compilation struct {
	begun bool
	last  time.Duration // when the last line was printed
	what  string        // the package that was compiled when somebody looked last
}

// line is what to print after so long; "" when there is nothing new to say. Between two compilers' runs the go command
// is still at it.
func (c *compilation) line(after time.Duration, compiles bool, what string) string {
	if what != "" {
		c.what = what
	}
	switch {
	case !c.begun && !compiles, c.begun && after-c.last < repeatEach:
		return ""
	case !c.begun:
		c.begun, c.last = true, after
		return "compiling the targets: once after each change of them, minutes where nothing was compiled before"
	}
	c.last = after
	return strings.TrimSuffix(fmt.Sprintf("compiling the targets (%s): %s", after.Round(time.Second), c.what), ": ")
}

// goAtWork reports whether this program waits for a go command, and whether that compiles, and which package.
func goAtWork() (atWork, compiles bool, what string) {
	for _, pid := range childrenOf(os.Getpid()) {
		if nameOf(pid) != "go" {
			continue
		}
		atWork = true
		for _, child := range childrenOf(pid) {
			if slices.Contains(compilers, nameOf(child)) {
				compiles, what = true, cmp.Or(packageOf(child), what)
			}
		}
	}
	return atWork, compiles, what
}

// packageOf is the package that a compiler works on, by its flag -p; "" where that is not known.
func packageOf(pid int) string {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil {
		return ""
	}
	args := strings.Split(string(line), "\x00")
	if i := slices.Index(args, "-p"); i >= 0 && i+1 < len(args) {
		return args[i+1]
	}
	return ""
}
