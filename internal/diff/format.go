package diff

import (
	"bytes"
	"fmt"
)

// Format writes a diff in git's own form; what Parse reads from it is the same again.
func Format(files []*File) []byte {
	var b bytes.Buffer
	for _, f := range files {
		f.format(&b)
	}
	return b.Bytes()
}

func (f *File) format(b *bytes.Buffer) {
	old, fresh := f.OldName, f.NewName
	if old == "" {
		old = fresh
	}
	if fresh == "" {
		fresh = old
	}
	fmt.Fprintf(b, "diff --git %s %s\n", quote("a/"+old), quote("b/"+fresh))
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
		fmt.Fprintf(b, "similarity index %d%%\n%s from %s\n%s to %s\n", f.Similarity, verb, quote(old), verb, quote(fresh))
	}
	if f.OldID != "" && (f.OldID != f.NewID) {
		fmt.Fprintf(b, "index %s..%s", f.OldID, f.NewID)
		if !f.New && !f.Deleted && f.OldMode == f.NewMode && f.OldMode != 0 {
			fmt.Fprintf(b, " %06o", f.OldMode)
		}
		b.WriteByte('\n')
	}
	if f.Binary != nil {
		b.WriteString("GIT binary patch\n")
		f.Binary.Forward.format(b)
		if f.Binary.Reverse != nil {
			f.Binary.Reverse.format(b)
		}
		return
	}
	if len(f.Hunks) == 0 {
		return
	}
	fmt.Fprintf(b, "--- %s\n+++ %s\n", side_(f.OldName, "a/"), side_(f.NewName, "b/"))
	for i := range f.Hunks {
		f.Hunks[i].format(b)
	}
}

func orRegular(mode uint32) uint32 {
	if mode == 0 {
		return 0o100644
	}
	return mode
}

// side_ is a name on a --- or +++ line; git sets a tab behind one with a space.
func side_(name, prefix string) string {
	if name == "" {
		return "/dev/null"
	}
	q := quote(prefix + name)
	if q[0] != '"' && bytes.IndexByte([]byte(q), ' ') >= 0 {
		q += "\t"
	}
	return q
}

func (h *Hunk) format(b *bytes.Buffer) {
	part := func(start, n int) string {
		if n == 1 {
			return fmt.Sprint(start)
		}
		return fmt.Sprintf("%d,%d", start, n)
	}
	fmt.Fprintf(b, "@@ -%s +%s @@", part(h.OldStart, h.OldLines), part(h.NewStart, h.NewLines))
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

// quote writes a name as git does with core.quotePath: plain, or in C's style.
func quote(name string) string {
	plain := true
	for i := range len(name) {
		if c := name[i]; c < 0x20 || c >= 0x7f || c == '"' || c == '\\' {
			plain = false
		}
	}
	if plain {
		return name
	}
	var b bytes.Buffer
	b.WriteByte('"')
	for i := range len(name) {
		c := name[i]
		if k := bytes.IndexByte([]byte("\a\b\f\n\r\t\v\"\\"), c); k >= 0 {
			b.WriteByte('\\')
			b.WriteByte(`abfnrtv"\`[k])
		} else if c < 0x20 || c >= 0x7f {
			fmt.Fprintf(&b, "\\%03o", c)
		} else {
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
