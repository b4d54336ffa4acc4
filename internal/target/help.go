package target

import (
	"strings"
	"unicode/utf8"
)

// Help returns the help on a target in lines of at most width columns: what it does, how it is typed, its arguments
// and options. Words is set for a program that takes "patch check" rather than "patch:check"; program is its name.
func Help(t Target, program string, width int, words bool) string {
	var b strings.Builder
	paragraph(&b, strings.ToUpper(t.Doc[:1])+t.Doc[1:]+".", width)
	if t.More != "" {
		b.WriteString("\n")
		paragraph(&b, t.More, width)
	}
	name, dashes := t.Name, "-"
	if words {
		name, dashes = strings.Replace(name, ":", " ", 1), "--"
	}
	typed := []string{program, name}
	var arguments, options [][2]string
	for _, a := range t.Args {
		typed = append(typed, a.Name)
		arguments = append(arguments, [2]string{a.Name, a.Doc})
	}
	for _, o := range t.Options {
		options = append(options, [2]string{dashes + strings.TrimPrefix(o.Usage(), "-"), o.Doc})
	}
	if len(options) > 0 {
		typed = append(typed, "[options]")
	}
	b.WriteString("\nusage: " + strings.Join(typed, " ") + "\n")
	listed(&b, "", arguments, width)
	listed(&b, "options:\n", options, width)
	return b.String()
}

// Space returns the list of the targets in one namespace, for a program that takes "patch check".
func Space(space, program string, width int) string {
	var rows [][2]string
	for _, t := range All() {
		if t.Namespace() == space {
			rows = append(rows, [2]string{t.Verb(), t.Doc})
		}
	}
	var b strings.Builder
	b.WriteString("usage: " + strings.Join(strings.Fields(program+" "+space+" COMMAND [options]"), " ") + "\n")
	listed(&b, "", rows, width)
	return b.String()
}

// paragraph writes a text in lines of at most width columns.
func paragraph(b *strings.Builder, text string, width int) {
	for _, line := range wrap(text, width) {
		b.WriteString(line + "\n")
	}
}

// listed writes two columns: the names on the left, the explanations on the right.
func listed(b *strings.Builder, head string, rows [][2]string, width int) {
	if len(rows) == 0 {
		return
	}
	b.WriteString("\n" + head)
	const indent, between = 2, 3
	column := 0
	for _, row := range rows {
		column = max(column, indent+utf8.RuneCountInString(row[0])+between)
	}
	for _, row := range rows {
		left := strings.Repeat(" ", indent) + row[0]
		for _, line := range wrap(row[1], max(width-column, 20)) {
			b.WriteString(left + strings.Repeat(" ", column-utf8.RuneCountInString(left)) + line + "\n")
			left = ""
		}
	}
}
