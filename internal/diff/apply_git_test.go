package diff_test

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

var (
	gitRefuses = regexp.MustCompile(`(?m)^error: (\S+): patch does not apply$`)
	gitSays    = regexp.MustCompile(
		`(?m)^Checking patch (\S+?)\.\.\.$|^Hunk #(\d+) succeeded at \d+ \(offset (-?\d+) lines?\)\.$`)
)

// TestApplyAgainstGit: Apply places hunks where git apply does, and refuses what git refuses. There are three
// differences: a hunk on line 1 with context above may move here; a context line without a line feed has to lack it
// in the file too (git does not check); and no hunk is placed above the one before it.
func TestApplyAgainstGit(t *testing.T) {
	t.Parallel()
	s, r := newScratch(t), newSource(3)
	old, fresh, target := map[string]blob{}, map[string]blob{}, map[string]blob{}
	for i := range 4000 {
		text := r.text(1 + r.IntN(50))
		old[name(i)], fresh[name(i)] = blob{data: r.bytes(text)}, blob{data: r.bytes(r.vary(text, 1+r.IntN(4)))}
		target[name(i)] = blob{data: r.bytes(r.vary(text, r.IntN(3)))}
	}
	from, to, at := s.tree(old), s.tree(fresh), s.tree(target)
	for context := 1; context <= 3; context++ {
		text := s.git(nil, "diff-tree", "-r", "-p", "--full-index", fmt.Sprintf("-U%d", context), from, to)
		files := parseEach(t, text)
		if applied, moved, refused := applyAll(t, s, files, target, at); applied < 500 || moved < 200 || refused < 200 {
			t.Error("this proves little")
		}
	}
}

// parseEach parses the files of a diff one by one: together, those without context would be refused.
func parseEach(t *testing.T, text []byte) (files []*diff.File) {
	t.Helper()
	const head = "diff --git "
	for _, part := range bytes.Split(append([]byte("\n"), text...), []byte("\n"+head))[1:] {
		f, err := diff.Parse(slices.Concat([]byte(head), bytes.TrimSuffix(part, []byte("\n")), []byte("\n")))
		if err != nil {
			t.Fatalf("%v in %s", err, part)
		}
		files = append(files, f...)
	}
	return files
}

func applyAll(t *testing.T, s *scratch, files []*diff.File, target map[string]blob,
	tree string) (applied, moved, allRefused int) {
	t.Helper()
	s.git(nil, "read-tree", tree)
	_, errs, _ := s.run(diff.Format(files), "apply", "--cached", "--check", "-v")
	refused := map[string]bool{}
	for _, m := range gitRefuses.FindAllSubmatch(errs, -1) {
		refused[string(m[1])] = true
	}
	var fit []*diff.File
	for _, f := range files {
		if !refused[f.NewName] {
			fit = append(fit, f)
		}
	}
	_, errs, err := s.run(diff.Format(fit), "apply", "--cached", "-v")
	if err != nil {
		t.Fatalf("%v\n%.500s", err, errs)
	}
	offsets, now := map[string]map[int]int{}, ""
	for _, m := range gitSays.FindAllStringSubmatch(string(errs), -1) {
		if m[1] != "" {
			now = m[1]
			offsets[now] = map[int]int{}
		} else {
			hunk, _ := strconv.Atoi(m[2])
			offsets[now][hunk-1], _ = strconv.Atoi(m[3])
		}
	}
	after := s.files(strings.TrimSpace(string(s.git(nil, "write-tree"))))
	disorder, freed, ambiguous, strict := 0, 0, 0, 0
	for _, f := range files {
		got, places, err := f.Apply(target[f.NewName].data)
		git := offsets[f.NewName]
		for i := range places {
			if places[i].Ambiguous {
				ambiguous++
				break
			}
		}
		switch {
		case refused[f.NewName] && err == nil:
			if h := f.Hunks[0]; h.OldStart > 1 || h.Lines[0].Op != ' ' || places[0].Offset == 0 {
				t.Errorf("git refuses, Apply does not: %s\n%s", diff.Format([]*diff.File{f}), target[f.NewName].data)
			}
			freed++
		case refused[f.NewName]:
		case outOfOrder(f, git):
			disorder++
		case err != nil && unended(f):
			strict++
		case err != nil || !bytes.Equal(got, after[f.NewName].data):
			t.Errorf("Apply: %v\n%s\nto\n%s\ngives\n%s\nwant\n%s", err, diff.Format([]*diff.File{f}), target[f.NewName].data,
				got, after[f.NewName].data)
		default:
			applied++
			for i, p := range places {
				if p.Offset != git[i] {
					t.Errorf("%s: hunk %d at offset %d, git's is %d", f.NewName, i, p.Offset, git[i])
				}
				if p.Offset != 0 {
					moved++
				}
			}
		}
	}
	t.Logf("%d files: git refuses %d, of which %d begin on line 1 and fit; %d applied, %d hunks moved, %d files "+
		"ambiguous; git places %d out of order, %d without their last line feed",
		len(files), len(refused), freed, applied, moved, ambiguous, disorder, strict)
	return applied, moved, len(refused)
}

// outOfOrder reports whether git placed a hunk above one before it.
func outOfOrder(f *diff.File, offsets map[int]int) bool {
	end := 0
	for i := range f.Hunks {
		at := f.Hunks[i].OldStart + offsets[i]
		if at < end {
			return true
		}
		end = at + f.Hunks[i].OldLines
	}
	return false
}

// unended reports whether a diff ends in a context line without a line feed.
func unended(f *diff.File) bool {
	lines := f.Hunks[len(f.Hunks)-1].Lines
	last := lines[len(lines)-1]
	return last.Op == ' ' && !bytes.HasSuffix(last.Text, []byte("\n"))
}
