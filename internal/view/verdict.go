package view

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
)

// finding returns what package verdict's rules need.
func (c Change) finding() verdict.Finding {
	f := verdict.Finding{Verdict: verdict.Kind(c.Verdict), Would: verdict.Kind(c.Would), Required: c.Required,
		Proof: c.Kind == "landed"}
	for _, r := range c.Remarks {
		f.Remarks = append(f.Remarks, verdict.Remark(r))
	}
	return f
}

// word returns the word that a report shows as a change's verdict; "" for a change that could not be judged.
func (c Change) word() string {
	if c.finding().Unreachable() {
		return string(verdict.Unreachable)
	}
	return c.Verdict
}

// paint returns the colour of a verdict's word.
func paint(word string) term.Style {
	switch {
	case verdict.Kind(word).Fails():
		return term.Red
	case word == "landed" || word == "partly":
		return term.Yellow
	case word == "idle":
		return term.Dim
	}
	return term.Green
}

// next returns the command that solves a change's problem, or continues without the change; nil if there is none. It
// is never the command that made the report.
func (c Change) next(at Upstream, by target.Caller) string {
	ref, name := at.option(), "-change="+c.Name
	next := c.Next
	if next == nil {
		switch c.Verdict {
		case "conflict", "gone", "count", "stale":
			if c.Kind == "landed" { // the commit is no longer in upstream: there is nothing to resolve
				next = &nextStep{"patch:drop", []string{c.Name, "-gone", ref}}
				break
			}
			next = &nextStep{"patch:new", []string{name, ref}}
		case "blocked":
			if len(c.Blockers) > 0 { // solve what it needs first
				name = "-change=" + c.Blockers[0]
			}
			next = &nextStep{"patch:new", []string{name, ref}}
		case "refused": // a file has to be edited; the hint says what
			return ""
		case "partly":
			next = &nextStep{"patch:refresh", []string{name, ref}}
		case "landed":
			if c.Kind == "landed" { // the entry is what patch:drop leaves
				return ""
			}
			next = &nextStep{"patch:drop", []string{c.Name, ref}}
		default:
			if c.Drift != nil {
				return by.Line(fault.Command(*c.Drift.next(c)))
			}
			switch {
			case c.finding().Unreachable():
				next = &nextStep{"patch:check", []string{"-without=" + c.Name, ref}}
			case slices.Contains(c.Remarks, "unlocked"), slices.Contains(c.Remarks, "moved"):
				next = &nextStep{"patch:refresh", []string{name, ref}}
			default:
				return ""
			}
		}
	}
	args := slices.DeleteFunc(slices.Clone(next.Args), func(a string) bool { return a == "" })
	return by.Line(fault.Command{Target: next.Target, Args: args})
}

// Solving returns a command as the next step of a change, whose verdict does not say which it is; nil for nil.
func Solving(next *fault.Command) *nextStep {
	if next == nil {
		return nil
	}
	return &nextStep{next.Target, next.Args}
}

// status returns in words what the report of this change alone begins with.
func (c Change) status() string {
	f := c.finding()
	switch {
	case f.Unreachable():
		return c.Name + " is out of reach"
	case f.Stops():
		return c.Name + " needs you"
	case f.Fails():
		return c.Name + " does not apply, and is left out"
	case c.Verdict == string(verdict.Landed):
		return c.Name + " has landed upstream"
	case c.Verdict == string(verdict.Idle):
		return c.Name + " is idle"
	}
	return c.Name + " applies"
}

// option returns the option with which a next command uses the same upstream: the branch or tag that was asked for,
// or a commit's full id, since a machine that does not have the commit cannot fetch it by less. It is "" for the
// configured ref.
func (u Upstream) option() string {
	switch {
	case !u.Chosen || u.Commit == "":
		return ""
	case u.Ref == "" || hexDigits.MatchString(u.Ref):
		return "-ref=" + u.Commit
	}
	return "-ref=" + u.Ref
}

// place returns "file:line".
func (p Place) place() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// day formats a commit's date.
func day(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.DateOnly)
}

// subject returns the commit's subject without the number of the pull request, which about has.
func (c Commit) subject() string {
	return strings.TrimSuffix(c.Subject, fmt.Sprintf(" (#%d)", c.Pull))
}

// about returns "a1b2c3d4e #35123 2026-04-28".
func (c Commit) about() string {
	words := []string{term.Short(c.Commit)}
	if c.Pull > 0 {
		words = append(words, fmt.Sprintf("#%d", c.Pull))
	}
	if d := day(c.Date); d != "" {
		words = append(words, d)
	}
	return strings.Join(words, " ")
}

var githubURL = regexp.MustCompile(
	`^(?:https://github\.com/|ssh://git@github\.com/|git@github\.com:)([A-Za-z0-9._-]+/[A-Za-z0-9._-]+?)(?:\.git)?/?$`)

// page returns the web address of upstream's repository, or "".
func (u Upstream) page() string {
	if m := githubURL.FindStringSubmatch(u.URL); m != nil {
		return "https://github.com/" + m[1]
	}
	return ""
}

var (
	hex40     = regexp.MustCompile(`^[0-9a-f]{40}$`)
	hexDigits = regexp.MustCompile(`^[0-9a-f]{4,64}$`)
)

// link returns the web address of a commit, or of its pull request if it has one; or "".
func (u Upstream) link(c Commit) string {
	switch page := u.page(); {
	case page == "":
		return ""
	case c.Pull > 0:
		return fmt.Sprintf("%s/pull/%d", page, c.Pull)
	case hex40.MatchString(c.Commit):
		return page + "/commit/" + c.Commit
	}
	return ""
}

// at returns "main c6facd27e": what was asked for, and the commit found.
func (u Upstream) at() string {
	switch {
	case u.Commit == "":
		return u.Ref
	case u.Ref == "" || strings.HasPrefix(u.Commit, u.Ref):
		return term.Short(u.Commit)
	}
	return u.Ref + " " + term.Short(u.Commit)
}

// detail returns a remark on a change that applies, or is idle.
func (c Change) detail() string {
	var parts []string
	if c.Message != "" {
		parts = append(parts, term.Message(c.Message))
	} else {
		switch c.Verdict {
		case "clean", "merged", "partly":
			parts = append(parts, plural.Of(len(c.Files), "file"))
		case "offset":
			parts = append(parts, plural.Of(len(c.Files), "file"), plural.Of(c.Offset, "line")+" away")
		}
	}
	if c.By != nil {
		parts = append(parts, "since "+c.By.about())
	}
	if c.Would != "" && verdict.Kind(c.Would).Fails() {
		parts = append(parts, "would be "+c.Would)
	}
	parts = append(parts, c.Remarks...)
	for _, note := range c.Notes {
		parts = append(parts, term.Clip(note, 100))
	}
	return strings.Join(nonEmpty(parts), " · ")
}
