package view

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// headline returns the result in one line.
func (r Release) headline() string {
	var names []string
	for _, l := range r.LeftOut {
		names = append(names, l.Name)
	}
	parts := []string{r.Distribution}
	if len(names) > 0 {
		parts = append(parts, "without "+strings.Join(names, ", "))
	}
	whole, all := 0, len(r.Registries)
	for _, registry := range r.Registries {
		if registry.State == Done || registry.State == Unchanged {
			whole++
		}
	}
	at := r.Upstream.at()
	words := r.Words[r.State]
	switch {
	case words != "":
		parts = append(parts, strings.TrimSpace(words+" "+r.Version), at)
	case r.State == Done:
		parts = append(parts, "released "+r.Version, at)
	case r.State == Unchanged:
		parts = append(parts, "unchanged: "+r.Version+" is released already", at)
	case r.State == partial:
		parts = append(parts, "partial: "+r.Version+" is complete at "+fmt.Sprintf("%d of %s", whole,
			plural.Of(all, "registry")), at)
	case r.State == held:
		parts = append(parts, "held: checked, nothing published", at)
	case r.State == planned:
		parts = append(parts, "plan: nothing is written", r.Version, at)
	default:
		parts = append(parts, "failed; nothing was published", at)
	}
	if r.State == Done && whole < all {
		parts = append(parts, fmt.Sprintf("%d of %s lagging", all-whole, plural.Of(all, "registry")))
	}
	return strings.Join(nonEmpty(append(parts, r.Tag)), " · ")
}

