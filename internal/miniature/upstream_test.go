package miniature

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// The commits' ids are golden: whatever names one (scripts, the readme) may rely on them.
const (
	mainCommit = "1084caa148cc97c35f0bec0c48f143214ddc42b0"
)

func write(t *testing.T, dir, until string) *Upstream {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	up, err := WriteUpstream(t.Context(), dir, until)
	if err != nil {
		t.Fatal(err)
	}
	return up
}

func TestUpstreamIsAlwaysTheSame(t *testing.T) {
	up := write(t, t.TempDir(), "")
	if got := string(up.refs["refs/heads/main"]); got != mainCommit {
		t.Errorf("main is at %q, want %q", got, mainCommit)
	}
	for name, id := range up.Steps {
		t.Log(name, id)
	}
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, ref := range []string{"refs/heads/main", "refs/heads/trouble"} {
		if !strings.Contains(string(readme), up.refs[ref].Short()) {
			t.Errorf("README.md shows another run of patch:check: %s is at %s", ref, up.refs[ref].Short())
		}
	}
	repo, err := git.Open(up.Dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close() //nolint:errcheck // read only
	if out, err := repo.Run(t.Context(), "fsck", "--strict", "--no-dangling"); err != nil {
		t.Errorf("fsck: %v\n%s", err, out)
	}
	out, err := repo.Run(t.Context(), "ls-tree", "-r", "refs/heads/main")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"100755 blob", "\tbin/rails", "120000 blob", "\tpublic/sw.js", "\t.dockerignore"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("main lacks %q", want)
		}
	}
}

func TestUpstreamMovesOn(t *testing.T) {
	dir := t.TempDir()
	before := write(t, dir, "16-version")
	after := write(t, dir, "")
	main := "refs/heads/main"
	if before.refs[main] == after.refs[main] {
		t.Fatal("main stood still")
	}
	repo, err := git.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close() //nolint:errcheck // read only
	if ok, err := repo.Ancestor(t.Context(), before.refs[main], after.refs[main]); err != nil || !ok {
		t.Errorf("main was rewritten (%v)", err)
	}
	if _, err := WriteUpstream(t.Context(), dir, "99-none"); err == nil {
		t.Error("a step that does not exist is accepted")
	}
}

func TestDistributionNamesRealCommits(t *testing.T) {
	up := write(t, t.TempDir(), "")
	dir := t.TempDir()
	if err := WriteDistribution(dir, "/srv/miniature/mastodon.git", up); err != nil {
		t.Fatal(err)
	}
	whole, err := os.ReadFile(filepath.Join(dir, "patches/series.toml"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := os.ReadFile(filepath.Join(dir, "howdah.toml"))
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{string(up.refs["refs/pull/7/head"]), string(up.Steps["02-storage-retries"])} {
		if !strings.Contains(string(whole), `"`+id+`"`) {
			t.Errorf("the series does not pin %s", id)
		}
	}
	if !strings.Contains(string(file), `url = "/srv/miniature/mastodon.git"`) {
		t.Error("howdah.toml does not name the upstream")
	}
	if _, err := config.Load(dir, filepath.Join(dir, "howdah.toml"), nil); err != nil {
		t.Errorf("howdah.toml is not taken: %v", err)
	}
	for _, text := range []string{string(whole), string(file)} {
		if strings.Contains(text, `"@`) {
			t.Errorf("a placeholder is left in\n%s", text)
		}
	}
}

func TestStepRefuses(t *testing.T) {
	for name, text := range map[string]string{
		"unknown key": "branch: main\ncolour: red\n\nMessage\n",
		"no message":  "branch: main\n",
		"no author":   "branch: main\ndate: 2026-04-01T09:00:00Z\n\nMessage\n",
		"not a date":  "author: A <a@b>\ndate: yesterday\n\nMessage\n",
	} {
		if _, err := parseStep(name, []byte(text)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	repo, err := git.Init(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close() //nolint:errcheck // nothing was written
	base, err := tree.At(repo, tree.Empty).
		With(t.Context(), map[string]*tree.File{"a": {Mode: tree.Regular, Data: []byte("one\none\n")}})
	if err != nil {
		t.Fatal(err)
	}
	for _, section := range []string{"-- a (edit) --\none\n=>\ntwo\n", "-- a (edit) --\nnone\n=>\ntwo\n",
		"-- a (paint) --\n", "-- b (from c) --\n"} {
		s, err := parseStep("try", []byte("author: A <a@b>\ndate: 2026-04-01T09:00:00Z\n\nMessage\n"+section))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.apply(t.Context(), base); err == nil {
			t.Errorf("accepted:\n%s", section)
		}
	}
}
