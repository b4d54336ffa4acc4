package view

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// headline returns the result in one line.
func (s Status) headline() string {
	parts := []string{s.Distribution, s.Upstream.at(), s.Upstream.Version}
	switch {
	case s.Released == nil:
		parts = append(parts, "nothing released yet")
	case s.Rewound:
		parts = append(parts, "upstream went back: it does not descend from the released "+term.Short(s.Released.Commit))
	case s.Ahead == 0:
		parts = append(parts, "released")
	default:
		parts = append(parts, plural.Of(s.Ahead, "commit")+" since "+s.Released.whose(s.Date)+" release")
	}
	if n := len(s.Schema); n > 0 {
		parts = append(parts, plural.Of(n, "migration"))
	}
	if n := len(s.Watched); n > 0 {
		parts = append(parts, plural.Of(n, "watched file")+" changed")
	}
	if s.Opens != "" {
		parts = append(parts, "next window "+s.Opens)
	}
	if s.Offline {
		parts = append(parts, "offline")
	}
	return strings.Join(nonEmpty(parts), " · ")
}

// Text returns what changed upstream since the last release.
func (s Status) Text(by target.Caller) term.Page {
	var p term.Page
	p.Add(term.Bold.Of("%s", s.headline()))
	if len(s.Versions) > 0 {
		p.Add(term.Textf("versions since the release: %s", strings.Join(s.Versions, ", ")))
	}
	for i, m := range s.Schema {
		if i == 20 {
			p.Add(term.Dim.Of("migration … %d more", len(s.Schema)-i))
			break
		}
		p.Add(term.Textf("migration %s", m))
	}
	if s.Opens != "" && len(s.Changes) > 0 {
		p.Add(term.Textf("on %s: %s", s.Opens, strings.Join(s.Changes, ", ")))
	}
	for _, w := range s.Watched {
		p.Gap()
		p.Add(term.Yellow.Of("changed  "), term.Bold.Of("%s", w.File))
		for _, c := range w.Commits {
			p.Add(term.Textf("  %s  %s", c.about(), term.Clip(c.subject(), 100)))
		}
		for l := range strings.SplitSeq(strings.TrimSuffix(w.Diff, "\n"), "\n") {
			p.Add(term.DiffLine(4, l))
		}
	}
	if len(s.Watched) > 0 {
		p.Gap()
		next := nextStep{Target: "upstream:ack"}
		if s.Upstream.Chosen && hex40.MatchString(s.Upstream.Commit) {
			next.Args = []string{"-ref=" + s.Upstream.Commit}
		}
		if s.Next != nil {
			next = *s.Next
		}
		p.Add(term.Bold.Of("next: "), term.Textf("%s", by.Line(fault.Command(next))))
	}
	return p
}

// Markdown returns the status for a summary, at most limit bytes.
func (s Status) Markdown(by target.Caller, limit int) []byte {
	var m markdown
	m.add("### %s", code(s.headline()))
	for _, w := range s.Watched {
		lines := []string{fmt.Sprintf("#### changed %s", code(w.File))}
		for _, c := range w.Commits {
			lines = append(lines, "- "+s.Upstream.markdown(c))
		}
		m.add("%s", strings.Join(lines, "\n"))
		m.add("%s", fenced("diff", w.Diff))
	}
	return m.bytes(limit, "The rest is in `dist/upstream-status.json`.")
}

// Annotations returns a warning for each watched file that changed.
func (s Status) Annotations(by target.Caller) []github.Annotation {
	var all []github.Annotation
	for _, w := range s.Watched {
		var lines []string
		for _, c := range w.Commits {
			lines = append(lines, c.about()+" "+term.Subject(c.subject()))
		}
		all = append(all, github.Annotation{Level: github.LevelWarning, Title: "upstream changed " + w.File,
			Message: strings.Join(append(lines, "next: "+by.Line(target.UpstreamAck.Command())), "\n")})
	}
	return all
}
