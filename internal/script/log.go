package script

import (
	"fmt"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/importer"
)

// log is what a script did, line by line.
type log struct {
	source   []string
	notes    []note // comments above commands, by line
	effects  []*effect
	fates    []importer.ScriptLine
	misses   []missing
	problems int             // how many commands a person has to look at so far
	globbed  map[string]bool // paths that a pattern found
	top      int             // the line of the whole file that is followed
}

// note is a comment that stands above commands.
type note struct {
	line int // its last
	text string
}

// effect is one command's writing of the tree.
type effect struct {
	line  int
	text  string
	label string // of one sed command of several
	kind  effectKind
	files []written
	sed   string // the sed command, where it is one
	ext   bool   // its expressions are extended
	name  string // of the patch file
	title string // of the patch, as its mail says
	head  string // of the mail
	note  string // added to what is said
}

type effectKind int

const (
	edited effectKind = iota
	replaced
	patched
)

// written is one file before and after; nil is none.
type written struct {
	name          string
	before, after *file
}

func newLog(data []byte) *log {
	return &log{source: strings.Split(string(data), "\n"), globbed: map[string]bool{}}
}

// comments keeps the comments that stand right above a statement.
func (l *log) comments(f *syntax.File, shift int) {
	syntax.Walk(f, func(n syntax.Node) bool {
		s, ok := n.(*syntax.Stmt)
		if !ok || len(s.Comments) == 0 {
			return true
		}
		at := int(s.Pos().Line())
		var lines []string
		last := at
		for _, c := range slices.Backward(s.Comments) {
			if line := int(c.Pos().Line()); line == last-1 && !strings.HasPrefix(c.Text, "!") {
				lines, last = append([]string{strings.TrimSpace(strings.TrimLeft(c.Text, "#"))}, lines...), line
			}
		}
		if text := strings.TrimSpace(strings.Join(lines, " ")); text != "" {
			l.notes = append(l.notes, note{at - 1 + shift, text})
		}
		return true
	})
	slices.SortStableFunc(l.notes, func(a, b note) int { return a.line - b.line })
}

// group is which comment a line stands under: -1 is none.
func (l *log) group(line int) int {
	at := -1
	for i, n := range l.notes {
		if n.line < line {
			at = i
		}
	}
	return at
}

// say notes what became of a command.
func (l *log) say(f importer.ScriptLine) {
	for _, old := range l.fates {
		if old.Line == f.Line && old.Said == f.Said && old.Text == f.Text {
			return
		}
	}
	l.fates = append(l.fates, f)
}

// settle gives every fate the change that it stands beside, and adds what the collector said of the effects.
func (l *log) settle(c *collector) {
	l.settleMisses(c)
	for _, f := range l.fates {
		f.Change = c.changeAt(l.group(f.Line))
		c.fates = append(c.fates, f)
	}
	seen := map[int]bool{}
	for _, f := range c.fates {
		if f.Said != nothing {
			seen[f.Line] = true
		}
	}
	last := map[int]int{} // of the commands of a line that change nothing, one speaks for all: the outermost
	for i, f := range c.fates {
		last[f.Line] = i
	}
	kept := c.fates[:0]
	times := map[importer.ScriptLine]int{}
	for i, f := range c.fates {
		if f.Said != nothing || !seen[f.Line] && last[f.Line] == i {
			if times[f]++; times[f] == 1 {
				kept = append(kept, f)
			}
		}
	}
	for i, f := range kept {
		if n := times[f]; n > 1 && f.Said != nothing {
			kept[i].Said += fmt.Sprintf(", %d times", n)
		}
	}
	c.fates = kept
}

// settleMisses says which sed commands match nothing. One that was given files by a pattern may pass over some of them.
func (l *log) settleMisses(c *collector) {
	type key struct {
		line        int
		text, label string
	}
	hit, seen := map[key]bool{}, map[key]bool{}
	for _, e := range l.effects {
		hit[key{e.line, e.text, e.label}] = true
	}
	for _, m := range l.misses {
		k := key{m.line, m.text, m.label}
		said, quiet := "matches nothing in "+m.name, 0
		if m.quiet {
			if hit[k] || seen[k] {
				continue
			}
			seen[k] = true
			for _, other := range l.misses {
				if other.quiet && k == (key{other.line, other.text, other.label}) {
					quiet++
				}
			}
			if quiet > 1 {
				said = fmt.Sprintf("matches nothing in %d files", quiet)
			}
		}
		if m.label != "" {
			said += " (" + m.label + ")"
		}
		l.say(importer.ScriptLine{Line: m.line, Text: m.text, Said: said})
	}
}

const nothing = "changes no file"

// plural is a number with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	if strings.HasSuffix(noun, "ch") {
		return fmt.Sprintf("%d %ses", n, noun)
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
