package patch

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// resolutions is the folder in which contents are kept that somebody found for conflicts.
const resolutions = "resolutions"

// noBlob stands for a side of a conflict that has no file.
const noBlob tree.ID = "0000000000000000000000000000000000000000"

// ResolutionKey names a conflict in one file: the blobs of base, ours (upstream's) and theirs (the change's).
type ResolutionKey struct{ Base, Ours, Theirs tree.ID }

// Name is the key's file name below resolutions/: the sha256 of the three ids, cut as short as a blob's own.
func (k ResolutionKey) Name() string {
	return sha256Hex([]byte(string(k.Base) + " " + string(k.Ours) + " " + string(k.Theirs) + "\n"))[:40]
}

// File is where in a folder of changes the key's resolution is kept.
func (k ResolutionKey) File() string { return path.Join(resolutions, k.Name()) }

// Resolutions are contents that somebody found for conflicts, by ResolutionKey.Name. They are replayed wherever the
// same three blobs meet again.
type Resolutions map[string][]byte

func (l *loader) resolutions() {
	names, err := fs.ReadDir(l.folder.FS, resolutions)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.fail(resolutions, 0, "reading the kept resolutions: %w", err)
		return
	}
	for _, e := range names {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "README") {
			continue
		}
		file := path.Join(resolutions, name)
		if len(name) != 40 || strings.Trim(name, "0123456789abcdef") != "" {
			l.fail(file, 0, "the name is not that of a resolution").Hint = fault.Hintf("`patch:save` writes them: 40 hex digits")
			continue
		}
		data, refused := l.file(file)
		if refused != nil {
			l.errs = append(l.errs, refused.At(l.at(file), 0))
			continue
		}
		if marked(data) {
			l.fail(file, 1+bytes.Count(data[:bytes.Index(data, []byte("<<<<<<< "))], []byte("\n")), "a conflict marker stands in the resolution")
			continue
		}
		l.series.Resolutions[name] = data
	}
}

// marked says whether a conflict's markers stand in a text.
func marked(data []byte) bool {
	return bytes.Contains(append([]byte("\n"), data...), []byte("\n<<<<<<< ")) && bytes.Contains(data, []byte("\n>>>>>>> "))
}

// conflict tells both sides of a file that does not merge, with what they had in common.
func (j *judgement) conflict(at string, sides [3]*tree.File, key ResolutionKey, conflicts []diff.Conflict) {
	told := Unmerged{File: at, Key: key, Files: sides}
	if told.Binary() {
		j.worsen(Conflict, at+" is binary, and both upstream and the change altered it")
		j.at, j.unmerged = append(j.at, Place{File: at}), append(j.unmerged, told)
		return
	}
	message := " was altered in the same lines by upstream and by the change"
	if key.Base == noBlob {
		message = " was added by both upstream and the change, with different content"
	}
	j.worsen(Conflict, at+message)
	for _, one := range conflicts {
		if len(j.unmerged) == maxConflicts {
			break // the file itself has them all
		}
		told.Line, told.Base, told.Ours, told.Theirs = one.OursLine, texts(one.Base), texts(one.Ours), texts(one.Theirs)
		p := Place{File: at, Line: one.OursLine}
		for _, side := range [][]string{told.Ours, told.Base, told.Theirs} {
			if len(side) > 0 {
				p.Text = side[0]
				break
			}
		}
		j.at, j.unmerged = append(j.at, p), append(j.unmerged, told)
	}
}

// texts are lines without their ends.
func texts(lines [][]byte) []string {
	var out []string
	for _, l := range lines {
		out = append(out, string(bytes.TrimRight(l, "\r\n")))
	}
	return out
}

// Binary says that the sides are no texts, which nothing can merge.
func (u Unmerged) Binary() bool {
	return slices.ContainsFunc(u.Files[:], func(f *tree.File) bool { return f != nil && diff.IsBinary(f.Data) })
}

// Sides are the conflict's base, ours and theirs; one that is not there is nil.
func (u Unmerged) Sides() [3]*tree.File {
	sides := u.Files
	if u.Key.Base == noBlob {
		sides[0] = nil
	}
	return sides
}

// Marked gives a conflict's file as git's diff3 style shows it, for a person to resolve.
func (u Unmerged) Marked() []byte {
	return diff.Marked(u.Files[0].Data, u.Files[1].Data, u.Files[2].Data, diff.Diff3, diff.Names{Ours: "upstream", Base: "base", Theirs: "change"})
}

// favour merges with theirs in place of every conflict; Merge leaves ours there.
func favour(base, ours, theirs []byte) []byte {
	merged, conflicts := diff.Merge(base, ours, theirs)
	if len(conflicts) == 0 {
		return merged
	}
	lines := bytes.SplitAfter(merged, []byte("\n"))
	var out []byte
	at := 0
	for _, c := range conflicts {
		out = append(out, bytes.Join(lines[at:c.At-1], nil)...)
		out = append(out, bytes.Join(c.Theirs, nil)...)
		at = c.At - 1 + len(c.Ours)
	}
	return append(out, bytes.Join(lines[at:], nil)...)
}
