package diff

import (
	"bytes"
	"strings"
	"testing"
)

// TestAbsent: with each side of the markers in turn, the text is the file of that side or the base, and the conflicts
// equal the text between the markers.
func TestAbsent(t *testing.T) {
	const base = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"
	for name, side := range map[string]string{
		"one line":     "1\n2\n3\nfour\n5\n6\n7\n8\n9\n",
		"begin, end":   "one\n2\n3\n4\n5\n6\n7\n8\nnine\n",
		"added":        "1\n2\n3\n4\n4.5\n5\n6\n7\n8\n9\n10\n",
		"removed":      "2\n3\n4\n7\n8\n9\n",
		"all":          "a\nb\n",
		"nothing left": "",
		"no line feed": "1\n2\n3\n4\n5\n6\n7\n8\nnine",
		"the same":     base,
	} {
		for _, ours := range []bool{true, false} {
			marked, conflicts := Absent([]byte(base), []byte(side), ours, Names{"upstream", "base", "yours"})
			mine, other := "yours", "upstream"
			if ours {
				mine, other = other, mine
			}
			got := resolved(string(marked), mine)
			if strings.TrimSuffix(got, "\n") != strings.TrimSuffix(side, "\n") {
				t.Errorf("%s, ours %v: %s of\n%s is %q, want %q", name, ours, mine, marked, got, side)
			}
			if got := resolved(string(marked), "base"); got != base {
				t.Errorf("%s, ours %v: base of\n%s is %q", name, ours, marked, got)
			}
			if n := strings.Count(string(marked), "<<<<<<< "); n != len(conflicts) || n == 0 && side != base {
				t.Errorf("%s, ours %v: %d conflicts, %d markers", name, ours, len(conflicts), n)
			}
			if between := strings.Count(string(marked), "=======\n>>>>>>>"); ours && between != len(conflicts) {
				t.Errorf("%s: %s has lines:\n%s", name, other, marked)
			}
		}
	}
}

// resolved keeps one side of every conflict.
func resolved(marked, side string) string {
	var out strings.Builder
	at := ""
	for line := range strings.Lines(marked) {
		switch {
		case strings.HasPrefix(line, "<<<<<<< "):
			at = "upstream"
		case at != "" && strings.HasPrefix(line, "||||||| "):
			at = "base"
		case at != "" && line == "=======\n":
			at = "yours"
		case at != "" && strings.HasPrefix(line, ">>>>>>> "):
			at = ""
		case at == "" || at == side:
			out.WriteString(line)
		}
	}
	return out.String()
}

// TestKnown: if a diff has both contents of a file, Known returns them.
func TestKnown(t *testing.T) {
	long := bytes.Repeat([]byte("\x00\x01 a picture, with many bytes that are alike"), 40)
	fresh := append(bytes.Clone(long), "and some more"...)
	binary := func(forward, reverse *Chunk) *File { return &File{Binary: &Binary{forward, reverse}} }
	for name, tt := range map[string]struct {
		f          *File
		old, fresh []byte
		ok         bool
	}{
		"two literals":      {binary(&Chunk{Data: fresh}, &Chunk{Data: long}), long, fresh, true},
		"forward alone":     {binary(&Chunk{Data: fresh}, nil), nil, nil, false},
		"two deltas":        {binary(&Chunk{Delta: true}, &Chunk{Delta: true}), nil, nil, false},
		"a part of a file":  {&File{Hunks: Diff([]byte("1\n2\n"), []byte("1\n3\n"))}, nil, nil, false},
		"a removed file":    {&File{Deleted: true, Hunks: Diff([]byte("1\n2\n"), nil)}, []byte("1\n2\n"), nil, true},
		"a new file":        {&File{New: true, Hunks: Diff(nil, []byte("1\n2\n"))}, nil, []byte("1\n2\n"), true},
		"a new empty file":  {&File{New: true}, nil, nil, true},
		"a delta of a text": {deltaOf(t, long, fresh), long, fresh, true},
	} {
		old, fresh, ok := tt.f.Contents()
		if ok != tt.ok || !bytes.Equal(old, tt.old) || !bytes.Equal(fresh, tt.fresh) {
			t.Errorf("%s: %q, %q, %v", name, old, fresh, ok)
		}
	}
}

// deltaOf returns a binary patch in git's form: one side as it is, the other as a delta.
func deltaOf(t *testing.T, old, fresh []byte) *File {
	t.Helper()
	size := func(n int) []byte { return []byte{byte(n&0x7f | 0x80), byte(n >> 7)} }
	delta := append(size(len(old)), size(len(fresh))...)
	delta = append(delta, 0x80|0x10|0x20, byte(len(old)), byte(len(old)>>8)) // copy all of old from offset 0
	delta = append(append(delta, byte(len(fresh)-len(old))), fresh[len(old):]...)
	if got, err := applyDelta(old, delta); err != nil || !bytes.Equal(got, fresh) {
		t.Fatalf("the delta is wrong: %v", err)
	}
	return &File{Binary: &Binary{&Chunk{Delta: true, Data: delta}, &Chunk{Data: old}}}
}
