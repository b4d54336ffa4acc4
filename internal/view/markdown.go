package view

import (
	"fmt"
	"net/url"
	"strings"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// markdown is a text in blocks for GitHub: a summary or an issue. Text from outside is always in code, where HTML,
// mentions, links and issue numbers have no effect.
type markdown struct{ blocks []string }

func (m *markdown) add(format string, args ...any) {
	m.blocks = append(m.blocks, fmt.Sprintf(format, args...))
}

// code returns outside text within a line.
func code(text string) string {
	text = strings.TrimSpace(term.Clean(term.ClipWords(text, term.MaxSpan)))
	if text == "" {
		return ""
	}
	fence := strings.Repeat("`", 1+run(text))
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		text = " " + text + " "
	}
	return fence + text + fence
}

// cell returns outside text within a table.
func cell(text string) string { return strings.ReplaceAll(code(text), "|", `\|`) }

// fenced returns outside text of several lines.
func fenced(language, text string) string {
	text = strings.TrimRight(term.CleanLines(term.ClipWords(text, term.MaxString)), "\n")
	fence := strings.Repeat("`", max(3, 1+run(text)))
	return fence + language + "\n" + text + "\n" + fence
}

// run returns the length of the longest run of backticks.
func run(text string) int {
	longest, n := 0, 0
	for _, r := range text {
		if n++; r != '`' {
			n = 0
		}
		longest = max(longest, n)
	}
	return longest
}

// linked returns code that links to an address.
func linked(text, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "https" || u.Host == "" {
		return code(text)
	}
	return "[" + code(text) + "](" + strings.NewReplacer("(", "%28", ")", "%29", " ", "%20", "<", "%3C", ">", "%3E").
		Replace(u.String()) + ")"
}

// markdown returns a commit's number, pull request, date and subject.
func (u Upstream) markdown(c Commit) string {
	return linked(c.about(), u.link(c)) + " " + code(term.Clip(c.subject(), 120))
}

// bytes returns the text. If it is longer than limit, it ends after a block, followed by rest.
func (m *markdown) bytes(limit int, rest string) []byte {
	var b strings.Builder
	more := "\n" + rest + "\n"
	for i, block := range m.blocks {
		text := block + "\n"
		if i > 0 {
			text = "\n" + text
		}
		if b.Len()+len(text)+len(more) > limit {
			b.WriteString(more)
			break
		}
		b.WriteString(text)
	}
	return []byte(b.String())
}

// row returns one line of a table.
func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// table returns a table as one block, so that a long text is never cut within it.
func table(head []string, rows [][]string) string {
	lines := []string{row(head...),
		row(strings.Split(strings.TrimSuffix(strings.Repeat("---\n", len(head)), "\n"), "\n")...)}
	for _, r := range rows {
		lines = append(lines, row(r...))
	}
	return strings.Join(lines, "\n")
}

// Markdown returns the check for a summary or an issue, at most limit bytes.
func (c Check) Markdown(by target.Caller, limit int) []byte {
	var m markdown
	mark := "✅"
	if !c.OK || c.Exit != 0 {
		mark = "❌"
	}
	m.add("### %s %s", mark, code(c.headline()))
	if c.Error != "" {
		m.add("%s", fenced("text", strings.Join(nonEmpty([]string{"error: " + c.Error, hint(c.Hint)}), "\n")))
	}
	for _, urgent := range []bool{true, false} {
		for _, ch := range c.Changes {
			if f := ch.finding(); f.Stops() == urgent && f.Fails() {
				c.markTrouble(&m, ch, by)
			}
		}
	}
	for _, ch := range c.Changes {
		if ch.Drift != nil {
			var p term.Page
			ch.drift(&p, by)
			m.add("%s", fenced("diff", p.String()))
		}
	}
	if len(c.Changes) > 0 {
		var rows [][]string
		for _, ch := range c.Changes {
			rows = append(rows, []string{cell(ch.word()), cell(ch.Name), cell(ch.detail())})
		}
		m.add("<details><summary>%s</summary>\n\n%s\n\n</details>", plural.Of(len(c.Changes), "change"),
			table([]string{"verdict", "change", ""}, rows))
	}
	for _, file := range c.Unused {
		m.add("not used: %s", code(file))
	}
	return m.bytes(limit, "The rest is in `dist/patch-check.json`.")
}

func hint(text string) string {
	if text == "" {
		return ""
	}
	return "hint: " + text
}

func (c Check) markTrouble(m *markdown, ch Change, by target.Caller) {
	head := fmt.Sprintf("#### %s %s", code(ch.word()), code(ch.Name))
	if ch.Source != nil {
		head += " " + code(ch.Source.place())
	}
	if !ch.finding().Stops() {
		head += " (not required: left out)"
	}
	m.add("%s", head)
	var lines []string
	if ch.Message != "" {
		lines = append(lines, "- "+code(term.Message(ch.Message)))
	}
	if len(ch.Blockers) > 0 {
		lines = append(lines, "- blocked by "+code(strings.Join(ch.Blockers, ", ")))
	}
	if ch.By != nil {
		lines = append(lines, "- by "+c.Upstream.markdown(*ch.By))
	}
	for _, at := range ch.At {
		lines = append(lines, strings.TrimRight("- at "+code(at.place())+" "+code(term.Clip(at.Text, 160)), " "))
	}
	if ch.Hint != "" {
		lines = append(lines, "- hint: "+code(term.Message(ch.Hint)))
	}
	if len(lines) > 0 {
		m.add("%s", strings.Join(lines, "\n"))
	}
	for _, x := range ch.Conflicts {
		var p term.Page
		p.Add(term.Textf("in %s", Place{File: x.File, Line: x.Line}.place()))
		x.sides(&p, [3]term.Style{term.Normal, term.Normal, term.Normal})
		m.add("%s", fenced("text", p.String()))
	}
	if next := ch.next(c.Upstream, by); next != "" {
		m.add("next:\n\n%s", fenced("sh", next))
	}
}
