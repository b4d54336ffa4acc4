package view

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// headline returns the result in one line.
func (c Check) headline() string {
	parts := []string{c.Distribution, c.outcome(), c.Upstream.at()}
	if c.Upstream.Version != "" && c.OK {
		parts = append(parts, c.Upstream.Version)
	}
	if !c.OK && c.LastGood != "" {
		parts = append(parts, "last good "+term.Short(c.LastGood))
	}
	if !c.OK && c.Released != nil {
		parts = append(parts, "the servers keep "+c.Released.whose(c.Date)+" release")
	}
	if c.OK && !c.One {
		parts = append(parts, c.remarks()...)
	}
	if c.Undecided > 0 {
		parts = append(parts, fmt.Sprintf("%s of an import to act on, %s", plural.Of(c.Undecided, "comment"), c.UndecidedAt))
	}
	return strings.Join(nonEmpty(parts), " · ")
}

// outcome counts the changes that need a person, the required ones first.
func (c Check) outcome() string {
	all, need, away, out := len(c.Changes), 0, 0, []string{}
	for _, ch := range c.Changes {
		f := ch.finding()
		switch {
		case f.Unreachable() && f.Required:
			away++
		case f.Stops():
			need++
		case f.LeftOut():
			out = append(out, ch.Name)
		}
	}
	switch {
	case c.Error != "":
		return c.failed()
	case c.One:
		return c.Changes[0].status()
	case away > 0 && need > 0:
		return fmt.Sprintf("%d of %s %s out of reach, %d %s you", away, plural.Of(all, "change"),
			plural.Verb(away, "is", "are"), need, plural.Verb(need, "needs", "need"))
	case away > 0:
		return fmt.Sprintf("%d of %s %s out of reach", away, plural.Of(all, "change"), plural.Verb(away, "is", "are"))
	case need > 0:
		return fmt.Sprintf("%d of %s %s you", need, plural.Of(all, "change"), plural.Verb(need, "needs", "need"))
	case !c.OK:
		return fmt.Sprintf("%s checked, the check failed", plural.Of(all, "change"))
	case len(out) > 0:
		return fmt.Sprintf("without %s · the other %d of %s apply", strings.Join(out, ", "), all-len(out),
			plural.Of(all, "change"))
	case all == 0:
		return "no changes"
	}
	return fmt.Sprintf("%s %s", plural.Of(all, "change"), plural.Verb(all, "applies", "apply"))
}

// failed returns what could not be read, in words, so that there are no changes to report.
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

// remarks returns what a good check has to add.
func (c Check) remarks() []string {
	count := map[string]int{}
	strictly := 0
	for _, ch := range c.Changes {
		if ch.Kind != "landed" {
			count[ch.Verdict]++
		}
		if ch.finding().Strict() {
			strictly++
		}
	}
	var parts []string
	for _, v := range []struct{ verdict, words string }{{"landed", "landed upstream"}, {"partly", "partly landed"},
		{"idle", "idle"}} {
		if n := count[v.verdict]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v.words))
		}
	}
	if c.Exit != 0 {
		parts = append(parts, fmt.Sprintf("-strict fails for %d", strictly))
	}
	return parts
}

// whose returns "today's", "yesterday's", or "the 2026-04-12" of a release, relative to a day.
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

// maxTroubles is how many failing changes a report describes in full.
const maxTroubles = 50

// maxOthers is how many of the other changes get a line.
const maxOthers = 400

// Text returns the check for a terminal: the headline, each failing change with its cause and the next command, then
// one line for each other change.
func (c Check) Text(by target.Caller) term.Page {
	var p term.Page
	headline := term.Green
	if !c.OK || c.Exit != 0 {
		headline = term.Red
	}
	p.Add((term.Bold + ";" + headline).Of("%s", c.headline()))
	if c.Error != "" {
		p.Gap()
		for l := range strings.SplitSeq(c.Error, "\n") {
			p.Add(term.Red.Of("error: "), term.Textf("%s", l))
		}
		if c.Hint != "" {
			lines(&p, term.Bold.Of("hint: "), c.Hint)
		}
		return p
	}
	shown, sides := 0, maxSideLinesShown
	for _, urgent := range []bool{true, false} {
		for _, ch := range c.Changes {
			if f := ch.finding(); f.Stops() != urgent || !f.Fails() {
				continue
			}
			if shown++; shown <= maxTroubles {
				p.Gap()
				c.trouble(&p, ch, by, &sides)
			}
		}
	}
	if shown > maxTroubles {
		p.Gap()
		p.Add(term.Textf("… %s more; all are in dist/patch-check.json", plural.Of(shown-maxTroubles, "change")))
	}
	p.Gap()
	c.others(&p)
	first, asked := true, 0
	for _, ch := range c.Changes {
		f := ch.finding()
		if asked < maxTroubles && !f.Fails() && f.Asks() && (ch.Verdict == "landed" || ch.Verdict == "partly" ||
			ch.Next != nil) && ch.next(c.Upstream, by) != "" {
			if first {
				p.Gap()
			}
			first = false
			asked++
			p.Add(term.Bold.Of("next: "), term.Textf("%s", ch.next(c.Upstream, by)))
		}
	}
	if len(c.Unused) > 0 {
		p.Gap()
	}
	for _, file := range c.Unused {
		p.Add(term.Bold.Of("not used: "), term.Textf("%s", file))
	}
	for _, ch := range c.Changes {
		if ch.Drift != nil {
			p.Gap()
			ch.drift(&p, by)
		}
	}
	repeatHeadline(&p, (term.Bold+";"+headline).Of("%s", c.headline()))
	return p
}

