package report

import (
	"fmt"
	"strings"
	"time"
)

// Headline is the whole story in one line.
func (r Release) Headline() string {
	var names []string
	for _, l := range r.LeftOut {
		names = append(names, l.Name)
	}
	var parts []string
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
	case r.State == Partial:
		parts = append(parts, "partial: "+r.Version+" is whole at "+fmt.Sprintf("%d of %s", whole, plural(all, "registry")), at)
	case r.State == Held:
		parts = append(parts, "held: checked, nothing published", at)
	case r.State == Planned:
		parts = append(parts, "plan: nothing is written", r.Version, at)
	default:
		parts = append(parts, "failed: nothing moved, the servers keep what they have", at)
	}
	if r.State == Done && whole < all {
		parts = append(parts, fmt.Sprintf("%d of %s lagging", all-whole, plural(all, "registry")))
	}
	return strings.Join(nonEmpty(append(parts, r.Tag)), " · ")
}

// Text is the release as a person reads it: the headline, what is wrong, then images, registries and times.
func (r Release) Text() Page {
	var p Page
	color := green
	switch r.State {
	case Partial, Failed, "":
		color = red
	case Held, Planned:
		color = yellow
	}
	p.add((bold + ";" + color).of("%s", r.Headline()))
	r.wrong(&p)
	for _, l := range r.LeftOut {
		p.add(yellow.of("left out: "), say("%s  %s  %s", l.Name, l.Verdict, l.Reason))
	}
	for _, a := range r.Accepted {
		p.add(yellow.of("accepted: "), say("%s  %s", a.Gate, a.Reason))
	}
	if rows := r.planRows(); len(rows) > 0 {
		p.gap()
		p.table(0, rows)
	}
	if len(r.Images) > 0 {
		p.gap()
		rows := []line{{dim.of("image"), dim.of("size"), dim.of("platforms"), dim.of("digest")}}
		for _, i := range r.Images {
			rows = append(rows, line{bold.of("%s", i.Name), say("%s", size(i.Bytes)), say("%s", strings.Join(i.Platforms, " ")), say("%s", i.Digest)})
		}
		p.table(0, rows)
	}
	if rows := r.registryRows(); len(rows) > 1 {
		p.gap()
		p.table(0, rows)
	}
	if len(r.Stages) > 0 {
		p.gap()
		rows := []line{{dim.of("stage"), dim.of("time"), dim.of("result")}}
		var sum float64
		for _, s := range r.Stages {
			rows = append(rows, line{say("%s", s.Name), say("%s", Took(seconds(s.Seconds))), say("%s", Clip(Clean(s.Result), 100))})
			sum += s.Seconds
		}
		p.table(0, rows)
	}
	return p
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

func size(n int64) string {
	if n == 0 {
		return ""
	}
	return Size(n)
}

// wrong is the error and the command that finishes what has begun.
func (r Release) wrong(p *Page) {
	if r.Error != "" {
		p.add(red.of("error: "), say("%s", r.Error))
	}
	if r.Hint != "" {
		p.add(bold.of("hint: "), say("%s", r.Hint))
	}
	if r.Resume != "" {
		p.add(bold.of("next: "), say("%s", r.Resume))
	}
}

func (r Release) planRows() []line {
	var rows []line
	for _, s := range r.Plan {
		what := []string{s.To}
		if s.Bytes > 0 {
			what = append(what, "about "+Size(s.Bytes))
		}
		if s.Skip != "" {
			what = append(what, "not needed: "+s.Skip)
		}
		style := normal
		if s.Skip != "" {
			style = dim
		}
		rows = append(rows, line{style.of("%s", s.What), style.of("%s", s.On), style.of("%s", strings.Join(nonEmpty(what), " · "))})
	}
	return rows
}

// registryRows name each image at each registry, with its tags.
func (r Release) registryRows() []line {
	rows := []line{{dim.of("registry"), dim.of("state"), dim.of("tags")}}
	for _, registry := range r.Registries {
		color := green
		if registry.State != Done && registry.State != Unchanged {
			color = yellow
		}
		if registry.Error != "" || len(r.Images) == 0 {
			rows = append(rows, line{say("%s", registry.Name), color.of("%s", registry.State), say("%s", Clip(Clean(registry.Error), 160))})
			continue
		}
		for _, i := range r.Images {
			rows = append(rows, line{say("%s/%s", registry.Name, i.Name), color.of("%s", registry.State), say("%s", strings.Join(i.Tags, " "))})
		}
	}
	return rows
}

// Markdown is the release for a summary, at most limit bytes.
func (r Release) Markdown(limit int) []byte {
	var m markdown
	mark := map[string]string{Done: "✅", Unchanged: "✅", Held: "⏸️", Planned: "📝", Partial: "⚠️"}[r.State]
	if mark == "" {
		mark = "❌"
	}
	m.add("### %s %s", mark, code(r.Headline()))
	var p Page
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
		rows = append(rows, []string{cell(s[0].text), cell(s[1].text), cell(s[2].text)})
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
		rows = append(rows, []string{cell(row[0].text), cell(row[1].text), cell(row[2].text)})
	}
	if len(rows) > 0 {
		m.add("%s", table([]string{"registry", "state", "tags"}, rows))
	}
	rows = nil
	for _, s := range r.Stages {
		rows = append(rows, []string{cell(s.Name), Took(seconds(s.Seconds)), cell(Clip(s.Result, 100))})
	}
	if len(rows) > 0 {
		m.add("<details><summary>times</summary>\n\n%s\n\n</details>", table([]string{"stage", "time", "result"}, rows))
	}
	return m.bytes(limit, "The rest is in `dist/release.json`.")
}

// Outputs are what a workflow reads of a release.
func (r Release) Outputs() []Output {
	outputs := []Output{{"state", r.State}, {"exit", fmt.Sprint(int(r.Exit))}, {"tag", r.Tag}, {"version", r.Version}}
	for _, i := range r.Images {
		outputs = append(outputs, Output{"digest-" + i.Name, i.Digest})
	}
	return outputs
}

// Outputs are what a workflow reads of a check.
func (c Check) Outputs() []Output {
	state := "ok"
	if !c.OK {
		state = "needs-you"
	}
	return []Output{{"state", state}, {"exit", fmt.Sprint(int(c.Exit))}, {"version", c.Upstream.Version}}
}

// Annotations are a release's remarks: why it failed or is partial, and which registry lags.
func (r Release) Annotations() []Annotation {
	var all []Annotation
	switch r.State {
	case Failed, Partial:
		next := ""
		if r.Resume != "" {
			next = "next: " + r.Resume
		}
		all = append(all, Annotation{Level: LevelError, Title: "release " + r.State, Message: strings.Join(nonEmpty([]string{r.Error, hint(r.Hint), next}), "\n")})
	}
	for _, registry := range r.Registries {
		if registry.State == "lagging" {
			all = append(all, Annotation{Level: LevelWarning, Title: registry.Name + " lags", Message: registry.Error})
		}
	}
	for _, l := range r.LeftOut {
		all = append(all, Annotation{Level: LevelWarning, Title: "released without " + l.Name, Message: l.Verdict + ": " + l.Reason})
	}
	return all
}
