package report

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// Headline is the whole story in one line.
func (c Check) Headline() string {
	parts := []string{c.outcome(), c.Upstream.at()}
	if c.Upstream.Version != "" && c.OK {
		parts = append(parts, c.Upstream.Version)
	}
	if !c.OK && c.LastGood != "" {
		parts = append(parts, "last good "+Short(c.LastGood))
	}
	if !c.OK && c.Released != nil {
		parts = append(parts, "the servers keep "+c.Released.whose(c.Date)+" release")
	}
	if c.OK {
		parts = append(parts, c.remarks()...)
	}
	return strings.Join(nonEmpty(parts), " · ")
}

// outcome counts what needs somebody, before anything else what is released without.
func (c Check) outcome() string {
	all, need, away, out := len(c.Changes), 0, 0, []string{}
	for _, ch := range c.Changes {
		switch {
		case ch.unreachable() && ch.Required:
			away++
		case ch.needsYou():
			need++
		case ch.leftOut():
			out = append(out, ch.Name)
		}
	}
	switch {
	case c.Error != "":
		return c.failed()
	case away > 0 && need > 0:
		return fmt.Sprintf("%d of %s %s out of reach, %d %s you", away, plural(all, "change"), verb(away, "is", "are"), need, verb(need, "needs", "need"))
	case away > 0:
		return fmt.Sprintf("%d of %s %s out of reach", away, plural(all, "change"), verb(away, "is", "are"))
	case need > 0:
		return fmt.Sprintf("%d of %s %s you", need, plural(all, "change"), verb(need, "needs", "need"))
	case !c.OK:
		return fmt.Sprintf("%s checked, the check failed", plural(all, "change"))
	case len(out) > 0:
		return fmt.Sprintf("without %s · the other %d of %s apply", strings.Join(out, ", "), all-len(out), plural(all, "change"))
	case all == 0:
		return "no changes"
	}
	return fmt.Sprintf("%s %s", plural(all, "change"), verb(all, "applies", "apply"))
}

// failed says what could not be had, so that there is nothing to tell of the changes.
func (c Check) failed() string {
	switch {
	case c.Failed == "upstream" && c.Exit == fault.Retry:
		return "upstream is out of reach"
	case c.Failed == "upstream":
		return "upstream cannot be read"
	case c.Failed == "check":
		return "the check failed"
	}
	return "the series cannot be read"
}

// remarks are what a good check still says.
func (c Check) remarks() []string {
	count := map[string]int{}
	strictly := 0
	for _, ch := range c.Changes {
		if ch.Kind != "landed" {
			count[ch.Verdict]++
		}
		if ch.strictly() {
			strictly++
		}
	}
	var parts []string
	for _, v := range []struct{ verdict, words string }{{"landed", "landed upstream"}, {"partly", "partly landed"}, {"idle", "idle"}} {
		if n := count[v.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.words))
		}
	}
	if c.Exit != 0 {
		parts = append(parts, fmt.Sprintf("-strict fails for %d", strictly))
	}
	return parts
}

// whose is "today's", "yesterday's", or "the 2026-04-12" of a release, seen from a day.
func (r Released) whose(date string) string {
	today, err := time.Parse(time.DateOnly, date)
	if err != nil {
		return day(r.At) + "'s"
	}
	switch released := day(r.At); released {
	case date:
		return "today's"
	case today.AddDate(0, 0, -1).Format(time.DateOnly):
		return "yesterday's"
	default:
		return released + "'s"
	}
}