// Text returns the release for a terminal: the headline, the error, then images, registries and times.
func (r Release) Text() term.Page {
	var p term.Page
	color := term.Green
	switch r.State {
	case partial, failed, "":
		color = term.Red
	case held, planned:
		color = term.Yellow
	}
	headline := (term.Bold + ";" + color).Of("%s", r.headline())
	p.Add(headline)
	r.wrong(&p)
	for _, l := range r.LeftOut {
		p.Add(term.Yellow.Of("left out: "), term.Textf("%s  %s  %s", l.Name, l.Verdict, l.Reason))
	}
	for _, a := range r.Accepted {
		p.Add(term.Yellow.Of("accepted: "), term.Textf("%s  %s", a.Gate, a.Reason))
	}
	if rows := r.planRows(); len(rows) > 0 {
		p.Gap()
		p.Table(0, rows)
	}
	if len(r.Images) > 0 {
		p.Gap()
		rows := []term.Line{{term.Dim.Of("image"), term.Dim.Of("size"), term.Dim.Of("platforms"), term.Dim.Of("digest")}}
		for _, i := range r.Images {
			rows = append(rows, term.Line{term.Bold.Of("%s", i.Name), term.Textf("%s", size(i.Bytes)),
				term.Textf("%s", strings.Join(i.Platforms, " ")), term.Textf("%s", i.Digest).Cut()})
		}
		p.Table(0, rows)
	}
	if rows := r.registryRows(); len(rows) > 1 {
		p.Gap()
		p.Table(0, rows)
	}
	if len(r.Stages) > 0 {
		p.Gap()
		rows := []term.Line{{term.Dim.Of("stage"), term.Dim.Of("time"), term.Dim.Of("result")}}
		var sum float64
		for _, s := range r.Stages {
			rows = append(rows, term.Line{term.Textf("%s", s.Name), term.Textf("%s", term.Took(seconds(s.Seconds))),
				term.Textf("%s", oneLine(s.Result, 100)).Cut()})
			sum += s.Seconds
		}
		p.Table(0, rows)
	}
	repeatHeadline(&p, headline)
	return p
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func size(n int64) string {
	if n == 0 {
		return ""
	}
	return term.Size(n)
}

// wrong adds the error, and the command that finishes the release.
func (r Release) wrong(p *term.Page) {
	if r.Error != "" {
		lines(p, term.Red.Of("error: "), r.Error)
	}
	if r.Hint != "" {
		lines(p, term.Bold.Of("hint: "), r.Hint)
	}
	if next := cmp.Or(r.Next, r.Resume); next != "" {
		p.Add(term.Bold.Of("next: "), term.Textf("%s", next))
	}
}

// oneLine returns a text for a cell of a table: its lines joined, at most most characters.
func oneLine(text string, most int) string {
	return term.Clip(term.Clean(strings.Join(nonEmpty(strings.Split(text, "\n")), "; ")), most)
}

// lines adds a text after a mark; each of several joined errors gets a line. An indented line, such as one that a
// build step printed, belongs to the error above it.
func lines(p *term.Page, mark term.Span, text string) {
	for i, line := range nonEmpty(strings.Split(text, "\n")) {
		if i > 0 && strings.HasPrefix(line, "  ") {
			p.Add(term.Textf("%s", line))
			continue
		}
		p.Add(mark, term.Textf("%s", line))
	}
}

func (r Release) planRows() []term.Line {
	var rows []term.Line
	for _, s := range r.Plan {
		what := []string{s.To}
		if s.Bytes > 0 {
			what = append(what, "about "+term.Size(s.Bytes))
		}
		if s.Skip != "" {
			what = append(what, "not needed: "+s.Skip)
		}
		style := term.Normal
		if s.Skip != "" {
			style = term.Dim
		}
		rows = append(rows,
			term.Line{style.Of("%s", s.What), style.Of("%s", s.On), style.Of("%s", strings.Join(nonEmpty(what), " · ")).Cut()})
	}
	return rows
}

// registryRows returns a row for each image at each registry, with its tags.
func (r Release) registryRows() []term.Line {
	rows := []term.Line{{term.Dim.Of("registry"), term.Dim.Of("state"), term.Dim.Of("tags")}}
	for _, registry := range r.Registries {
		color := term.Green
		if registry.State != Done && registry.State != Unchanged {
			color = term.Yellow
		}
		if registry.Error != "" || len(r.Images) == 0 {
			rows = append(rows, term.Line{term.Textf("%s", registry.Name), color.Of("%s", registry.State),
				term.Textf("%s", oneLine(registry.Error, 160))})
			continue
		}
		for _, i := range r.Images {
			rows = append(rows, term.Line{term.Textf("%s/%s", registry.Name, i.Name), color.Of("%s", registry.State),
				term.Textf("%s", strings.Join(movingFirst(i.Tags, r.Tag), " ")).Cut()})
		}
	}
	return rows
}

// movingFirst returns an image's tags with the release's own last, since the headline has it.
func movingFirst(tags []string, own string) []string {
	moving := slices.DeleteFunc(slices.Clone(tags), func(t string) bool { return t == own })
	if len(moving) == len(tags) {
		return tags
	}
	return append(moving, own)
}

// Markdown returns the release for a summary, at most limit bytes.
func (r Release) Markdown(limit int) []byte {
	var m markdown
	mark := map[string]string{Done: "✅", Unchanged: "✅", held: "⏸️", planned: "📝", partial: "⚠️"}[r.State]
	if mark == "" {
		mark = "❌"
	}
	m.add("### %s %s", mark, code(r.headline()))
	var p term.Page
	r.wrong(&p)
	if !p.Empty() {
		m.add("%s", fenced("text", p.String()))
	}
	for _, l := range r.LeftOut {
		m.add("- left out: %s %s %s", code(l.Name), code(l.Verdict), code(l.Reason))
	}
	for _, a := range r.Accepted {
		m.add("- accepted: %s %s", code(a.Gate), code(a.Reason))
	}
	var rows [][]string
	for _, s := range r.planRows() {
		rows = append(rows, []string{cell(s[0].Text), cell(s[1].Text), cell(s[2].Text)})
	}
	if len(rows) > 0 {
		m.add("%s", table([]string{"step", "on", ""}, rows))
	}
	rows = nil
	for _, i := range r.Images {
		rows = append(rows, []string{cell(i.Name), size(i.Bytes), cell(strings.Join(i.Platforms, " ")), cell(i.Digest)})
	}
	if len(rows) > 0 {
		m.add("%s", table([]string{"image", "size", "platforms", "digest"}, rows))
	}
	rows = nil
	for _, row := range r.registryRows()[1:] {
		rows = append(rows, []string{cell(row[0].Text), cell(row[1].Text), cell(row[2].Text)})
	}
	if len(rows) > 0 {
		m.add("%s", table([]string{"registry", "state", "tags"}, rows))
	}
	rows = nil
	for _, s := range r.Stages {
		rows = append(rows, []string{cell(s.Name), term.Took(seconds(s.Seconds)), cell(oneLine(s.Result, 100))})
	}
	if len(rows) > 0 {
		m.add("<details><summary>times</summary>\n\n%s\n\n</details>", table([]string{"stage", "time", "result"}, rows))
	}
	return m.bytes(limit, "The rest is in `dist/release.json`.")
}

// Outputs returns the outputs of a release for a workflow.
func (r Release) Outputs() []github.Output {
	outputs := []github.Output{
		{Name: "state", Value: r.State}, {Name: "exit", Value: fmt.Sprint(int(r.Exit))},
		{Name: "tag", Value: r.Tag}, {Name: "version", Value: r.Version},
	}
	for _, i := range r.Images {
		outputs = append(outputs, github.Output{Name: "digest-" + i.Name, Value: i.Digest})
	}
	return outputs
}

// Outputs returns the outputs of a check for a workflow.
func (c Check) Outputs() []github.Output {
	state := "ok"
	if !c.OK {
		state = "needs-you"
	}
	return []github.Output{
		{Name: "state", Value: state}, {Name: "exit", Value: fmt.Sprint(int(c.Exit))},
		{Name: "version", Value: c.Upstream.Version},
	}
}

// Annotations returns a release's messages: why it failed or is partial, and which registry lags.
func (r Release) Annotations() []github.Annotation {
	var all []github.Annotation
	switch r.State {
	case failed, partial:
		next := ""
		if command := cmp.Or(r.Next, r.Resume); command != "" {
			next = "next: " + command
		}
		all = append(all, github.Annotation{Level: github.LevelError, Title: "release " + r.State,
			Message: strings.Join(nonEmpty([]string{r.Error, hint(r.Hint), next}), "\n")})
	}
	for _, registry := range r.Registries {
		if registry.State == "lagging" {
			all = append(all, github.Annotation{Level: github.LevelWarning, Title: registry.Name + " lags",
				Message: registry.Error})
		}
	}
	for _, l := range r.LeftOut {
		all = append(all, github.Annotation{Level: github.LevelWarning, Title: "released without " + l.Name,
			Message: l.Verdict + ": " + l.Reason})
	}
	return all
}
