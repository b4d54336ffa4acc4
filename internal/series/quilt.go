package series

import (
	"bytes"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// quilt reads a folder that has a quilt series: a patch a line, with -pN and comments. A patch that is commented out
// is known, and left alone.
func (l *loader) quilt() {
	data, refused := l.file(quiltFile)
	if refused != nil {
		l.errs = append(l.errs, refused)
		return
	}
	number := 0
	for line := range strings.Lines(string(data)) {
		number++
		line, comment, _ := strings.Cut(line, "#")
		fields := strings.Fields(line)
		if len(fields) == 0 {
			if off := strings.Fields(comment); len(off) > 0 {
				l.named[off[0]] = true
			}
			continue
		}
		strip := 1
		for _, option := range fields[1:] {
			n := strings.TrimPrefix(option, "-p")
			switch {
			case n == "ab":
			case n != option && len(n) == 1 && n[0] >= '0' && n[0] <= '9':
				strip = int(n[0] - '0')
			default:
				l.fail(quiltFile, number, "unknown option %q", option).
					Hint = fault.Hintf("a line is a patch's name and, where its paths need it, -pN")
			}
		}
		l.named[fields[0]] = true
		l.whole(fields[0], strip, l.at(quiltFile), number)
	}
}

// plain reads a folder of nothing but patches, by name.
func (l *loader) plain() {
	names, err := fs.ReadDir(l.folder.FS, ".")
	if err != nil {
		l.fail("", 0, "reading the folder of changes: %w", err)
		return
	}
	names = slices.DeleteFunc(names, func(e fs.DirEntry) bool { return e.IsDir() || !isPatch(e.Name()) })
	if len(names) == 0 {
		l.fail("", 0, "no %s, no quilt series and no patch is here", seriesFile).
			Hint = fault.Hintf("%s and %s write the first change", fault.Command{Target: "patch:new"},
			fault.Command{Target: "patch:edit"})
	}
	for _, e := range names {
		l.named[e.Name()] = true
		l.whole(e.Name(), 1, l.at(e.Name()), 1)
	}
}

// whole makes a change of a patch file alone.
func (l *loader) whole(name string, strip int, file string, line int) {
	c := &Change{Name: Slug(name), File: file, Line: line, Required: true, granted: l.granted}
	if c.Name == "" {
		l.fail(strings.TrimPrefix(file, l.folder.Name+"/"), line, "no name for a change can be made of %q", name)
		return
	}
	before := len(l.errs)
	if l.load(c, name, strip, true, line); len(l.errs) > before {
		return
	}
	c.Why = Subject(c.Patch.Data)
	c.Sum = c.Digest()
	l.series.Changes = append(l.series.Changes, c)
}

// Slug makes a change's name of a title or a patch's file name; "" where nothing of it can stand in a name.
func Slug(name string) string {
	name = strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), ".")
	name = strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
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
