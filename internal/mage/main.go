// Command mage is Mage, with three things more: signals reach the target, whose exit code it waits for; a compilation
// that takes long is announced; and a mistake in the name of a target or of an option is found before anything is
// compiled, with the nearest name. `go tool mage` runs it.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/magefile/mage/mage"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

func main() {
	os.Args = append(os.Args[:1:1], helped(os.Args[1:])...)
	if err := mistake(os.Args[1:]); err != nil {
		term.Open(os.Stdout, os.Stderr, os.Environ()).Fail(err, target.Caller{})
		os.Exit(int(fault.CodeOf(err)))
	}
	if wantsList(os.Args[1:]) {
		fmt.Fprint(os.Stdout, list(os.Stdout))
		return
	}
	if one, ok := explained(os.Args[1:]); ok {
		fmt.Fprint(os.Stdout, target.Help(one, "go tool mage", term.Columns(os.Stdout), false))
		return
	}
	if dir, err := os.Getwd(); err == nil {
		os.Args = append(os.Args[:1:1], located(os.Args[1:], dir)...)
	}
	code := process.PassOn()
	process.TellCompiling(os.Stderr)
	os.Exit(code(mage.Main()))
}

// located adds to a command line where the magefiles are, for a folder below the one that holds them, such as that of a
// distribution: mage itself looks nowhere else. The targets run in that folder.
func located(args []string, dir string) []string {
	inv, _, err := mage.Parse(io.Discard, io.Discard, slices.Clone(args))
	if err != nil || inv.Dir != "" || inv.WorkDir != "" {
		return args
	}
	for up := dir; ; up = filepath.Dir(up) {
		if _, err := os.Stat(filepath.Join(up, mage.MagefilesDirName, "magefile.go")); err == nil {
			if up == dir {
				return args
			}
			return append([]string{"-d", up, "-w", dir}, args...)
		}
		if up == filepath.Dir(up) {
			return args
		}
	}
}

// wantsList reports whether a command line asks for the list of this repository's targets, and nothing else.
func wantsList(args []string) bool {
	inv, command, err := mage.Parse(io.Discard, io.Discard, slices.Clone(args))
	return err == nil && inv.List && command == mage.None
}

// list is that list, as wide as the terminal is.
func list(out *os.File) string {
	return "go tool mage TARGET --help explains one\n\n" + target.Listing(term.Columns(out), false, true)
}

// explained is the target that "-h TARGET" asks about: mage itself would compile the targets first, and lets its lines
// run on.
func explained(args []string) (target.Target, bool) {
	inv, command, err := mage.Parse(io.Discard, io.Discard, slices.Clone(args))
	if err != nil || command != mage.None || !inv.Help || len(inv.Args) != 1 || inv.Dir != "" || inv.WorkDir != "" {
		return target.Target{}, false
	}
	one, err := target.Find(strings.ToLower(inv.Args[0]))
	return one, err == nil
}

// helped turns "TARGET --help" into what mage understands, "-h TARGET".
func helped(args []string) []string {
	if len(args) < 2 || strings.HasPrefix(args[0], "-") {
		return args
	}
	for _, arg := range args[1:] {
		if arg == "--help" || arg == "-help" || arg == "-h" {
			return []string{"-h", args[0]}
		}
	}
	return args
}

// mistake finds what is wrong in a command line for this repository's targets; nil where mage has other work than them.
func mistake(args []string) error {
	inv, command, err := mage.Parse(io.Discard, io.Discard, slices.Clone(args))
	switch {
	case errors.Is(err, flag.ErrHelp):
		return nil
	case err != nil && len(args) > 0:
		return unknownFlag(args, err)
	case command != mage.None || inv.List || inv.Autocomplete || inv.Dir != "" || inv.WorkDir != "":
		return nil
	case inv.Help && len(inv.Args) == 1:
		_, err := target.Find(strings.ToLower(inv.Args[0]))
		return err
	case inv.Help:
		return nil
	}
	return target.CheckLine(inv.Args)
}

// unknownFlag explains a command line that mage refuses: the first of its flags that mage does not know is named.
func unknownFlag(args []string, err error) error {
	for i, arg := range args {
		_, _, wrong := mage.Parse(io.Discard, io.Discard, slices.Clone(args[:i+1]))
		if wrong != nil && wrong.Error() == err.Error() && len(arg) > 1 && arg[0] == '-' {
			return target.CheckFlag(arg)
		}
	}
	return fault.New(fault.Usage, "reading mage's own options: %w", err).WithHint("go tool mage -h lists them")
}
