package author

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/datafile"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
)

// Edit is the edit that patch:edit appends.
type Edit struct {
	Name, Why, File, Find, Replace string
	Count                          int  // the number of matches to expect
	Match                          bool // Find is a regular expression
}

// Edit runs patch:edit: it appends a counted edit, if the edit applies at upstream's tip, and prints its diff.
func (a *Author) Edit(ctx context.Context, n Edit) error {
	edit := series.Edit{File: n.File, Find: n.Find, Replace: n.Replace, Count: n.Count}
	if n.Match {
		edit.Find, edit.Match = "", n.Find
	}
	if err := series.CheckEdit(n.Name, edit); err != nil {
		return err
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		e := a.writer()
		d, err := e.Document(e.Home())
		if err != nil {
			return err
		}
		if err := d.AppendEdit(n.Name, n.Why, edit); err != nil {
			return err
		}
		o, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		out, err := o.Outcome(n.Name)
		if err != nil {
			return err
		}
		if out.Verdict.Fails() {
			code := fault.Series
			if out.Error != nil {
				code = out.Error.Code
			}
			return fault.New(code, "the edit does not apply to %s, so nothing is written: %s", u.Pin.Commit.Short(),
				strings.Replace(out.Message, " is gone", " is not there", 1)).
				WithHint("%s", fault.Lines(n.hint(out.At), hintOf(*out), candidate.NearFile(ctx, out.Before, n.File)))
		}
		if err := datafile.Check(ctx, n.File, out.Before, out.After); err != nil {
			return fault.New(fault.Series, "with the edit %s cannot be read any more, so nothing is written: %w", n.File, err)
		}
		if err := o.Upstream.AnswerDiff(ctx, a.s, out.Before, out.After); err != nil {
			return err
		}
		return e.Write(ctx, o)
	})
}

// hint returns what to type if the text was found, but not as often as expected.
func (n Edit) hint(found []verdict.Place) fault.Hint {
	if !slices.ContainsFunc(found, func(at verdict.Place) bool { return !n.Match && strings.Contains(at.Text, n.Find) }) {
		return fault.Hint{}
	}
	return fault.Hintf("-count=N changes all of them; a longer text, with the lines around it, changes one")
}

// hintOf returns an outcome's hint, or else the lines that it names.
func hintOf(o verdict.Outcome) fault.Hint {
	var lines []string
	for _, at := range o.At {
		line := fmt.Sprintf("see %s:%d: %s", at.File, at.Line, term.Clip(strings.TrimSpace(at.Text), 100))
		if at.Line > 0 && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	switch {
	case !o.Hint.IsZero() || o.Verdict == verdict.Gone && len(lines) == 0:
		return o.Hint
	case len(lines) == 0:
		return fault.Hint{}
	}
	return fault.Hintf("%s", strings.Join(lines, "\n"))
}
