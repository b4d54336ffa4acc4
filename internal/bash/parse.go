// Package bash reads the shell's syntax with mvdan.cc/sh, within bounds, and does what that library leaves of bash's:
// the expansions that it does not evaluate as bash does, arrays with gaps, and the fields of read.
package bash

import (
	"bytes"
	"errors"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/fault"
)

// Parse reads shell. Braces are bash's; a script for sh is read as bash's too, whose syntax is sh's and more.
func Parse(name string, data []byte, from Origin) (*syntax.File, error) {
	if at := tooDeep(data); at > 0 {
		return nil, fault.New(fault.Usage, "reading the shell script: more than %d brackets and commands within each "+
			"other, or %d joined", maxNested, maxLinked).At(name, from.Line(0, at))
	}
	f, err := syntax.NewParser(syntax.KeepComments(true), syntax.Variant(syntax.LangBash)).
		Parse(bytes.NewReader(data), name)
	var wrong syntax.ParseError
	if errors.As(err, &wrong) {
		return nil, fault.New(fault.Usage, "reading the shell script: %s", wrong.Text).
			At(name, from.At(wrong.Pos))
	}
	var other syntax.LangError
	if errors.As(err, &other) {
		return nil, fault.New(fault.Usage, "reading the shell script: %s is not valid bash", other.Feature).
			At(name, from.At(other.Pos))
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the shell script: %w", err).At(name, 0)
	}
	return f, nil
}
