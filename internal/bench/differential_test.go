package bench

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/tree"
)

// olderCommits is how many commits before the tip the differential test looks at.
const olderCommits = 10

// TestDifferential applies every branch and pull request to the tip and to ten older commits, and demands git's tree
// wherever git succeeds: by `git apply --cached --3way`, which merges first, and by `git am -3`, which merges last.
// Each difference is listed.
func TestDifferential(t *testing.T) {
	c := openCorpus(t)
	commits := c.sample(olderCommits)
	am := newSparse(t, c)
	var compared, same int
	var mismatches []string
	for _, at := range commits {
		base, err := c.repo.At(t.Context(), at)
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range c.changes {
			data, err := c.patchOf(t, change)
			if err != nil || len(data) == 0 {
				continue
			}
			r, err := apply.Apply(t.Context(), alone(change), apply.Inputs{Base: base, Commit: at, Sources: c.sources})
			if err != nil {
				t.Fatalf("%s at %s: %v", change.Name, at.Short(), err)
			}
			o := r.Outcomes[0]
			for _, peer := range []struct {
				name  string
				apply func(at tree.ID, data []byte) (string, bool)
			}{{"apply -3", c.apply3}, {"am -3", am.am3}} {
				theirs, ok := peer.apply(at, data)
				if !ok {
					continue
				}
				compared++
				if ours := string(r.Tree.Root()); ours == theirs && !o.Verdict.Fails() {
					same++
					continue
				}
				mismatches = append(mismatches, fmt.Sprintf("%s at %s: %s gives a tree, ours is %s (%s)", change.Name, at.Short(),
					peer.name, o.Verdict, o.Message))
			}
		}
	}
	t.Logf("%d changes, %d commits: git succeeds %d times, %d times with our tree", len(c.changes), len(commits), compared,
		same)
	if compared == 0 {
		t.Fatal("nothing was compared")
	}
	for _, m := range mismatches {
		t.Error(m)
	}
}

// sample is the tip and n older commits, evenly spread over the time of the changes.
func (c *corpus) sample(n int) []tree.ID {
	at, err := time.Parse(time.RFC3339, c.git(nil, "log", "-1", "--format=%cI", string(c.tip)))
	if err != nil {
		c.tb.Fatal(err)
	}
	oldest := c.git(nil, "rev-list", "--first-parent", "--max-count=1", "--before="+at.AddDate(-3, 0, 0).
		Format(time.RFC3339), string(c.tip))
	line := strings.Fields(c.git(nil, "rev-list", "--first-parent", oldest+".."+string(c.tip)))
	out := []tree.ID{c.tip}
	for i := 1; i <= n; i++ {
		out = append(out, tree.ID(line[(len(line)-1)*i/n]))
	}
	return out
}

// apply3 is `git apply --cached --3way` on an index of its own.
func (c *corpus) apply3(at tree.ID, data []byte) (string, bool) {
	c.git(nil, "read-tree", string(at))
	if _, ok := c.try(data, "apply", "--cached", "--3way"); !ok {
		return "", false
	}
	return c.git(nil, "write-tree"), true
}

// sparse is a repository whose work tree has no files but those that git am brings itself.
type sparse struct {
	tb  testing.TB
	dir string
}

func newSparse(tb testing.TB, c *corpus) *sparse {
	tb.Helper()
	s := &sparse{tb: tb, dir: tb.TempDir()}
	for _, args := range [][]string{{"init", "-q"}, {"config", "user.name", "x"}, {"config", "user.email", "x@localhost"},
		{"config", "gc.auto", "0"},
		{"config", "core.sparseCheckout", "true"}, {"config", "core.sparseCheckoutCone", "false"}} {
		s.must(args...)
	}
	write(tb, filepath.Join(s.dir, ".git/info/sparse-checkout"), []byte("/.nothing-is-named-so\n"))
	objects := filepath.Join(c.repo.Dir(), "objects")
	write(tb, filepath.Join(s.dir, ".git/objects/info/alternates"), []byte(objects+"\n"))
	return s
}

func (s *sparse) run(args ...string) (string, error) {
	cmd := exec.CommandContext(s.tb.Context(), "git", args...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_EDITOR=false")
	out, err := cmd.Output()
	return strings.TrimSpace(string(out)), err
}

func (s *sparse) must(args ...string) string {
	s.tb.Helper()
	out, err := s.run(args...)
	if err != nil {
		s.tb.Fatalf("git %v: %v", args, err)
	}
	return out
}

// am3 is `git am -3`.
func (s *sparse) am3(at tree.ID, data []byte) (string, bool) {
	s.must("update-ref", "--no-deref", "HEAD", string(at))
	s.must("read-tree", "--reset", "-u", string(at))
	mail := "From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001\nFrom: x <x@localhost>\n" +
		"Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH] it\n\n---\n" + string(data) + "-- \n2\n\n"
	file := filepath.Join(s.dir, ".git", "mail")
	write(s.tb, file, []byte(mail))
	if _, err := s.run("am", "-q", "-3", "--keep-cr", file); err != nil {
		_, _ = s.run("am", "--quit")
		return "", false
	}
	return s.must("rev-parse", "HEAD^{tree}"), true
}
