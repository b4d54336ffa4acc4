package patch

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/tree"
)

// Imported is changes made of what somebody had before.
type Imported struct {
	Changes []*Change
	Files   map[string][]byte // patches that the changes name, to be written below the folder
	Fates   []Fate            // of a script's lines
}

// Fate is what became of one line of a script.
type Fate struct {
	Line   int
	Text   string
	Said   string // "edit, 1 match", "matches nothing", …
	Done   bool   // nothing is left for a person to decide
	Gone   string // the file that is gone; history knows since when
	Change string // the change that it went into, or stands beside
	Try    string // an edit that may be meant
}

// Undecided says that a person has to look at some line.
func (i *Imported) Undecided() bool {
	for _, f := range i.Fates {
		if !f.Done {
			return true
		}
	}
	return false
}

// Text gives the changes as entries of series.toml, with what is undecided as comments above them.
func (i *Imported) Text() []byte {
	var parts [][]byte
	told := map[string]bool{}
	comments := func(change string) {
		told[change] = true
		var b bytes.Buffer
		for _, f := range i.Fates {
			if f.Done || f.Change != change {
				continue
			}
			fmt.Fprintf(&b, "# line %d: %s\n", f.Line, f.Said)
			for line := range strings.Lines(f.Text) {
				fmt.Fprintf(&b, "#     %s\n", strings.TrimRight(line, "\r\n"))
			}
			if f.Try != "" {
				fmt.Fprintf(&b, "# perhaps: %s\n", f.Try)
			}
		}
		if b.Len() > 0 {
			parts = append(parts, b.Bytes())
		}
	}
	for _, c := range i.Changes {
		comments(c.Name)
		parts = append(parts, c.Text())
	}
	for _, f := range i.Fates {
		if !told[f.Change] {
			comments(f.Change)
		}
	}
	return bytes.Join(parts, []byte("\n"))
}

// ImportScript makes counted edits of a shell script of `sed -i` lines, as they would do something to upstream's tree.
// Nothing is run. Lines under one comment become one change.
func ImportScript(ctx context.Context, name string, script []byte, t *tree.Tree) (*Imported, error) {
	im := &importer{t: t, files: map[string][]byte{}, out: &Imported{}, name: name}
	for _, l := range sed.Parse(script) {
		if l.Comment != "" || im.change == nil {
			im.begin(l.Comment)
		}
		if err := im.line(ctx, l); err != nil {
			return nil, fmt.Errorf("importing line %d: %w", l.Number, err)
		}
	}
	for _, c := range im.all {
		if len(c.Edits) > 0 {
			c.Sum = c.sum()
			im.out.Changes = append(im.out.Changes, c)
		}
	}
	return im.out, nil
}

type importer struct {
	t      *tree.Tree
	files  map[string][]byte // as the lines so far leave them
	name   string
	all    []*Change
	change *Change
	out    *Imported
}

// begin opens a change.
func (im *importer) begin(comment string) {
	name := slug(comment)
	if name == "" || len(name) > 40 {
		name = im.name
	}
	taken := func(name string) bool {
		for _, c := range im.all {
			if c.Name == name {
				return true
			}
		}
		return false
	}
	for n, first := 2, name; taken(name); n++ {
		name = fmt.Sprintf("%s-%d", first[:min(len(first), 60)], n)
	}
	im.change = &Change{Name: name, Why: comment, Kind: KindEdit, Required: true}
	im.all = append(im.all, im.change)
}

// line decides one line's fate.
func (im *importer) line(ctx context.Context, l sed.Line) error {
	fate := Fate{Line: l.Number, Text: l.Text, Change: im.change.Name}
	switch l.Kind {
	case sed.Nothing:
		fate.Said, fate.Done = "changes no file", true
	case sed.Overlay:
		fate.Said = "overlay?"
	case sed.Patch:
		fate.Said = "patch?"
	case sed.Opaque:
		fate.Said = "not expressible: " + l.Reason
	case sed.Edit:
		for _, c := range l.Commands {
			if err := im.command(ctx, c, fate); err != nil {
				return err
			}
		}
		return nil
	}
	im.out.Fates = append(im.out.Fates, fate)
	return nil
}

// command decides the fate of one sed on one file.
func (im *importer) command(ctx context.Context, c sed.Command, fate Fate) error {
	name, data, err := im.find(ctx, c.File)
	if err != nil {
		return err
	}
	if name == "" {
		fate.Said, fate.Gone = "file gone: "+c.File, path.Clean(c.File)
		im.out.Fates = append(im.out.Fates, fate)
		return nil
	}
	for _, op := range c.Ops {
		one := fate
		out, touched := op.Apply(data)
		edits, matches := expressed(name, data, out, op)
		switch {
		case touched == 0 || bytes.Equal(out, data):
			one.Said = "matches nothing in " + name
		case path.Base(name) == "Gemfile.lock" && orphans(data, out) != "":
			one.Said = "would orphan lines in Gemfile.lock: " + orphans(data, out)
			one.Try = whole(name, data, out)
		case edits == nil:
			one.Said = "not expressible: " + op.String()
		default:
			one.Said, one.Done = "edit, "+plural(matches, "match"), true
			im.change.Edits = append(im.change.Edits, edits...)
			im.files[name], data = out, out
		}
		if len(c.Ops) > 1 {
			one.Said += " (" + op.String() + ")"
		}
		im.out.Fates = append(im.out.Fates, one)
	}
	return nil
}

