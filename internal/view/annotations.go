package view

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
)

// Annotations returns the check's messages for lines of series.toml, the most important first.
func (c Check) Annotations(by target.Caller) []github.Annotation {
	var all []github.Annotation
	if c.Error != "" {
		next := hint(c.Hint)
		for l := range strings.SplitSeq(c.Error, "\n") {
			file, n, text := cutPlace(l)
			all = append(all, github.Annotation{Level: github.LevelError, File: file, Line: n, Title: "series",
				Message: strings.Join(nonEmpty([]string{text, next}), "\n")})
			next = ""
		}
	}
	rank := func(ch Change) int {
		switch {
		case ch.Verdict == "refused":
			return 0
		case ch.Verdict == "blocked": // what blocks it comes first
			return 2
		}
		return 1
	}
	changes := slices.Clone(c.Changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return rank(a) - rank(b) })
	for _, ch := range changes {
		a := github.Annotation{Title: ch.Name + ": " + ch.word()}
		f := ch.finding()
		switch {
		case f.Stops(), c.OK && c.Exit != 0 && f.Strict(): // the latter with -strict
			a.Level = github.LevelError
		case f.Fails(), f.Warns():
			a.Level = github.LevelWarning
		case f.Asks():
			a.Level = github.LevelNotice
		default:
			continue
		}
		if ch.Source != nil {
			a.File, a.Line = ch.Source.File, ch.Source.Line
		}
		lines := []string{ch.Message}
		if f.Fails() && ch.Message == "" {
			lines = nil
		}
		if !f.Fails() {
			lines = []string{ch.detail()}
		}
		if ch.Drift != nil {
			lines = append(lines, ch.Drift.Message)
		}
		if ch.By != nil && verdict.Kind(ch.Verdict).Fails() {
			lines = append(lines, "by "+ch.By.about()+" "+term.Subject(ch.By.subject()))
		}
		if next := ch.next(c.Upstream, by); next != "" {
			lines = append(lines, "next: "+next)
		}
		a.Message = strings.Join(nonEmpty(lines), "\n")
		all = append(all, a)
	}
	return all
}

// cutPlace splits "file:line: " from an error.
func cutPlace(text string) (file string, line int, rest string) {
	before, after, ok := strings.Cut(text, ": ")
	name, number, numbered := strings.Cut(before, ":")
	if !ok || !numbered {
		return "", 0, text
	}
	if _, err := fmt.Sscanf(number, "%d", &line); err != nil || strings.ContainsAny(name, " \t") {
		return "", 0, text
	}
	return name, line, after
}

// FailureAnnotations returns an error's messages: each of several joined ones at its own line of its file.
func FailureAnnotations(err error, by target.Caller) []github.Annotation {
	var all []github.Annotation
	for _, e := range term.Split(err) {
		a := github.Annotation{Level: github.LevelError, Title: "howdah", Message: e.Error()}
		if f, ok := e.(*fault.Error); ok && f.Line > 0 {
			a.File, a.Line, a.Message = f.File, f.Line, f.Err.Error()
		}
		a.Message = strings.Join(nonEmpty([]string{by.Text(a.Message), hint(by.Hint(fault.HintOf(e)))}), "\n")
		all = append(all, a)
	}
	return all
}

// FailureMarkdown returns an error as GitHub's summary of a step that ended without a report. Its length is at most
// limit.
func FailureMarkdown(t target.Target, err error, by target.Caller, limit int) []byte {
	var m markdown
	m.add("### ❌ %s", code(t.Name))
	for _, e := range term.Split(err) {
		m.add("%s", fenced("", strings.Join(nonEmpty([]string{by.Text(e.Error()), hint(by.Hint(fault.HintOf(e)))}), "\n")))
	}
	return m.bytes(limit, "The rest is in the log.")
}

// FailureOutputs returns the outputs of such a step.
func FailureOutputs(code fault.Code) []github.Output {
	return []github.Output{{Name: "state", Value: "failed"}, {Name: "exit", Value: strconv.Itoa(int(code))}}
}
