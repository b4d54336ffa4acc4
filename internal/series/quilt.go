package series

import (
	"bytes"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/latin"
	"github.com/howdah/howdah/internal/quilt"
)

// quilt reads a folder with a quilt series file. A patch that is commented out counts as known, and is not applied.
func (l *loader) quilt(list string) {
	data, refused := l.file(list)
	if refused != nil {
		l.errs = append(l.errs, refused)
		return
	}
	for _, q := range quilt.Read(data) {
		l.named[q.Name] = true
		if q.Off {
			continue
		}
		if q.Wrong != "" {
			l.fail(list, q.Line, "%s", q.Wrong).Hint = fault.Hintf("%s", q.Hint)
			continue
		}
		f := &File{Strip: q.Strip, stated: q.Stated, reverse: q.Reverse, quilt: true}
		l.addPatch(q.Name, f, l.at(list), q.Line)
	}
}

// PatchName returns a change's name for a patch's file name.
func PatchName(name string) string {
	name = quilt.Unpacked(name)
	if strings.HasSuffix(strings.ToLower(name), ".txt") {
		name = name[:len(name)-len(".txt")]
	}
	return Slug(name)
}

// Slug returns a change's name for a title or a patch's file name; "" if none of its characters can be in a name.
func Slug(name string) string {
	return SlugOf(strings.TrimSuffix(strings.TrimSuffix(name, path.Ext(name)), "."))
}

// SlugOf returns a change's name for a text without an extension, such as a commit's subject; "" if no letter or
// digit is left.
func SlugOf(text string) string {
	name := strings.Join(strings.FieldsFunc(strings.ToLower(latin.Plain(text)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	}), "-")
	return strings.Trim(name[:min(MaxName, len(name))], "-")
}

// Subject returns the subject in a patch's header: of a mail, or of DEP-3's Description; "" if it has neither.
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
			end := i + 1
			for name == "Subject:" && end < len(lines) && strings.HasPrefix(lines[end], " ") &&
				strings.TrimSpace(lines[end]) != "" { // a long header continues on indented lines
				end++
			}
			rest = strings.TrimSpace(rest + strings.Join(lines[i+1:end], ""))
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
