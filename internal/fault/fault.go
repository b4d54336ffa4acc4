// Package fault has errors that a person can act on: with an exit code, a place (file and line) and a hint.
package fault

import (
	"context"
	"errors"
	"fmt"
)

// Code is a process's exit code, as documented in docs/exit-codes.md.
type Code int

// The exit codes of every target.
const (
	OK          Code = 0
	Other       Code = 1
	Usage       Code = 2   // a mistake in the command or the configuration
	Series      Code = 3   // the series does not apply
	Auth        Code = 4   // authentication and rights
	Registry    Code = 5   // a registry failed
	Build       Code = 6   // an image did not build
	Gate        Code = 7   // a gate refused
	Partial     Code = 8   // some of the release is published
	Retry       Code = 75  // try again later
	Interrupted Code = 130 // SIGINT
	Terminated  Code = 143 // SIGTERM
)

// Error is what went wrong, where, and what to do about it.
type Error struct {
	Code Code
	File string // as the caller wrote it; "" if there is no place
	Line int    // one-based; 0 if unknown
	Hint Hint   // the next step, without "hint:"; may be zero
	Err  error
}

// New returns an error with a code; format takes %w.
func New(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Err: fmt.Errorf(format, args...)}
}

// At returns a copy of e with a place.
func (e *Error) At(file string, line int) *Error {
	c := *e
	c.File, c.Line = file, line
	return &c
}

// WithHint returns a copy of e with a hint; args may hold a [Command] for a %s.
func (e *Error) WithHint(format string, args ...any) *Error {
	c := *e
	c.Hint = Hintf(format, args...)
	return &c
}

// Error returns "file:line: what is wrong", leaving out what is unknown.
func (e *Error) Error() string {
	switch {
	case e.File == "":
		return e.Err.Error()
	case e.Line == 0:
		return fmt.Sprintf("%s: %v", e.File, e.Err)
	}
	return fmt.Sprintf("%s:%d: %v", e.File, e.Line, e.Err)
}

func (e *Error) Unwrap() error { return e.Err }

// severity orders codes that stand side by side: usage before gate before series, then the rest.
var severity = map[Code]int{Interrupted: 100, Terminated: 100, Partial: 90, Usage: 80, Gate: 70, Series: 60, Auth: 50,
	Registry: 40, Build: 30, Retry: 20, Other: 10}

// Worst returns the code that wins when several apply.
func Worst(codes ...Code) Code {
	worst := OK
	for _, c := range codes {
		if severity[c] > severity[worst] {
			worst = c
		}
	}
	return worst
}

// CodeOf returns the exit code of an error: the worst of those joined in it, Interrupted for a cancelled
// context, Other where none is named.
func CodeOf(err error) Code {
	if err == nil {
		return OK
	}
	if code := find(err); code != OK {
		return code
	}
	if errors.Is(err, context.Canceled) {
		return Interrupted
	}
	return Other
}

// find returns the outermost code in err; of joined errors the worst.
func find(err error) Code {
	switch e := err.(type) {
	case *Error:
		return e.Code
	case interface{ Unwrap() []error }:
		worst := OK
		for _, inner := range e.Unwrap() {
			worst = Worst(worst, find(inner))
		}
		return worst
	case interface{ Unwrap() error }:
		if inner := e.Unwrap(); inner != nil {
			return find(inner)
		}
	}
	return OK
}

// HintOf returns the outermost hint in err, or none.
func HintOf(err error) Hint {
	var e *Error
	for err != nil && errors.As(err, &e) {
		if !e.Hint.IsZero() {
			return e.Hint
		}
		err = e.Err
	}
	return Hint{}
}
