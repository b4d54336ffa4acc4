package bench

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// repository is the repository that the benchmarks run on.
func repository(tb testing.TB) string {
	tb.Helper()
	dir := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if dir == "" {
		tb.Skip("HOWDAH_TEST_UPSTREAM names no repository")
	}
	return dir
}

// sandbox runs git on a repository without ever writing to it: new objects go elsewhere.
type sandbox struct {
	tb  testing.TB
	dir string // for objects and indexes
	env []string
}

func newSandbox(tb testing.TB, repo string) *sandbox {
	tb.Helper()
	dir := tb.TempDir()
	objects := filepath.Join(dir, "objects")
	if err := os.MkdirAll(objects, 0o755); err != nil {
		tb.Fatal(err)
	}
	s := &sandbox{tb: tb, dir: dir, env: append(os.Environ(), "LC_ALL=C", "GIT_CONFIG_NOSYSTEM=1",
		"GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@localhost", "GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@localhost",
		"GIT_DIR="+repo, "GIT_OBJECT_DIRECTORY="+objects, "GIT_ALTERNATE_OBJECT_DIRECTORIES="+filepath.Join(repo, "objects"),
		"GIT_INDEX_FILE="+filepath.Join(dir, "index"))}
	return s
}

// try runs git and says whether it succeeded.
func (s *sandbox) try(stdin []byte, args ...string) (string, bool) {
	cmd := exec.CommandContext(s.tb.Context(), "git", args...)
	cmd.Env, cmd.Stdin, cmd.Dir = s.env, bytes.NewReader(stdin), s.dir
	out, err := cmd.Output()
	return strings.TrimSuffix(string(out), "\n"), err == nil
}

func (s *sandbox) git(stdin []byte, args ...string) string {
	s.tb.Helper()
	out, ok := s.try(stdin, args...)
	if !ok {
		s.tb.Fatalf("git %s failed", strings.Join(args, " "))
	}
	return out
}

// branch is a change that somebody keeps on top of upstream: a branch or a pull request, squashed at its merge base.
type branch struct {
	name  string
	head  string
	base  string
	patch []byte
}

// branches are the distinct changes of a repository's refs, in the order of the refs' names. Heads that were rebased
// over rewritten commits of upstream, whose squashed diff is absurd, are left out, as are those without a diff.
func (s *sandbox) branches(tip string) []branch {
	s.tb.Helper()
	var out []branch
	seen := map[string]bool{}
	for line := range strings.Lines(s.git(nil, "for-each-ref", "--format=%(objectname) %(refname)")) {
		head, name, _ := strings.Cut(strings.TrimSpace(line), " ")
		base, ok := s.try(nil, "merge-base", tip, head)
		if !ok || base == head || seen[head] {
			continue
		}
		seen[head] = true
		if files := s.git(nil, "diff", "--name-only", "--no-renames", base, head); files == "" ||
			strings.Count(files, "\n") > 50 {
			continue
		}
		patch := s.git(nil, "diff", "--no-renames", "--full-index", "--binary", base, head) + "\n"
		out = append(out, branch{name: strings.TrimPrefix(name, "refs/"), head: head, base: base, patch: []byte(patch)})
	}
	return out
}

// series picks the first n branches that git can apply to tip one after the other, three-way, each changing
// something.
func (s *sandbox) series(tip string, n int) []branch {
	s.tb.Helper()
	s.git(nil, "read-tree", tip)
	last := s.git(nil, "write-tree")
	var out []branch
	for _, b := range s.branches(tip) {
		if len(out) == n {
			break
		}
		if _, ok := s.try(b.patch, "apply", "--cached", "--3way"); !ok {
			s.git(nil, "read-tree", last)
			continue
		}
		if now := s.git(nil, "write-tree"); now != last {
			out, last = append(out, b), now
		}
	}
	if len(out) < n {
		s.tb.Skipf("only %d branches of the repository apply, %d are needed", len(out), n)
	}
	return out
}

// writeQuilt writes a quilt series.
func writeQuilt(tb testing.TB, dir string, series []branch) {
	tb.Helper()
	var names strings.Builder
	for i, b := range series {
		name := fmt.Sprintf("%02d-%s.patch", i+1, strings.NewReplacer("/", "-").Replace(strings.ToLower(b.name)))
		fmt.Fprintln(&names, name)
		write(tb, filepath.Join(dir, name), b.patch)
	}
	write(tb, filepath.Join(dir, "series"), []byte(names.String()))
}

func write(tb testing.TB, name string, data []byte) {
	tb.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		tb.Fatal(err)
	}
	if err := os.WriteFile(name, data, 0o644); err != nil {
		tb.Fatal(err)
	}
}

// checkout makes a work tree of tip, with a repository of its own that borrows upstream's objects.
func checkout(tb testing.TB, repo, tip string) string {
	tb.Helper()
	dir := tb.TempDir()
	for _, args := range [][]string{
		{"init", "-q", dir},
		{"-C", dir, "config", "user.name", "x"}, {"-C", dir, "config", "user.email", "x@localhost"},
		{"-C", dir, "config", "gc.auto", "0"},
	} {
		if out, err := exec.CommandContext(tb.Context(), "git", args...).CombinedOutput(); err != nil {
			tb.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(tb, filepath.Join(dir, ".git/objects/info/alternates"), []byte(filepath.Join(repo, "objects")+"\n"))
	if out, err := exec.CommandContext(tb.Context(), "git", "-C", dir, "checkout", "-q", "--detach", tip).
		CombinedOutput(); err != nil {
		tb.Fatalf("git checkout: %v\n%s", err, out)
	}
	return dir
}

// needs skips, aloud, what this machine lacks.
func needs(tb testing.TB, program string) {
	tb.Helper()
	if _, err := exec.LookPath(program); err != nil {
		tb.Skipf("%s is not installed", program)
	}
}
