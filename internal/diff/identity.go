package diff

import (
	"bytes"
	"crypto/sha1"
	"encoding/hex"
)

// PatchID returns a digest of what a diff changes, like `git patch-id --stable`: it ignores line numbers, white
// space, ids of texts and the order of the files. For binary files the ids count.
func PatchID(files []*File) string {
	var d digest
	var head bytes.Buffer
	binary := false // git leaves out the line "diff --git" after a binary file
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
		if len(f.Hunks) > 0 { // git sums per file; one without content is summed with the next
			d.flush()
		}
	}
	if len(d.pending) > 0 || binary {
		d.flush()
	}
	return hex.EncodeToString(d.sum[:])
}

// digest adds the digests of its parts, so their order does not matter.
type digest struct {
	sum     [sha1.Size]byte
	pending []byte
}

// write adds a text without its white space.
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
