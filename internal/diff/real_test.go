package diff_test

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/diff"
)

// upstream returns a repository with Mastodon's history.
func upstream(t testing.TB) *scratch {
	repo := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if repo == "" {
		t.Skip("HOWDAH_TEST_UPSTREAM names no repository with Mastodon's history")
	}
	return &scratch{t: t, dir: repo, gitDir: repo}
}

// triple is a file before and after a commit, and at another time.
type triple struct{ old, fresh, other string }

// triples returns the texts that the last commits of main changed, each with its content at other.
func triples(s *scratch, commits int, other string) (out []triple, read func(id string) []byte) {
	there := map[string]string{}
	for line := range strings.Lines(string(s.git(nil, "ls-tree", "-r", other))) {
		head, path, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		there[path] = strings.Fields(head)[2]
	}
	blobs := map[string][]byte{}
	var ask bytes.Buffer
	for line := range strings.Lines(string(s.git(nil, "log", "--first-parent", "-m", "--raw", "--no-abbrev",
		"--no-renames", "--diff-filter=M", "--format=", "-n", strconv.Itoa(commits), "main"))) {
		head, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		fields := strings.Fields(head)
		if !ok || fields[2] == fields[3] || there[path] == "" || fields[0] == ":160000" {
			continue
		}
		one := triple{fields[2], fields[3], there[path]}
		out = append(out, one)
		for _, id := range []string{one.old, one.fresh, one.other} {
			if _, asked := blobs[id]; !asked {
				blobs[id] = nil
				fmt.Fprintln(&ask, id)
			}
		}
	}
	rest := s.git(ask.Bytes(), "cat-file", "--batch")
	for len(rest) > 0 {
		head, tail, _ := bytes.Cut(rest, []byte("\n"))
		fields := strings.Fields(string(head))
		size, err := strconv.Atoi(fields[len(fields)-1])
		if err != nil {
			s.t.Fatalf("%q", head)
		}
		blobs[fields[0]], rest = tail[:size], tail[size+1:]
	}
	kept := out[:0]
	for _, one := range out {
		if !diff.IsBinary(blobs[one.old]) && !diff.IsBinary(blobs[one.fresh]) && !diff.IsBinary(blobs[one.other]) {
			kept = append(kept, one)
		}
	}
	return kept, func(id string) []byte { return blobs[id] }
}

// TestRealDiffs: Diff, Merge and Apply return what git does for real commits: merged into main, which already has
// them, and into the files of 2,000 commits ago.
func TestRealDiffs(t *testing.T) {
	const commits = 150
	for _, other := range []string{"main", "main~2000"} {
		list, read := triples(upstream(t), commits, other)
		var old, fresh [][]byte
		var merges [][3][]byte
		target := map[string]blob{}
		before, after := map[string]blob{}, map[string]blob{}
		for i, one := range list {
			a, b, there := read(one.old), read(one.fresh), read(one.other)
			old, fresh = append(old, a), append(fresh, b)
			merges = append(merges, [3][]byte{a, there, b})
			before[name(i)], after[name(i)], target[name(i)] = blob{data: a}, blob{data: b}, blob{data: there}
		}
		t.Logf("%d files of %d commits, and of %s", len(list), commits, other)
		compareDiffs(t, newScratch(t), old, fresh)
		compareMerges(t, newScratch(t), merges)
		s := newScratch(t)
		text := s.git(nil, "diff-tree", "-r", "-p", "--full-index", s.tree(before), s.tree(after))
		applied, moved, refused := applyAll(t, s, parseEach(t, text), target, s.tree(target))
		if other != "main" && (applied < 50 || moved < 50 || refused < 50) {
			t.Error("this proves little")
		}
	}
}

// TestRealCommits: Parse, Format and PatchID on whole commits.
func TestRealCommits(t *testing.T) {
	s := upstream(t)
	log := s.git(nil, "log", "--first-parent", "-m", "-p", "--binary", "--full-index", "-M", "--format=commit %H", "-n",
		"600", "main")
	ids, files := map[string]string{}, 0
	for _, text := range bytes.Split(append([]byte("\n"), log...), []byte("\ncommit "))[1:] {
		commit, text, _ := bytes.Cut(text, []byte("\n\n"))
		if len(text) == 0 {
			continue
		}
		if text[len(text)-1] != '\n' {
			text = append(text[:len(text):len(text)], '\n')
		}
		parsed, err := diff.Parse(text)
		if err != nil {
			t.Errorf("%s: %v", commit, err)
			continue
		}
		files += len(parsed)
		if !bytes.Equal(diff.Format(parsed), text) {
			t.Errorf("%s: Format(Parse(x)) is not x", commit)
		}
		ids[string(commit)] = diff.PatchID(parsed)
	}
	t.Logf("%d commits, %d files", len(ids), files)
	for line := range strings.Lines(string(s.git(log, "patch-id", "--stable"))) {
		fields := strings.Fields(line)
		if ids[fields[1]] != fields[0] {
			t.Errorf("PatchID of %s is %s, git's %s", fields[1], ids[fields[1]], fields[0])
		}
		delete(ids, fields[1])
	}
	if len(ids) > 0 || files < 100 {
		t.Errorf("%d files; git gives no patch-id for %v", files, ids)
	}
}
