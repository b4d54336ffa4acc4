package diff

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
	"fmt"
)

// PatchID is a digest of what a diff changes, as `git patch-id --stable` makes it: line numbers and white space do
// not count, nor the order of the files.
func PatchID(files []*File) string {
	var sum [sha1.Size]byte
	for _, f := range files {
		part := f.patchID()
		carry := 0
		for i := range sum {
			carry += int(sum[i]) + int(part[i])
			sum[i] = byte(carry)
			carry >>= 8
		}
	}
	return hex.EncodeToString(sum[:])
}

func (f *File) patchID() [sha1.Size]byte {
	var b bytes.Buffer
	old, fresh := f.OldName, f.NewName
	if old == "" {
		old = fresh
	}
	if fresh == "" {
		fresh = old
	}
	write := func(format string, args ...any) { b.Write(dense([]byte(fmt.Sprintf(format, args...)))) }
	write("diff--gita/%sb/%s", old, fresh)
	switch {
	case f.New:
		write("newfilemode%06o", orRegular(f.NewMode))
	case f.Deleted:
		write("deletedfilemode%06o", orRegular(f.OldMode))
	case f.OldMode != f.NewMode:
		write("oldmode%06onewmode%06o", f.OldMode, f.NewMode)
	}
	if f.Rename || f.Copy {
		verb := "rename"
		if f.Copy {
			verb = "copy"
		}
		write("similarityindex%d%%%sfrom%s%sto%s", f.Similarity, verb, old, verb, fresh)
	}
	if f.Binary != nil {
		b.Write(f.Binary.Forward.Data)
	} else if len(f.Hunks) > 0 {
		write("---%s+++%s", side_(f.OldName, "a/"), side_(f.NewName, "b/"))
		for _, h := range f.Hunks {
			for _, l := range h.Lines {
				if l.Op != ' ' {
					b.WriteByte(l.Op)
				}
				b.Write(dense(l.Text))
			}
		}
	}
	return sha1.Sum(b.Bytes())
}

// dense is a text without white space.
func dense(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for _, c := range text {
		if c != ' ' && (c < '\t' || c > '\r') {
			out = append(out, c)
		}
	}
	return out
}