// others adds a line for each change that does not fail.
func (c Check) others(p *term.Page) {
	var rows []term.Line
	more := 0
	for _, ch := range c.Changes {
		switch {
		case ch.finding().Fails():
		case len(rows) == maxOthers:
			more++
		default:
			rows = append(rows, term.Line{paint(ch.Verdict).Of("%s", ch.Verdict), term.Textf("%s", ch.Name),
				term.Textf("%s", term.Clip(ch.detail(), 300))})
		}
	}
	p.Table(0, rows)
	if more > 0 {
		p.Add(term.Textf("… %s more; all are in dist/patch-check.json", plural.Of(more, "change")))
	}
}

// trouble adds a change that fails.
func (c Check) trouble(p *term.Page, ch Change, by target.Caller, left *int) {
	head := term.Line{term.Red.Of("%s", ch.word()), term.Textf("  "), term.Bold.Of("%s", ch.Name)}
	if ch.Source != nil {
		head = append(head, term.Textf("  %s", ch.Source.place()))
	}
	if !ch.Required && ch.Verdict != "refused" {
		head = append(head, term.Dim.Of("  not required: left out"))
	}
	p.Add(head...)
	if ch.Message != "" {
		p.Add(term.Textf("  %s", term.Message(ch.Message)))
	}
	for _, note := range ch.Notes {
		p.Add(term.Dim.Of("  note: %s", term.Clip(note, 150)))
	}
	if len(ch.Blockers) > 0 {
		p.Add(term.Textf("  blocked by %s", strings.Join(ch.Blockers, ", ")))
	}
	if ch.By != nil {
		p.Add(term.Textf("  by %s  %s", ch.By.about(), term.Clip(ch.By.subject(), 100)))
		if link := c.Upstream.link(*ch.By); link != "" {
			p.Add(term.Dim.Of("     %s", link))
		}
	}
	for i, at := range ch.At {
		if i == mostPlaces {
			p.Add(term.Textf("  … %s more; all are in dist/patch-check.json", plural.Of(len(ch.At)-i, "place")))
			break
		}
		if slices.ContainsFunc(ch.Conflicts, func(x Conflict) bool { return x.File == at.File && x.Line == at.Line }) {
			continue
		}
		if at.Text == "" && at.Line == 0 && strings.HasPrefix(ch.Message, at.File+":") {
			continue // the message has named the file
		}
		if at.Text == "" {
			p.Add(term.Textf("  at %s", at.place()))
		} else {
			p.Add(term.Textf("  at %s: %s", at.place(), term.Clip(strings.TrimSpace(at.Text), 160)))
		}
	}
	if len(ch.Went) > 1 || len(ch.Went) == 1 && (ch.By == nil || ch.By.Commit != ch.Went[0].By.Commit) {
		for _, w := range ch.Went[:min(len(ch.Went), mostWent)] {
			p.Add(term.Textf("  %s", w.text()))
		}
	}
	for _, text := range fitting(ch.Hunks, ch.MoreHunks) {
		p.Add(term.Textf("  %s", text))
	}
	ch.regions(p, left)
	if ch.Hint != "" {
		p.Add(term.Textf("  "), term.Bold.Of("hint: "), term.Textf("%s", term.Message(ch.Hint)))
	}
	if next := ch.next(c.Upstream, by); next != "" {
		p.Add(term.Textf("  "), term.Bold.Of("next: "), term.Textf("%s", next))
	}
}

// mostPlaces is how many places of one change a report lists.
const mostPlaces = 50

// mostWent is how many missing files a report lists.
const mostWent = 10
