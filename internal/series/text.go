package series

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Text returns the change as an entry of series.toml. Its patch is named by the path below the folder.
func (c *Change) Text() []byte {
	var keys [][2]string
	add := func(name, value string) { keys = append(keys, [2]string{name, value}) }
	add("name", tomlString(c.Name))
	if len(c.Why) > 4096 { // the patch still has the whole message
		add("why", tomlString(strings.ToValidUTF8(c.Why[:4096], "")+" …"))
	} else if c.Why != "" {
		add("why", tomlString(c.Why))
	}
	switch c.Kind {
	case KindEdit:
		add("edit", editsText(c.Edits))
	case KindPatch:
		add("patch", tomlString(c.Patch.Name))
	case KindPull:
		add("pull", tomlString(c.Pull))
		add("commit", tomlString(string(c.Commit)))
	case KindLanded:
		add("landed", tomlString(c.Landed))
		add("commit", tomlString(string(c.Commit)))
	case KindOverlay:
		add("overlay", c.Overlay.text())
		if len(c.Overlay.Over) > 0 {
			add("over", table(c.Overlay.Over))
		}
	}
	if !c.Required {
		add("required", "false")
	}
	if !c.For.IsZero() {
		add("for", tomlString(c.For.String()))
	}
	if !c.Window.IsZero() {
		add("from", tomlString(c.Window.From.String()))
		add("until", tomlString(c.Window.Until.String()))
	}
	if len(c.Allow) > 0 {
		var quoted []string
		for _, a := range c.Allow {
			quoted = append(quoted, tomlString(a))
		}
		add("allow", "["+strings.Join(quoted, ", ")+"]")
	}
	width := 0
	for _, k := range keys {
		width = max(width, len(k[0]))
	}
	var b bytes.Buffer
	b.WriteString("[[change]]\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "%-*s = %s\n", width, k[0], k[1])
	}
	return b.Bytes()
}

func editsText(edits []Edit) string {
	var b strings.Builder
	b.WriteString("[\n")
	for _, e := range edits {
		b.WriteString("  " + e.Text() + ",\n")
	}
	b.WriteString("]")
	return b.String()
}

// Text returns the edit as an inline table.
func (e Edit) Text() string {
	s := "{ file = " + tomlString(e.File)
	if e.Match != "" {
		s += ", match = " + tomlString(e.Match)
	} else {
		s += ", find = " + tomlString(e.Find)
	}
	s += ", replace = " + tomlString(e.Replace)
	if e.Count > 1 {
		s += fmt.Sprintf(", count = %d", e.Count)
	}
	return s + " }"
}

func (o *Overlay) text() string {
	if o.Repository == "" {
		return tomlString(o.Folder)
	}
	s := "{ repository = " + tomlString(o.Repository) + ", commit = " + tomlString(string(o.Commit))
	if o.Sum != "" {
		s += ", sha256 = " + tomlString(o.Sum)
	}
	return s + ", files = " + table(o.Paths) + " }"
}

// table returns an inline table of strings.
func table(m map[string]string) string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, tomlString(k)+" = "+tomlString(m[k]))
	}
	return "{ " + strings.Join(parts, ", ") + " }"
}

// tomlString returns a string as TOML, in the form that is easiest to read.
func tomlString(s string) string {
	plain := !strings.ContainsFunc(s, func(r rune) bool { return r < ' ' || r == 0x7f })
	if plain && strings.ContainsAny(s, `\"`) && !strings.Contains(s, "'") {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\r':
			b.WriteString(`\r`)
		case r < ' ' || r == 0x7f:
			fmt.Fprintf(&b, `\u%04X`, r)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// OneLine joins a text into one line, so that no line of it can be read as the header of a diff.
func OneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
