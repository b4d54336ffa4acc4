package cli_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/crane"
	"github.com/google/go-containerregistry/pkg/v1/random"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// yard is where the targets are run: the miniature's upstream, a cache, temporary files, and distributions.
type yard struct {
	dir, root string
	moved     string // the newer commit of the miniature's pull request
	landed    string // a patch that upstream has
	base      string // an image
}

// call runs a target on the distribution named, and returns its exit code; -1 when it was killed.
func (y yard) call(t *testing.T, name string, command []string, environ ...string) (int, string) {
	t.Helper()
	c := exec.Command(os.Args[0], command...)
	c.Dir = y.root
	c.Env = append(os.Environ(), "HOWDAH_CONFIG="+filepath.Join(y.dir, name, "howdah.toml"),
		"HOWDAH_CACHE="+filepath.Join(y.dir, "cache"),
		"TMPDIR="+filepath.Join(y.dir, "tmp"), "HOME="+y.dir, "GITHUB_API_URL=http://127.0.0.1:1", "KILL_AT=0")
	c.Env = append(c.Env, environ...)
	out, err := c.CombinedOutput()
	if c.ProcessState == nil {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

// must is call of what has to succeed.
func (y yard) must(t *testing.T, name string, command ...string) {
	t.Helper()
	if code, out := y.call(t, name, command); code != 0 {
		t.Fatalf("%v: exit %d\n%s", command, code, out)
	}
}

// git runs git in a folder.
func (y yard) git(t *testing.T, dir string, args ...string) string {
	t.Helper()
	c := exec.Command("git", args...)
	c.Dir = dir
	c.Env = append(os.Environ(), "GIT_AUTHOR_NAME=x", "GIT_AUTHOR_EMAIL=x@localhost",
		"GIT_COMMITTER_NAME=x", "GIT_COMMITTER_EMAIL=x@localhost",
		"GIT_CONFIG_GLOBAL=/dev/null")
	out, err := c.CombinedOutput()
	if err != nil {
		t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

// look is every file of a distribution but its results, with mode and content.
func (y yard) look(t *testing.T, name string) map[string]string {
	t.Helper()
	all := map[string]string{}
	top := filepath.Join(y.dir, name)
	err := filepath.WalkDir(top, func(file string, e fs.DirEntry, err error) error {
		rel, _ := filepath.Rel(top, file)
		switch {
		case errors.Is(err, fs.ErrNotExist) && file == top:
			return nil
		case err != nil:
			return err
		case rel == "dist":
			return fs.SkipDir
		case rel == ".":
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		var data []byte
		if info.Mode().IsRegular() {
			data, err = os.ReadFile(file)
		}
		all[rel] = fmt.Sprintf("%v %q", info.Mode(), data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// writing is a target that writes a distribution's files, and what it is run on.
type writing struct {
	command []string
	prepare func(y yard, t *testing.T, dir string) // nil: on the miniature as it is
	fresh   bool                                   // on a folder that is not there
}

var writings = []writing{
	{command: []string{"patch:edit", "health", "lib/mastodon/server.rb", "OK", "FINE", "-why=Shorter"}},
	{command: []string{"patch:save", "-dir=DIR/tree"}},
	{command: []string{"patch:refresh", "-offline"}},
	{command: []string{"patch:import", "DIR/old.sh", "-offline"}},
	{command: []string{"patch:import", "DIR/unclear.sh", "-offline"}},
	{command: []string{"patch:import", "DIR/folder", "-offline", "-prefix=old-"}},
	{command: []string{"patch:import", "DIR/w@ours", "-offline"}},
	{command: []string{"patch:pin", "draggable-images", "-commit=MOVED"}},
	{command: []string{"patch:drop", "elephant-styles", "-gone", "-offline"}},
	{command: []string{"patch:drop", "retries", "-offline"}, prepare: func(y yard, t *testing.T, dir string) {
		appendTo(t, filepath.Join(dir, "patches", "series.toml"),
			"\n[[change]]\nname = \"retries\"\npatch = \"retries.patch\"\n")
		appendTo(t, filepath.Join(dir, "patches", "retries.patch"), y.landed)
	}},
	{command: []string{"patch:refresh", "-change=unlisted-icon", "-offline"},
		prepare: func(_ yard, t *testing.T, dir string) {
			appendTo(t, filepath.Join(dir, "series.lock"), "<<<<<<< ours\n")
		}},
	{command: []string{"base:pin"}, prepare: func(y yard, t *testing.T, dir string) {
		if err := os.Mkdir(filepath.Join(dir, "docker"), 0o755); err != nil {
			t.Fatal(err)
		}
		for _, role := range []string{"web", "streaming"} {
			appendTo(t, filepath.Join(dir, "docker", role+".Dockerfile"),
				"FROM "+y.base+"\nARG MEDIA_PACKAGES LIBRARY_PACKAGES GEM_PACKAGES\n")
		}
	}},
	{command: []string{"patch:overlay", "robots", "DIR/old.sh", "public/robots.txt", "-why=Ours", "-offline"}},
	{command: []string{"patch:remove", "pride-logo", "-offline"}},
	{command: []string{"upstream:ack", "-offline"}},
	{command: []string{"version:accept", "-offline"}, prepare: func(_ yard, t *testing.T, dir string) {
		if err := os.WriteFile(filepath.Join(dir, "VERSION"), []byte("4.5.0\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}},
	{command: []string{"init", "-dir=DIR/NAME", "-name=example"}, fresh: true},
}

// oldScript is what somebody had before.
const oldScript = "#!/bin/sh\n# shorter health\nsed -i 's/OK/FINE/' lib/mastodon/server.rb\n"

// newYard makes the upstream, a distribution, scripts, patches and a fork to import, a work tree with new commits, a
// newer commit of a pull request, and an image to pin.
func newYard(t *testing.T) yard {
	t.Helper()
	y := yard{dir: t.TempDir()}
	y.root = filepath.Join(y.dir, "tool") // what init takes the tool's commit from
	y.git(t, y.dir, "init", "-q", "tool")
	appendTo(t, filepath.Join(y.root, "VERSION"), "4.6.0-alpha.7\n")
	if err := os.Mkdir(filepath.Join(y.root, "magefiles"), 0o755); err != nil {
		t.Fatal(err)
	}
	appendTo(t, filepath.Join(y.root, "magefiles", "magefile.go"), "")
	y.git(t, y.root, "add", "VERSION")
	y.git(t, y.root, "commit", "-q", "-m", "Tool")
	up, err := cli.WriteUpstream(filepath.Join(y.dir, "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.Mkdir(filepath.Join(y.dir, "mine"), 0o755), os.Mkdir(filepath.Join(y.dir, "tmp"), 0o755),
		miniature.WriteDistribution(filepath.Join(y.dir, "mine"), up.Dir, up),
		os.WriteFile(filepath.Join(y.dir, "old.sh"), []byte(oldScript), 0o644),
		os.WriteFile(filepath.Join(y.dir, "unclear.sh"), []byte(oldScript+"curl http://localhost | sh\n"), 0o644),
	); err != nil {
		t.Fatal(err)
	}
	y.must(t, "mine", "patch:check") // brings the pull request as it is pinned
	y.git(t, y.dir, "clone", "-q", up.Dir, "w")
	w := filepath.Join(y.dir, "w")
	y.git(t, w, "fetch", "-q", "origin", "refs/pull/7/head")
	y.git(t, w, "checkout", "-q", "FETCH_HEAD")
	file, _, _ := strings.Cut(y.git(t, w, "diff", "--name-only", "HEAD^"), "\n")
	appendTo(t, filepath.Join(w, file), "// and more\n")
	y.git(t, w, "commit", "-q", "-a", "--amend", "--no-edit")
	y.git(t, w, "push", "-q", "-f", "origin", "HEAD:refs/pull/7/head")
	y.moved = y.git(t, w, "rev-parse", "HEAD")
	y.git(t, w, "checkout", "-q", "-b", "ours", "origin/main")
	for _, name := range []string{"ours", "also"} {
		appendTo(t, filepath.Join(w, name+".txt"), name+"\n")
		y.git(t, w, "add", "-A")
		y.git(t, w, "commit", "-q", "-m", "Say "+name)
	}
	y.git(t, w, "format-patch", "-q", "-o", filepath.Join(y.dir, "folder"), "origin/main")
	y.landed = y.git(t, w, "format-patch", "-1", "--stdout", string(up.Steps["02-storage-retries"])) + "\n"
	y.base = pushed(t, serve(t.Context(), t, filepath.Join(y.dir, "registry"))+"/base:1")

	tree := filepath.Join(y.dir, "tree")
	y.must(t, "mine", "patch:new", "-dir="+tree)
	for _, name := range []string{"One", "Two", "Three"} {
		appendTo(t, filepath.Join(tree, name+".md"), name+"\n")
		y.git(t, tree, "add", "-A")
		y.git(t, tree, "commit", "-q", "-m", name)
	}
	return y
}

// pushed pushes an image of chance under a name, and returns the name.
func pushed(t *testing.T, name string) string {
	t.Helper()
	img, err := random.Image(100, 1)
	if err == nil {
		err = crane.Push(img, name)
	}
	if err != nil {
		t.Fatal(err)
	}
	return name
}

func appendTo(t *testing.T, file, text string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(text)
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}
