package diff_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// oddNames are unusual file names.
var oddNames = []string{"plain", "a b", "ünï/cödé", "tab\there", `quo"te`, `back\slash`, "a b/b b", "-rf", "b/a/b",
	"new\nline", "trailing ", "\x01", "x b/y", "\xff\xfe", "日本", " lead"}

// randomTree generates files of all kinds.
func (r source) randomTree() map[string]blob {
	out := map[string]blob{}
	for i := range 5 + r.IntN(20) {
		name := fmt.Sprintf("%s%d", oddNames[r.IntN(len(oddNames))], i)
		f := blob{data: r.bytes(r.text(r.IntN(40))), mode: []string{"100644", "100755"}[r.IntN(2)]}
		switch r.IntN(8) {
		case 0:
			f.data = r.binary(r.IntN(3000))
		case 1:
			f = blob{mode: "120000", data: fmt.Appendf(nil, "to/%d", r.IntN(9))}
		}
		out[name] = f
	}
	return out
}

func (r source) binary(n int) []byte {
	out := make([]byte, n+1)
	for i := range n {
		out[i] = byte(r.IntN(256))
		if r.IntN(3) > 0 {
			out[i] = byte(i)
		}
	}
	return out
}

// varyTree removes, adds, changes, moves and copies files.
func (r source) varyTree(files map[string]blob) map[string]blob {
	out := map[string]blob{}
	for _, name := range sortedNames(files) {
		f := files[name]
		vary := func() {
			switch {
			case f.mode == "120000":
				f.data = fmt.Appendf(nil, "to/%d", r.IntN(9))
			case bytes.IndexByte(f.data, 0) >= 0:
				f.data = append(bytes.Clone(f.data[:r.IntN(len(f.data))]), r.binary(r.IntN(300))...)
			default:
				f.data = r.bytes(r.vary(bytes.SplitAfter(f.data, []byte("\n")), r.IntN(4)))
			}
		}
		to := fmt.Sprintf("%s moved %d", name, r.IntN(9))
		switch r.IntN(9) {
		case 0:
			continue
		case 1:
			vary()
			name = to
		case 2:
			out[to] = f
			vary()
		case 3:
			if f.mode == "100644" {
				f.mode = "100755"
			}
		case 4, 5, 6:
			vary()
		}
		out[name] = f
	}
	more := r.randomTree()
	for _, n := range sortedNames(more) {
		if r.IntN(6) == 0 {
			if _, there := out[n]; !there {
				out["more/"+n] = more[n]
			}
		}
	}
	return out
}

// TestTreesAgainstGit: Parse, Format, Apply and PatchID on differences of whole trees, with binary files, links,
// modes, renames, copies and odd names.
func TestTreesAgainstGit(t *testing.T) {
	s, r := newScratch(t), newSource(4)
	var stream bytes.Buffer
	ids, seen := map[string]string{}, map[string]int{}
	for n := range many(60) {
		old := r.randomTree()
		fresh := r.varyTree(old)
		text := s.git(nil, "diff-tree", "-r", "-p", "--binary", "--full-index", "-M", "-C", s.tree(old), s.tree(fresh))
		if len(text) == 0 {
			continue
		}
		files, err := diff.Parse(text)
		if err != nil {
			t.Fatalf("%v in\n%s", err, text)
		}
		if got := diff.Format(files); !bytes.Equal(got, text) {
			t.Errorf("Format(Parse(x)) is\n%q\nnot\n%q", got, text)
		}
		for _, f := range files {
			before, after := old[f.OldName].data, fresh[f.NewName].data
			got, _, err := f.Apply(before)
			if err != nil || !bytes.Equal(got, after) {
				t.Errorf("%q: Apply: %v", f.Name(), err)
			}
			back, _, err := f.Reverse().Apply(after)
			if err != nil || !bytes.Equal(back, before) {
				t.Errorf("%q: Reverse: %v", f.Name(), err)
			}
			if f.Binary != nil {
				if _, _, err := f.Apply(append([]byte("other"), before...)); err == nil {
					t.Errorf("%q: a binary patch fits another file", f.Name())
				}
				lying := *f
				lying.NewID = id([]byte("other"))
				if _, _, err := lying.Apply(before); err == nil {
					t.Errorf("%q: a binary patch makes another file than it says", f.Name())
				}
				seen[fmt.Sprintf("binary, delta %v", f.Binary.Forward.Delta)]++
			}
			for what, is := range map[string]bool{"new": f.New, "deleted": f.Deleted, "rename": f.Rename, "copy": f.Copy,
				"mode": f.OldMode != f.NewMode && !f.New && !f.Deleted, "text": len(f.Hunks) > 0} {
				if is {
					seen[what]++
				}
			}
		}
		commit := fmt.Sprintf("%040x", n+1)
		fmt.Fprintf(&stream, "commit %s\n%s", commit, text)
		ids[commit] = diff.PatchID(files)
	}
	for line := range strings.Lines(string(s.git(stream.Bytes(), "patch-id", "--stable"))) {
		fields := strings.Fields(line)
		if got := ids[fields[1]]; got != fields[0] {
			t.Errorf("PatchID of case %s is %s, git's %s", fields[1], got, fields[0])
		}
		delete(ids, fields[1])
	}
	if len(ids) > 0 {
		t.Errorf("git gives no patch-id for %v", ids)
	}
	t.Logf("%v", seen)
}