// Text is the check as a person reads it: the headline, each trouble with what did it and what comes next, then a line for each other
// change.
func (c Check) Text(by target.Caller) Page {
	var p Page
	headline := green
	if !c.OK || c.Exit != 0 {
		headline = red
	}
	p.add((bold + ";" + headline).of("%s", c.Headline()))
	if c.Error != "" {
		p.gap()
		for l := range strings.SplitSeq(c.Error, "\n") {
			p.add(red.of("error: "), say("%s", l))
		}
		if c.Hint != "" {
			p.add(bold.of("hint: "), say("%s", c.Hint))
		}
		return p
	}
	shown := 0
	for _, urgent := range []bool{true, false} {
		for _, ch := range c.Changes {
			if ch.needsYou() != urgent || !ch.troubled() {
				continue
			}
			if shown++; shown <= maxTroubles {
				p.gap()
				c.trouble(&p, ch, by)
			}
		}
	}
	if shown > maxTroubles {
		p.gap()
		p.add(say("… %s more; all are in dist/patch-check.json", plural(shown-maxTroubles, "change")))
	}
	p.gap()
	var rows []line
	for _, ch := range c.Changes {
		if !ch.troubled() {
			rows = append(rows, line{paint(ch.Verdict).of("%s", ch.Verdict), say("%s", ch.Name), say("%s", ch.detail())})
		}
	}
	p.table(0, rows)
	first, asked := true, 0
	for _, ch := range c.Changes {
		if asked < maxTroubles && !ch.troubled() && ch.asks() && (ch.Verdict == "landed" || ch.Verdict == "partly" || ch.Next != nil) {
			if first {
				p.gap()
			}
			first = false
			asked++
			p.add(bold.of("next: "), say("%s", ch.next(c.Upstream.Commit, by)))
		}
	}
	for _, ch := range c.Changes {
		if ch.Drift != nil {
			p.gap()
			ch.drift(&p, by)
		}
	}
	return p
}

// trouble is one change that does not go in.
func (c Check) trouble(p *Page, ch Change, by target.Caller) {
	head := line{red.of("%s", ch.word()), say("  "), bold.of("%s", ch.Name)}
	if ch.Source != nil {
		head = append(head, say("  %s", ch.Source.place()))
	}
	if !ch.Required && ch.Verdict != "refused" {
		head = append(head, dim.of("  not required: left out"))
	}
	p.add(head...)
	if ch.Message != "" {
		p.add(say("  %s", Message(ch.Message)))
	}
	if len(ch.Blockers) > 0 {
		p.add(say("  blocked by %s", strings.Join(ch.Blockers, ", ")))
	}
	if ch.By != nil {
		p.add(say("  by %s  %s", ch.By.about(), Clip(ch.By.Subject, 100)))
		if link := c.Upstream.link(*ch.By); link != "" {
			p.add(dim.of("     %s", link))
		}
	}
	for _, at := range ch.At {
		if slices.ContainsFunc(ch.Conflicts, func(x Conflict) bool { return x.File == at.File && x.Line == at.Line }) {
			continue
		}
		if at.Text == "" {
			p.add(say("  at %s", at.place()))
		} else {
			p.add(say("  at %s: %s", at.place(), Clip(strings.TrimSpace(at.Text), 160)))
		}
	}
	for _, conflict := range ch.Conflicts {
		p.add(say("  in %s", Place{File: conflict.File, Line: conflict.Line}.place()))
		side(p, "base", conflict.Base, dim)
		side(p, "ours", conflict.Ours, green)
		side(p, "theirs", conflict.Theirs, yellow)
	}
	if ch.Hint != "" {
		p.add(say("  "), bold.of("hint: "), say("%s", Message(ch.Hint)))
	}
	p.add(say("  "), bold.of("next: "), say("%s", ch.next(c.Upstream.Commit, by)))
}

// sideLines is how many lines of each side are shown; the rest is in patch:new's work tree.
const sideLines = 8

func side(p *Page, name string, lines []string, s style) {
	if len(lines) == 0 {
		p.add(s.of("    %-6s | ", name), dim.of("(nothing)"))
	}
	for i, l := range lines {
		if i == sideLines {
			p.add(s.of("    %-6s | ", ""), dim.of("… %s more", plural(len(lines)-i, "line")))
			return
		}
		if i > 0 {
			name = ""
		}
		p.add(s.of("    %-6s | %s", name, Clip(strings.ReplaceAll(l, "\t", "    "), 160)))
	}
}

// detail is what there is to say of a change that goes in, or rests.
func (c Change) detail() string {
	var parts []string
	if c.Message != "" {
		parts = append(parts, Message(c.Message))
	} else {
		switch c.Verdict {
		case "clean", "merged", "partly":
			parts = append(parts, plural(len(c.Files), "file"))
		case "offset":
			parts = append(parts, plural(len(c.Files), "file"), plural(c.Offset, "line")+" away")
		}
	}
	if c.By != nil {
		parts = append(parts, "since "+c.By.about())
	}
	if c.Would != "" && fails(c.Would) {
		parts = append(parts, "would be "+c.Would)
	}
	parts = append(parts, c.Remarks...)
	return strings.Join(nonEmpty(parts), " · ")
}

func verb(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

func nonEmpty(parts []string) []string {
	var out []string
	for _, p := range parts {
		if p != "" {
			out = append(out, p)
		}
	}
	return out
}
