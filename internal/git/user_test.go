package git_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
)

// marks is a folder in which programs that were run leave their names.
type marks struct {
	t   *testing.T
	dir string
}

// program is one that leaves a mark.
func (m marks) program(name string) string {
	m.t.Helper()
	path := filepath.Join(m.dir, "programs", name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		m.t.Fatal(err)
	}
	text := fmt.Sprintf("#!/bin/sh\n: > %q\ncat > /dev/null < /dev/null\nexit 1\n", filepath.Join(m.dir, "ran-"+name))
	if err := os.WriteFile(path, []byte(text), 0o755); err != nil {
		m.t.Fatal(err)
	}
	return path
}

// ran are the programs that were.
func (m marks) ran() []string {
	found, err := filepath.Glob(filepath.Join(m.dir, "ran-*"))
	if err != nil {
		m.t.Fatal(err)
	}
	for i, f := range found {
		found[i] = strings.TrimPrefix(filepath.Base(f), "ran-")
	}
	slices.Sort(found)
	return found
}

// plantConfig writes a user's configuration that has a program wherever git's has one, and a repository's attributes
// that would use them.
func plantConfig(t *testing.T, m marks, home, source string) {
	t.Helper()
	hooks := filepath.Join(m.dir, "hooks")
	for _, hook := range []string{"pre-push", "reference-transaction", "post-checkout", "post-index-change",
		"pre-receive", "update", "post-receive", "post-update", "push-to-checkout", "proc-receive", "pre-auto-gc",
		"post-merge"} {
		if err := os.MkdirAll(hooks, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(m.program("hook-"+hook), filepath.Join(hooks, hook)); err != nil {
			t.Fatal(err)
		}
	}
	included := filepath.Join(home, "included")
	write := func(path, text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(included, fmt.Sprintf("[uploadpack]\n\tpackObjectsHook = %s\n[core]\n\tfsmonitor = %s\n",
		m.program("includeif-hook"), m.program("includeif-fsmonitor")))
	write(filepath.Join(home, "attributes"), "* filter=planted diff=planted merge=planted\n")
	write(filepath.Join(home, ".gitconfig"), strings.NewReplacer("HOOKS", hooks, "HOME", home, "SOURCE", source, "INCLUDED", included).Replace(fmt.Sprintf(`
[core]
	hooksPath = HOOKS
	attributesFile = HOME/attributes
	fsmonitor = %s
	alternateRefsCommand = %s
	gitProxy = %s
	pager = %s
	editor = %s
[uploadpack]
	packObjectsHook = %s
	allowFilter = true
	allowAnySHA1InWant = true
[remote "origin"]
	uploadpack = %s
	receivepack = %s
	vcs = planted
	url = ext::%s
[filter "planted"]
	clean = %s
	smudge = %s
	process = %s
	required = true
[diff]
	external = %s
[diff "planted"]
	command = %s
	textconv = %s
[merge "planted"]
	driver = %s
[alias]
	fetch = !%s
	ls-remote = !%s
	upload-pack = !%s
[gpg]
	program = %s
[push]
	gpgSign = if-asked
[protocol]
	allow = always
[protocol "ext"]
	allow = always
[trace2]
	eventTarget = HOME/trace
	normalTarget = HOME/trace
[maintenance]
	auto = true
[submodule]
	recurse = true
[includeIf "gitdir:/**"]
	path = INCLUDED
[url "SOURCE"]
	insteadOf = https://planted.example/source
`, m.program("fsmonitor"), m.program("alternate-refs"), m.program("git-proxy"), m.program("pager"), m.program("editor"), m.program("pack-objects-hook"),
		m.program("upload-pack"), m.program("receive-pack"), m.program("ext"), m.program("clean"), m.program("smudge"),
		m.program("process"),
		m.program("diff-external"), m.program("diff-command"), m.program("textconv"), m.program("merge-driver"),
		m.program("alias-fetch"),
		m.program("alias-ls-remote"), m.program("alias-upload-pack"), m.program("gpg"))))
}

// TestPlainGitRunsPlantedHook is the control of TestUserConfiguration: git by itself runs the user's
// uploadpack.packObjectsHook when it fetches from a repository on this disk.
func TestPlainGitRunsPlantedHook(t *testing.T) {
	source, _ := gittest.Repo(t, archive)
	for _, from := range []string{source.Dir(), "file://" + source.Dir()} {
		m, home := marks{t, t.TempDir()}, t.TempDir()
		text := fmt.Sprintf("[uploadpack]\n\tpackObjectsHook = %s\n", m.program("pack-objects-hook"))
		if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "git", "clone", "--quiet", "--no-local", "--bare", from,
			filepath.Join(home, "clone.git"))
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + home, "GIT_CONFIG_NOSYSTEM=1"}
		out, _ := cmd.CombinedOutput() // the hook packs nothing, so it fails
		if ran := m.ran(); !slices.Contains(ran, "pack-objects-hook") {
			t.Errorf("git fetched from %s without the hook; it ran %q\n%s", from, ran, out)
		}
	}
}

