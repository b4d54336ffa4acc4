package series

import (
	"bytes"
	"errors"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/tree"
)

// Parse parses the patch, and returns why it is refused, or nil.
func (f *File) Parse(allow []string) *fault.Error {
	files, err := diff.Parse(f.plain())
	if err != nil {
		if wrong, ok := errors.AsType[*diff.ParseError](err); ok {
			if name := f.absolute(wrong.Line); name != "" {
				return safety.Unsafe("path %q is absolute", name).At(f.Name, wrong.Line)
			}
			refused := safety.Malformed("reading the patch: %s", wrong.What).At(f.Name, wrong.Line)
			if strings.HasSuffix(wrong.What, "more lines than its head says") {
				return refused.WithHint("an import counts lines that were edited by hand anew, where upstream has the hunk's " +
					"old lines and it ends with one of context; git apply --recount in a clone of upstream, and then git diff, " +
					"makes the patch again")
			}
			if !strings.HasPrefix(wrong.What, "the hunk ends early") {
				return refused
			}
			return refused.WithHint("copied from a page, a patch loses blanks: take the file, or make the diff again")
		}
		return safety.Malformed("reading the patch: %w", err).At(f.Name, 1)
	}
	removed := map[string]tree.Mode{}
	for _, one := range files {
		if refused := checkFile(one, allow, removed); refused != nil {
			return refused.At(f.Name, one.Line)
		}
	}
	f.Files = files
	return nil
}

// absolute returns the absolute path with which a line of the patch starts a file; "" if it has none.
func (f *File) absolute(line int) string {
	rest := f.plain()
	for ; line > 1; line-- {
		_, rest, _ = bytes.Cut(rest, []byte("\n"))
	}
	text, _, _ := bytes.Cut(rest, []byte("\n"))
	for _, side := range []string{"--- ", "+++ ", "diff --git "} {
		if name, ok := strings.CutPrefix(string(text), side+"/"); ok && !strings.HasPrefix(name, "dev/null") {
			return strings.TrimRight("/"+name, "\r")
		}
	}
	return ""
}

// checkFile returns why a patch may not change this file, or nil. Removed are the files that the patch has removed
// before.
func checkFile(f *diff.File, allow []string, removed map[string]tree.Mode) *fault.Error {
	for _, name := range []string{f.OldName, f.NewName} {
		if name == "" {
			continue
		}
		if refused := safety.CheckPath(name, allow); refused != nil {
			return refused
		}
	}
	was, is := tree.Mode(f.OldMode), tree.Mode(f.NewMode)
	switch {
	case f.New:
		was = removed[f.NewName]
	case f.Deleted:
		removed[f.OldName] = was
		is = was
	}
	if is == 0 {
		is = was
	}
	if is == 0 {
		is = tree.Regular
	}
	if refused := safety.CheckMode(f.Name(), was, is); refused != nil {
		return refused
	}
	if f.New && is == tree.Symlink {
		target, _, err := f.Apply(nil)
		if err != nil {
			return safety.Malformed("reading the symbolic link %q: %w", f.NewName, err)
		}
		return safety.CheckTarget(f.NewName, string(target))
	}
	return nil
}

// ReadDiff parses a patch file in any form that folders of patches have. Strip is the number of leading path parts to
// remove (patch -p).
func ReadDiff(name string, data []byte, strip int) ([]*diff.File, error) {
	f := &File{Name: name, Data: data, Strip: strip, quilt: true, stated: true}
	if refused := f.Parse(nil); refused != nil {
		return nil, refused
	}
	return f.Files, nil
}
