package series

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/form"
)

// QuiltLine is one line of a quilt series.
type QuiltLine struct {
	Name   string
	Strip  int  // -pN, or 1
	Stated bool // -pN is there
	Off    bool // it is commented out
	Line   int
	Wrong  string // an option that is not known
}

// QuiltLines reads a quilt series: a patch a line, with -pN and comments.
func QuiltLines(data []byte) (all []QuiltLine) {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		line, comment, _ := strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			if off := strings.Fields(comment); len(off) > 0 {
				all = append(all, QuiltLine{Name: off[0], Off: true, Line: number})
			}
			continue
		}
		one := QuiltLine{Name: fields[0], Strip: 1, Line: number}
		for _, option := range fields[1:] {
			n := strings.TrimPrefix(option, "-p")
			switch {
			case n == "ab":
			case n != option && len(n) == 1 && n[0] >= '0' && n[0] <= '9':
				one.Strip, one.Stated = int(n[0]-'0'), true
			default:
				one.Wrong = option
			}
		}
		all = append(all, one)
	}
	return all
}

// quilt reads a folder that has a quilt series. A patch that is commented out is known, and left alone.
func (l *loader) quilt() {
	data, refused := l.file(quiltFile)
	if refused != nil {
		l.errs = append(l.errs, refused)
		return
	}
	for _, q := range QuiltLines(data) {
		l.named[q.Name] = true
		if q.Off {
			continue
		}
		if q.Wrong != "" {
			l.fail(quiltFile, q.Line, "unknown option %q", q.Wrong).
				Hint = fault.Hintf("a line is a patch's name and, where its paths need it, -pN")
		}
		l.whole(q.Name, &File{Strip: q.Strip, stated: q.Stated, quilt: true}, l.at(quiltFile), q.Line)
	}
}

// plain reads a folder of nothing but patches, by name.
func (l *loader) plain() {
	all, err := fs.ReadDir(l.folder.FS, ".")
	if err != nil {
		l.fail("", 0, "reading the folder of changes: %w", err)
		return
	}
	names := slices.DeleteFunc(slices.Clone(all), func(e fs.DirEntry) bool { return e.IsDir() || !IsPatch(e.Name()) })
	if len(names) == 0 {
		l.empty(all)
	}
	for _, e := range names {
		l.named[e.Name()] = true
		l.whole(e.Name(), &File{Strip: 1, quilt: true}, l.at(e.Name()), 1)
	}
}

// empty is the error of a folder without a change. It names what holds a patch under another name.
func (l *loader) empty(entries []fs.DirEntry) {
	for _, e := range entries {
		if !e.Type().IsRegular() {
			continue
		}
		data, err := l.folder.ReadFile(e.Name())
		if kind, _ := form.Look(data); err == nil && kind == form.IsPatch {
			l.fail(e.Name(), 0, "this file holds a patch, and its name does not say so").
				Hint = fault.Hintf("name it %s.patch", strings.TrimSuffix(e.Name(), path.Ext(e.Name())))
			return
		}
	}
	l.fail("", 0, "no %s, no quilt series and no patch is here", seriesFile).
		Hint = fault.Hintf("%s and %s write the first change", fault.Command{Target: "patch:new"},
		fault.Command{Target: "patch:edit"})
}

// whole makes a change of a patch file alone.
func (l *loader) whole(name string, f *File, file string, line int) {
	c := &Change{Name: PatchName(name), File: file, Line: line, Required: true, granted: l.granted}
	if c.Name == "" {
		l.fail(strings.TrimPrefix(file, l.folder.Name+"/"), line, "no name for a change can be made from %q", name)
		return
	}
	before := len(l.errs)
	if l.load(c, name, f, line); len(l.errs) > before {
		return
	}
	c.Why = Subject(c.Patch.Data)
	c.Sum = c.Digest()
	l.series.Changes = append(l.series.Changes, c)
}

// patchEnds are how the names of patches end. Some forums and trackers take only text files.
var patchEnds = []string{".patch", ".diff", ".patch.txt", ".diff.txt", ".mbox", ".mbx", ".eml"}

// IsPatch reports whether a file is a patch, by its name.
func IsPatch(name string) bool {
	return slices.ContainsFunc(patchEnds, func(end string) bool { return strings.HasSuffix(strings.ToLower(name), end) })
}

// PatchName makes a change's name of a patch's file name.
func PatchName(name string) string {
	if strings.HasSuffix(strings.ToLower(name), ".txt") {
		name = name[:len(name)-len(".txt")]
	}
	return Slug(name)
}

// Slug makes a change's name of a title or a patch's file name; "" where nothing of it can stand in a name.
func Slug(name string) string {
	return SlugOf(strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), "."))
}

// SlugOf makes a change's name of a text that has no extension, such as a commit's subject; "" where no letter or digit
// is left.
func SlugOf(text string) string {
	name := strings.Join(strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	return strings.Trim(name[:min(64, len(name))], "-")
}

// Subject is what the header of a patch says it is about: the subject of a mail, the description of DEP-3, or "".
func Subject(data []byte) string {
	if i := bytes.Index(data, []byte("\ndiff --git ")); i >= 0 {
		data = data[:i]
	}
	lines := strings.Split(string(data), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "--- ") {
			break
		}
		for _, name := range []string{"Subject:", "Description:"} {
			rest, ok := strings.CutPrefix(line, name)
			if !ok {
				continue
			}
			for _, more := range lines[i+1:] { // a long header goes on, indented
				if name != "Subject:" || !strings.HasPrefix(more, " ") || strings.TrimSpace(more) == "" {
					break
				}
				rest += more
			}
			rest = strings.TrimSpace(rest)
			if strings.HasPrefix(rest, "[PATCH") {
				if _, after, ok := strings.Cut(rest, "]"); ok {
					rest = strings.TrimSpace(after)
				}
			}
			return rest
		}
	}
	return ""
}
