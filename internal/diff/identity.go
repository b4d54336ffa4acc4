package diff

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
)

// PatchID is a digest of what a diff changes, as `git patch-id --stable` makes it: line numbers, ids of texts and
// white space do not count, nor the order of the files. Of binary files the ids count.
func PatchID(files []*File) string {
	var d digest
	var head bytes.Buffer
	binary := false // git leaves out the line "diff --git" of a file behind a binary one
	for _, f := range files {
		head.Reset()
		plain := *f
		plain.OldID, plain.NewID = "", ""
		plain.head(&head)
		plain.sides(&head)
		lines := head.Bytes()
		if binary {
			lines = lines[bytes.IndexByte(lines, '\n')+1:]
		}
		d.write(lines)
		if binary = f.Binary != nil; binary {
			d.pending = append(append(d.pending, f.OldID...), f.NewID...)
			d.flush()
			continue
		}
		for _, h := range f.Hunks {
			for _, l := range h.Lines {
				if l.Op != ' ' {
					d.pending = append(d.pending, l.Op)
				}
				d.write(l.Text)
			}
		}
		if len(f.Hunks) > 0 { // git sums files; one without content is counted with the next
			d.flush()
		}
	}
	if len(d.pending) > 0 || binary {
		d.flush()
	}
	return hex.EncodeToString(d.sum[:])
}

// digest sums up the digests of its parts, which so may come in any order.
type digest struct {
	sum     [sha1.Size]byte
	pending []byte
}

// write takes a text without its white space.
func (d *digest) write(text []byte) {
	for _, c := range text {
		switch c {
		case ' ', '\t', '\n', '\r':
		default:
			d.pending = append(d.pending, c)
		}
	}
}

func (d *digest) flush() {
	part := sha1.Sum(d.pending)
	d.pending = d.pending[:0]
	carry := 0
	for i := range d.sum {
		carry += int(d.sum[i]) + int(part[i])
		d.sum[i] = byte(carry)
		carry >>= 8
	}
}
