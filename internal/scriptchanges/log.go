// Package scriptchanges keeps what a script's commands did to the tree, line by line, and makes changes of a series of
// it: counted edits where they give the same bytes, overlays, and patches for the rest.
package scriptchanges

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/scriptfiles"
)

// Log is what a script did, line by line.
type Log struct {
	source   []string
	Notes    []Note // comments above commands, by line
	inner    []Note // those of the files that the script runs
	Effects  []*Effect
	fates    []importer.ScriptLine
	Misses   []Miss
	Problems int             // how many commands a person has to look at so far
	Globbed  map[string]bool // paths that a pattern found
	Top      int             // the line of the whole file that is followed
}

// Note is a comment that stands above commands.
type Note struct {
	Line int // its last
	Text string
	file string // that the script runs
}

// Effect is one command's writing of the tree.
type Effect struct {
	Line  int
	Text  string
	In    string // as of a Spot
	Label string // of one sed command of several
	Kind  effectKind
	Files []Written
	Sed   string        // the sed command, where it is one
	Ext   bool          // its expressions are extended
	Name  string        // of the patch file
	Title string        // of the patch, as its mail says
	Head  string        // of the mail
	Note  string        // added to what is said
	Next  importer.Next // what takes it in by itself, where it is left to a person
}

type effectKind int

const (
	Edited effectKind = iota
	Replaced
	Patched
)

// Written is one file before and after; nil is none.
type Written struct {
	Name          string
	Before, After *scriptfiles.File
}

func NewLog(data []byte) *Log {
	return &Log{source: strings.Split(string(data), "\n"), Globbed: map[string]bool{}}
}

// Comments keeps the comments that stand right above a statement.
func (l *Log) Comments(f *syntax.File, lineOf func(offset, line int) int) {
	l.Notes = append(l.Notes, commentsOf(f, lineOf)...)
	slices.SortStableFunc(l.Notes, func(a, b Note) int { return a.Line - b.Line })
}

// CommentsIn keeps those of a file that the script runs.
func (l *Log) CommentsIn(name string, f *syntax.File) {
	if slices.ContainsFunc(l.inner, func(n Note) bool { return n.file == name }) {
		return
	}
	for _, n := range commentsOf(f, func(_, line int) int { return line }) {
		n.file = name
		l.inner = append(l.inner, n)
	}
}

func commentsOf(f *syntax.File, lineOf func(offset, line int) int) (out []Note) {
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
			out = append(out, Note{Line: lineOf(int(s.Pos().Offset()), at) - 1, Text: text})
		}
		return true
	})
	return out
}

// under is which comment of all a command stands under: one of its own file, or else that above the line of the script
// which runs the file. -1 is none.
func under(notes []Note, line int, in string) int {
	own, at := -1, -1
	file, number := "", 0
	if i := strings.LastIndexByte(in, ':'); i > 0 {
		file = in[:i]
		number, _ = strconv.Atoi(in[i+1:])
	}
	for i, n := range notes {
		switch {
		case n.file == "" && n.Line < line:
			at = i
		case n.file != "" && n.file == file && n.Line < number && (own < 0 || n.Line >= notes[own].Line):
			own = i
		}
	}
	if own >= 0 {
		return own
	}
	return at
}

// Group is which comment a line stands under: -1 is none.
func (l *Log) Group(line int) int {
	return under(l.Notes, line, "")
}

// Say notes what became of a command.
func (l *Log) Say(f importer.ScriptLine) {
	for _, old := range l.fates {
		if old.Line == f.Line && old.Said == f.Said && old.Text == f.Text {
			return
		}
	}
	l.fates = append(l.fates, f)
}

// Nothing notes a command that changes no file of the tree, but perhaps the image of a Dockerfile.
func (l *Log) Nothing(s Spot, image bool) {
	said := Nothing
	if image {
		said = ofImage
	}
	l.Say(importer.ScriptLine{Line: s.Line, Text: s.Text, In: s.In, Said: said, Done: true, Image: image})
}

// TakeBack forgets that a file was removed, since a later command brings it. It returns what the file was before, nil
// if the file's last change was no removal. A command of which nothing is left is left to a person.
func (l *Log) TakeBack(by Spot, name string) *scriptfiles.File {
	for _, e := range slices.Backward(l.Effects) {
		for i, w := range e.Files {
			switch {
			case w.Name != name:
				continue
			case w.After != nil:
				return nil
			}
			if e.Files = slices.Delete(e.Files, i, i+1); len(e.Files) == 0 {
				l.Problems++
				l.Say(importer.ScriptLine{Line: e.Line, Text: e.Text, Said: "not expressible: it removes " + name +
					", which " + by.Where() + " brings anew"})
			}
			return w.Before
		}
	}
	return nil
}

// Settle sets for each line the change that it stands beside, and adds what the collector said of the effects.
func (l *Log) Settle(c *collector) {
	l.settleMisses()
	for _, f := range l.fates {
		f.Change = c.changeAt(under(c.notes, f.Line, f.In))
		c.Lines = append(c.Lines, f)
	}
	seen := map[int]bool{}
	for _, f := range c.Lines {
		if f.Said != Nothing {
			seen[f.Line] = true
		}
	}
	last := map[int]int{} // of the commands of a line that change nothing, one speaks for all: the outermost
	for i, f := range c.Lines {
		last[f.Line] = i
	}
	kept := c.Lines[:0]
	times := map[importer.ScriptLine]int{}
	for i, f := range c.Lines {
		if f.Said != Nothing || !seen[f.Line] && last[f.Line] == i {
			if times[f]++; times[f] == 1 {
				kept = append(kept, f)
			}
		}
	}
	for i, f := range kept {
		if n := times[f]; n > 1 && f.Said != Nothing {
			kept[i].Said += fmt.Sprintf(", %d times", n)
		}
	}
	c.Lines = kept
}

// settleMisses records which sed commands match nothing. One that got its files from a pattern may match nothing in
// some of them.
func (l *Log) settleMisses() {
	type key struct {
		line        int
		text, label string
	}
	hit, seen := map[key]bool{}, map[key]bool{}
	for _, e := range l.Effects {
		hit[key{e.Line, e.Text, e.Label}] = true
	}
	for _, m := range l.Misses {
		k := key{m.Line, m.Text, m.Label}
		said, quiet := "matches nothing in "+m.Name, 0
		if m.Quiet {
			if hit[k] || seen[k] {
				continue
			}
			seen[k] = true
			for _, other := range l.Misses {
				if other.Quiet && k == (key{other.Line, other.Text, other.Label}) {
					quiet++
				}
			}
			if quiet > 1 {
				said = fmt.Sprintf("matches nothing in %d files", quiet)
			}
		}
		if m.Label != "" {
			said += " (" + m.Label + ")"
		}
		l.Say(importer.ScriptLine{Line: m.Line, Text: m.Text, Said: said})
	}
}

const Nothing = "changes no file"

const ofImage = "not in the series: it changes the image, not Mastodon's source"

// Spot is where a command of the script stands.
type Spot struct {
	Line int
	Text string
	In   string // file:line of the command, where it stands in a file that the line runs
}

// Where is a command's place within a message.
func (s Spot) Where() string {
	if s.In != "" {
		return s.In
	}
	return fmt.Sprintf("line %d", s.Line)
}

// Miss is a sed command that matches nothing in a file.
type Miss struct {
	Spot
	Label, Name string
	Quiet       bool
}
