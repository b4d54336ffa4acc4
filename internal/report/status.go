package report

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// Headline is the whole story in one line.
func (s Status) Headline() string {
	parts := []string{s.Upstream.at(), s.Upstream.Version}
	switch {
	case s.Released == nil:
		parts = append(parts, "nothing released yet")
	case s.Rewound:
		parts = append(parts, "upstream went back: it does not descend from the released "+Short(s.Released.Commit))
	case s.Ahead == 0:
		parts = append(parts, "released")
	default:
		parts = append(parts, plural(s.Ahead, "commit")+" since "+s.Released.whose(s.Date)+" release")
	}
	if n := len(s.Schema); n > 0 {
		parts = append(parts, plural(n, "migration"))
	}
	if n := len(s.Watched); n > 0 {
		parts = append(parts, plural(n, "watched file")+" changed")
	}
	if s.Opens != "" {
		parts = append(parts, "next window "+s.Opens)
	}
	if s.Offline {
		parts = append(parts, "offline")
	}
	return strings.Join(nonEmpty(parts), " · ")
}

// Text is what moved upstream since the last release.
func (s Status) Text(by target.Caller) Page {
	var p Page
	p.add(bold.of("%s", s.Headline()))
	if len(s.Versions) > 0 {
		p.add(say("versions since the release: %s", strings.Join(s.Versions, ", ")))
	}
	for i, m := range s.Schema {
		if i == 20 {
			p.add(dim.of("migration … %d more", len(s.Schema)-i))
			break
		}
		p.add(say("migration %s", m))
	}
	if s.Opens != "" && len(s.Changes) > 0 {
		p.add(say("on %s: %s", s.Opens, strings.Join(s.Changes, ", ")))
	}
	for _, w := range s.Watched {
		p.gap()
		p.add(yellow.of("changed  "), bold.of("%s", w.File))
		for _, c := range w.Commits {
			p.add(say("  %s  %s", c.about(), Clip(c.Subject, 100)))
		}
		for l := range strings.SplitSeq(strings.TrimSuffix(w.Diff, "\n"), "\n") {
			p.add(diffStyle(l).of("    %s", strings.ReplaceAll(l, "\t", "    ")))
		}
	}
	if len(s.Watched) > 0 {
		p.gap()
		next := Next{Target: "upstream:ack"}
		if hex40.MatchString(s.Upstream.Commit) {
			next.Args = []string{"-ref=" + s.Upstream.Commit}
		}
		if s.Next != nil {
			next = *s.Next
		}
		p.add(bold.of("next: "), say("%s", by.Line(fault.Command(next))))
	}
	return p
}

func diffStyle(l string) style {
	switch {
	case strings.HasPrefix(l, "+++"), strings.HasPrefix(l, "---"):
		return bold
	case strings.HasPrefix(l, "+"):
		return green
	case strings.HasPrefix(l, "-"):
		return red
	}
	return normal
}

// Diff is a diff with colour.
func Diff(text string) Page {
	var p Page
	for l := range strings.SplitSeq(strings.TrimSuffix(text, "\n"), "\n") {
		p.add(diffStyle(l).of("%s", strings.ReplaceAll(l, "\t", "    ")))
	}
	return p
}

// Markdown is the status for a summary, at most limit bytes.
func (s Status) Markdown(by target.Caller, limit int) []byte {
	var m markdown
	m.add("### %s", code(s.Headline()))
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

// Annotations are a warning for each watched file that changed.
func (s Status) Annotations(by target.Caller) []Annotation {
	var all []Annotation
	for _, w := range s.Watched {
		var lines []string
		for _, c := range w.Commits {
			lines = append(lines, c.about()+" "+Subject(c.Subject))
		}
		all = append(all, Annotation{Level: LevelWarning, Title: "upstream changed " + w.File, Message: strings.Join(append(lines, "next: "+by.Line(target.UpstreamAck.Command())), "\n")})
	}
	return all
}