// find reads the file that a script means: the longest end of its path that is in the tree, since a script may begin
// anywhere.
func (im *importer) find(ctx context.Context, file string) (string, []byte, error) {
	name := strings.TrimPrefix(path.Clean("/"+file), "/")
	for name != "" {
		if data, ok := im.files[name]; ok {
			return name, data, nil
		}
		if checkPath(name, nil) == nil {
			f, refused, err := original(ctx, im.t, name)
			if err != nil {
				return "", nil, err
			}
			if f != nil && refused == nil && f.Mode.IsRegular() {
				return name, f.Data, nil
			}
		}
		_, name, _ = strings.Cut(name, "/")
	}
	return "", nil, nil
}

// expressed gives the edits that do to a file what a sed command does, and how many places they have.
func expressed(name string, data, out []byte, op sed.Op) ([]Edit, int) {
	if r, ok := op.Replacement(); ok {
		e := Edit{File: name, Find: r.Find, Match: r.Match, Replace: r.Replace}
		if e.check() == nil {
			e.Count = max(1, len(e.find(data)))
			if bytes.Equal(e.replace(data, e.find(data)), out) {
				return []Edit{e}, e.Count
			}
		}
	}
	return literally(name, data, out)
}

// literally gives edits that name the lines that change as they are, with as many around them as make them the only
// ones of their kind.
func literally(name string, data, out []byte) ([]Edit, int) {
	var edits []Edit
	state := data
	for _, b := range blocks(data, out) {
		var e Edit
		for around := 0; around <= 3; around++ {
			find, replace := b.with(around)
			if e = (Edit{File: name, Find: find, Replace: replace, Count: 1}); find != "" && len(e.find(state)) == 1 {
				break
			}
		}
		if e.Find == "" {
			return nil, 0
		}
		spans := e.find(state)
		if len(spans) != 1 {
			return nil, 0
		}
		state = e.replace(state, spans)
		edits = append(edits, e)
	}
	if !bytes.Equal(state, out) || len(edits) == 0 {
		return nil, 0
	}
	return edits, len(edits)
}

// block is a run of lines that one text has in place of another's, with the lines around it.
type block struct {
	before, old, fresh, after []string
}

func (b block) with(around int) (old, fresh string) {
	head := strings.Join(b.before[max(0, len(b.before)-around):], "")
	tail := strings.Join(b.after[:min(around, len(b.after))], "")
	return head + strings.Join(b.old, "") + tail, head + strings.Join(b.fresh, "") + tail
}

// blocks are the places in which two texts differ.
func blocks(a, b []byte) []block {
	var out []block
	for _, h := range diff.Diff(a, b) {
		for i := 0; i < len(h.Lines); {
			if h.Lines[i].Op == ' ' {
				i++
				continue
			}
			var one block
			for k := i - 1; k >= 0 && h.Lines[k].Op != '+'; k-- {
				if h.Lines[k].Op == '-' {
					break
				}
				one.before = append([]string{string(h.Lines[k].Text)}, one.before...)
			}
			for ; i < len(h.Lines) && h.Lines[i].Op != ' '; i++ {
				if h.Lines[i].Op == '-' {
					one.old = append(one.old, string(h.Lines[i].Text))
				} else {
					one.fresh = append(one.fresh, string(h.Lines[i].Text))
				}
			}
			for k := i; k < len(h.Lines) && h.Lines[k].Op == ' '; k++ {
				one.after = append(one.after, string(h.Lines[k].Text))
			}
			out = append(out, one)
		}
	}
	return out
}

// orphans is the first line that a removal leaves below a line that it does not belong to, by indentation; "" if none.
func orphans(data, out []byte) string {
	for _, b := range blocks(data, out) {
		if len(b.old) == 0 || len(b.fresh) > 0 || len(b.after) == 0 {
			continue
		}
		last := b.old[len(b.old)-1]
		if next := b.after[0]; indent(next) > indent(last) {
			return strings.TrimSpace(next)
		}
	}
	return ""
}

func indent(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// whole proposes an edit that takes the lines with it that belong to a removed one.
func whole(name string, data, out []byte) string {
	for _, b := range blocks(data, out) {
		if len(b.old) == 0 || len(b.fresh) > 0 {
			continue
		}
		line := strings.TrimRight(b.old[len(b.old)-1], "\n")
		gem, _, versioned := strings.Cut(line, " (")
		if !versioned || gem == "" {
			continue
		}
		e := Edit{File: name, Match: "^" + gem + ` \([^)\n]*\)\n(?:` + strings.Repeat(" ", indent(line)+2) + `[^\n]*\n)*`, Count: 1}
		if e.check() == nil && len(e.find(data)) == 1 {
			return e.text()
		}
	}
	return ""
}