// TestUserConfiguration shows what of the user's configuration and environment runs, of a repository on this disk:
// nothing but the way to it.
func TestUserConfiguration(t *testing.T) {
	source, ids := gittest.Repo(t, archive)
	m := marks{t, t.TempDir()}
	home := t.TempDir()
	plantConfig(t, m, home, source.Dir())
	for k, v := range map[string]string{
		"HOME": home, "XDG_CONFIG_HOME": home, "GIT_EXTERNAL_DIFF": m.program("env-diff"),
		"GIT_PAGER": m.program("env-pager"), "GIT_EDITOR": m.program("env-editor"),
		"GIT_PROXY_COMMAND": m.program("env-proxy"), "GIT_EXEC_PATH": filepath.Dir(m.program("git-upload-pack")),
		"GIT_TEMPLATE_DIR": m.dir,
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "uploadpack.packObjectsHook",
		"GIT_CONFIG_VALUE_0":    m.program("env-hook"),
		"GIT_CONFIG_PARAMETERS": "'uploadpack.packobjectshook=" + m.program("env-parameters") + "'",
		"GIT_SEQUENCE_EDITOR":   m.program("env-sequence"),
		"GIT_TRACE2_EVENT":      filepath.Join(home, "trace"), "GIT_CONFIG_SYSTEM": filepath.Join(home, ".gitconfig"),
	} {
		t.Setenv(k, v)
	}
	repo, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "mirror.git"))
	if err != nil {
		t.Fatal(err)
	}
	defer repo.Close()
	if _, err := repo.Run(t.Context(), "config", "remote.origin.url", source.Dir()); err != nil {
		t.Fatal(err)
	}
	heads := "+refs/*:refs/fetched/*"
	for _, from := range []string{source.Dir(), "file://" + source.Dir(), "origin", "https://planted.example/source"} {
		if _, err := repo.Net(t.Context(), nil, nil, "fetch", "--quiet", from, heads); err != nil {
			t.Errorf("fetching from %s: %v", from, err)
		}
		if refs, err := repo.LsRemote(t.Context(), from); err != nil || len(refs) == 0 {
			t.Errorf("listing %s: %v, %v", from, refs, err)
		}
	}
	partial, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "partial.git"))
	if err != nil {
		t.Fatal(err)
	}
	defer partial.Close()
	if _, err := partial.Net(t.Context(), nil, nil, "fetch", "--quiet", "--filter=blob:none", "file://"+source.Dir(),
		heads); err != nil {
		t.Errorf("uploadpack.allowFilter does not count: %v", err)
	}
	target, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "target.git"))
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	if _, err := repo.Net(t.Context(), nil, nil, "push", "--quiet", target.Dir(),
		string(ids["2"])+":refs/heads/x"); err != nil {
		t.Errorf("pushing: %v", err)
	}
	if _, err := repo.Net(t.Context(), nil, nil, "fetch", "--quiet", "ext::"+m.program("ext-fetch"), heads); err == nil {
		t.Error("ext:: is fetched from")
	}
	work, err := repo.NewWorkTree(t.Context(), filepath.Join(t.TempDir(), "work"), "x", ids["2"])
	if err != nil {
		t.Fatal(err)
	}
	defer work.Close()
	if err := os.WriteFile(filepath.Join(filepath.Dir(work.Dir()), "a.txt"), []byte("three\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if changed, err := work.Modified(t.Context()); err != nil || len(changed) != 1 {
		t.Errorf("the work tree has %q, %v", changed, err)
	}
	for _, args := range [][]string{{"diff", "HEAD", "--"}, {"log", "-p", "--show-signature"}, {"add", "."}, {"stash",
		"list"}} {
		if _, err := work.InTree(t.Context(), args...); err != nil {
			t.Errorf("git %q: %v", args, err)
		}
	}
	if ran := m.ran(); len(ran) > 0 {
		t.Errorf("these ran: %q", ran)
	}
	if _, err := os.Stat(filepath.Join(home, "trace")); err == nil {
		t.Error("trace2 writes where the user's configuration says")
	}
}

// TestUserWay shows what does run: what a person needs to get to a server.
func TestUserWay(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("WWW-Authenticate", `Basic realm="x"`)
		w.WriteHeader(http.StatusUnauthorized)
	}))
	defer server.Close()
	of, _ := gittest.Repo(t, archive)
	for name, c := range map[string]struct {
		config, env, address string
	}{
		"credential helper": {config: "[credential]\n\thelper = PROGRAM\n", address: server.URL},
		"core.askPass":      {config: "[core]\n\taskPass = PROGRAM\n", address: server.URL},
		"GIT_ASKPASS":       {env: "GIT_ASKPASS", address: server.URL},
		"SSH_ASKPASS":       {env: "SSH_ASKPASS", address: server.URL},
		"core.sshCommand":   {config: "[core]\n\tsshCommand = PROGRAM\n", address: "ssh://git@planted.example/x"},
		"GIT_SSH_COMMAND":   {env: "GIT_SSH_COMMAND", address: "ssh://git@planted.example/x"},
		"GIT_SSH":           {env: "GIT_SSH", address: "ssh://git@planted.example/x"},
		"insteadOf": {config: "[url \"ssh://git@planted.example/\"]\n\tinsteadOf = https://other.example/\n" +
			"[core]\n\tsshCommand = PROGRAM\n", address: "https://other.example/x"},
	} {
		t.Run(name, func(t *testing.T) {
			m := marks{t, t.TempDir()}
			home := t.TempDir()
			program := m.program("it")
			if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(strings.ReplaceAll(c.config, "PROGRAM",
				program)), 0o644); err != nil {
				t.Fatal(err)
			}
			t.Setenv("HOME", home)
			if c.env != "" {
				t.Setenv(c.env, program)
			}
			repo, err := git.Open(of.Dir()) // it reads the configuration once
			if err != nil {
				t.Fatal(err)
			}
			defer repo.Close()
			if _, err := repo.Net(t.Context(), nil, nil, "fetch", "--quiet", c.address, "main"); err == nil {
				t.Error("there is no such server, and it was fetched from")
			}
			if len(m.ran()) == 0 {
				t.Errorf("%s does not run", name)
			}
		})
	}
}
