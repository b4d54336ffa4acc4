package diff_test

import (
	"bytes"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// FuzzParse: a diff that parses is formatted so that it parses to the same again; applying it does not panic.
func FuzzParse(f *testing.F) {
	for _, test := range accepted {
		f.Add([]byte(test.diff))
	}
	for _, test := range refused {
		if len(test.diff) < 1<<12 {
			f.Add([]byte(test.diff))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := diff.Parse(data)
		if err != nil {
			return
		}
		once := diff.Format(files)
		again, err := diff.Parse(once)
		if err != nil {
			t.Fatalf("%v in %q", err, once)
		}
		if twice := diff.Format(again); !bytes.Equal(once, twice) {
			t.Errorf("%q\nbecomes\n%q", once, twice)
		}
		if diff.PatchID(files) != diff.PatchID(again) {
			t.Error("another patch-id")
		}
	})
}

// FuzzApply: after a hunk is applied, its old lines are gone and its new ones are there.
func FuzzApply(f *testing.F) {
	for _, test := range places {
		f.Add([]byte("--- a/f\n+++ b/f\n"+test.hunks), []byte(test.old))
	}
	f.Fuzz(func(t *testing.T, patch, old []byte) {
		files, err := diff.Parse(patch)
		if err != nil {
			return
		}
		for _, one := range files {
			fresh, placed, err := one.Apply(old)
			if err != nil {
				_ = err.Error()
			}
			if err != nil || one.Binary != nil {
				continue
			}
			grown, end := 0, 0
			for i, h := range one.Hunks {
				at := h.OldStart - 1 + placed[i].Offset
				if h.OldLines == 0 {
					at++
				}
				if at < end {
					t.Errorf("hunk %d goes to line %d, before line %d", i, at, end)
				}
				end = at + h.OldLines
				for _, l := range h.Lines {
					switch l.Op {
					case '+':
						grown += len(l.Text)
					case '-':
						grown -= len(l.Text)
					}
				}
			}
			if len(fresh) != len(old)+grown {
				t.Errorf("%d bytes from %d, %d more", len(fresh), len(old), grown)
			}
		}
	})
}

// FuzzDiff: a difference leads from one text to the other and back, also after Format and Parse.
func FuzzDiff(f *testing.F) {
	for _, test := range places {
		f.Add([]byte(test.old), []byte(test.want))
	}
	f.Fuzz(func(t *testing.T, old, fresh []byte) {
		one := diff.Texts("f", old, fresh)
		if one == nil {
			if !bytes.Equal(old, fresh) {
				t.Error("no difference")
			}
			return
		}
		if one.Binary == nil && bytes.IndexByte(append(old[:len(old):len(old)], fresh...), 0) >= 0 {
			return // a NUL byte beyond the first 8000 bytes: git reads the file as text, and cannot apply the diff
		}
		files, err := diff.Parse(diff.Format([]*diff.File{one}))
		if err != nil {
			t.Fatal(err)
		}
		if got, _, err := files[0].Apply(old); err != nil || !bytes.Equal(got, fresh) {
			t.Errorf("Apply: %q, %v", got, err)
		}
		if got, _, err := files[0].Reverse().Apply(fresh); err != nil || !bytes.Equal(got, old) {
			t.Errorf("Reverse: %q, %v", got, err)
		}
	})
}

// FuzzMerge: the result does not depend on which side is ours, and merging equal texts changes nothing.
func FuzzMerge(f *testing.F) {
	f.Add([]byte(letters("abcdef")), []byte(letters("abxdef")), []byte(letters("abcdyf")))
	f.Add([]byte(letters("abcdef")), []byte(letters("abxdef")), []byte(letters("abydef")))
	f.Add([]byte("a\r\nb\r\nc"), []byte("a\r\nx\r\nc"), []byte("a\r\ny\r\nc\r\n"))
	f.Fuzz(func(t *testing.T, base, ours, theirs []byte) {
		merged, conflicts := diff.Merge(base, ours, theirs)
		checkConflicts(t, [3][]byte{base, ours, theirs}, merged, conflicts)
		swapped, others := diff.Merge(base, theirs, ours)
		if len(conflicts) != len(others) || len(conflicts) == 0 && !bytes.Equal(merged, swapped) {
			t.Errorf("%d conflicts in %q, the other way %d in %q", len(conflicts), merged, len(others), swapped)
		}
		for style := diff.ZDiff3; style <= diff.Plain; style++ {
			if marked := diff.Marked(base, ours, theirs, style, diff.Names{}); len(conflicts) == 0 && style == diff.Plain &&
				!bytes.Equal(marked, merged) {
				t.Errorf("marked %q, merged %q", marked, merged)
			}
		}
	})
}

// FuzzBinary: a delta is applied or refused, and never panics.
func FuzzBinary(f *testing.F) {
	f.Add([]byte("base"), []byte("\x04\x05\x90\x04\x01!"), true)
	f.Add([]byte(""), []byte("x"), false)
	f.Fuzz(func(t *testing.T, base, data []byte, delta bool) {
		one := &diff.File{OldName: "f", NewName: "f", OldID: id(base), NewID: id(data),
			Binary: &diff.Binary{Forward: &diff.Chunk{Delta: delta, Data: data}}}
		if !bytes.Equal(base, data) {
			files, err := diff.Parse(diff.Format([]*diff.File{one}))
			if err != nil || !bytes.Equal(files[0].Binary.Forward.Data, data) {
				t.Fatalf("%v", err)
			}
		}
		got, _, err := one.Apply(base)
		if !delta && (err != nil || !bytes.Equal(got, data)) {
			t.Errorf("a literal gives %q, %v", got, err)
		}
		if _, _, err := one.Reverse().Apply(data); err == nil {
			t.Error("there is no way back")
		}
	})
}
