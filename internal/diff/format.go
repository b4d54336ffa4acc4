package diff

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Format returns a diff in git's form; Parse reads the same files from it.
func Format(files []*File) []byte {
	var b bytes.Buffer
	for _, f := range files {
		f.head(&b)
		if f.Binary != nil {
			b.WriteString("GIT binary patch\n")
			f.Binary.Forward.format(&b)
			if f.Binary.reverse != nil {
				f.Binary.reverse.format(&b)
			}
			continue
		}
		f.sides(&b)
		for i := range f.Hunks {
			f.Hunks[i].format(&b)
		}
	}
	return b.Bytes()
}

// head writes the header lines of a file, except --- and +++.
func (f *File) head(b *bytes.Buffer) {
	old, fresh := f.heads()
	fmt.Fprintf(b, "diff --git %s %s\n", Quote("a/"+old), Quote("b/"+fresh))
	switch {
	case f.New:
		fmt.Fprintf(b, "new file mode %06o\n", orRegular(f.NewMode))
	case f.Deleted:
		fmt.Fprintf(b, "deleted file mode %06o\n", orRegular(f.OldMode))
	case f.OldMode != f.NewMode:
		fmt.Fprintf(b, "old mode %06o\nnew mode %06o\n", f.OldMode, f.NewMode)
	}
	if f.Rename || f.Copy {
		verb := "rename"
		if f.Copy {
			verb = "copy"
		}
		fmt.Fprintf(b, "similarity index %d%%\n%s from %s\n%s to %s\n", f.Similarity, verb, Quote(old), verb, Quote(fresh))
	}
	if f.OldID != f.NewID && f.OldID != "" && f.NewID != "" {
		fmt.Fprintf(b, "index %s..%s", f.OldID, f.NewID)
		if !f.New && !f.Deleted && f.OldMode == f.NewMode && f.OldMode != 0 {
			fmt.Fprintf(b, " %06o", f.OldMode)
		}
		b.WriteByte('\n')
	}
}

func orRegular(mode uint32) uint32 {
	if mode == 0 {
		return 0o100644
	}
	return mode
}

// sides writes the lines --- and +++ of a text.
func (f *File) sides(b *bytes.Buffer) {
	if len(f.Hunks) > 0 {
		fmt.Fprintf(b, "--- %s\n+++ %s\n", sideLine("a/", f.OldName), sideLine("b/", f.NewName))
	}
}

// sideLine returns a name as --- and +++ have it: followed by a tab if it has a space.
func sideLine(prefix, name string) string {
	if name == "" {
		return "/dev/null"
	}
	if strings.Contains(name, " ") {
		return Quote(prefix+name) + "\t"
	}
	return Quote(prefix + name)
}

func (h *Hunk) format(b *bytes.Buffer) {
	line := b.AvailableBuffer()
	line = appendCounts(append(line, "@@ -"...), h.OldStart, h.OldLines)
	line = appendCounts(append(line, " +"...), h.NewStart, h.NewLines)
	b.Write(append(line, " @@"...))
	if h.Section != "" {
		b.WriteString(" " + h.Section)
	}
	b.WriteByte('\n')
	for _, l := range h.Lines {
		b.WriteByte(l.Op)
		b.Write(l.Text)
		if !bytes.HasSuffix(l.Text, newline) {
			b.WriteString("\n\\ No newline at end of file\n")
		}
	}
}

func appendCounts(b []byte, start, lines int) []byte {
	b = strconv.AppendInt(b, int64(start), 10)
	if lines != 1 {
		b = strconv.AppendInt(append(b, ','), int64(lines), 10)
	}
	return b
}
