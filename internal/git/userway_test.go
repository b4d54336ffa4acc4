package git_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
)

// TestPushInsteadOf: a push goes where the user's pushInsteadOf leads; a fetch from the same address does not.
func TestPushInsteadOf(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	fork, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "fork.git"))
	if err != nil {
		t.Fatal(err)
	}
	defer fork.Close()
	home := t.TempDir()
	t.Setenv("HOME", home)
	const address = "https://127.0.0.1:1/x.git"
	push := func() error {
		_, err := repo.Net(t.Context(), nil, nil, "push", "--quiet", address, string(ids["2"])+":refs/heads/pushed")
		return err
	}
	if push() == nil {
		t.Fatal("a push to nowhere succeeds")
	}
	text := fmt.Sprintf("[url %q]\n\tpushInsteadOf = https://127.0.0.1:1/x\n", strings.TrimSuffix(fork.Dir(), ".git"))
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	if repo, err = git.Open(repo.Dir()); err != nil { // it reads the configuration once
		t.Fatal(err)
	}
	defer repo.Close()
	if err := push(); err != nil {
		t.Fatalf("pushInsteadOf does not count: %v", err)
	}
	if got, err := fork.Resolve(t.Context(), "refs/heads/pushed"); err != nil || got != ids["2"] {
		t.Errorf("the fork has %s, %v", got, err)
	}
	if _, err := repo.LsRemote(t.Context(), address); err == nil {
		t.Error("pushInsteadOf counts for what is not pushed")
	}
}

// TestSSHVariant: the program that speaks SSH is called as the user's ssh.variant says, which shows in how it is given
// the port.
func TestSSHVariant(t *testing.T) {
	of, _ := gittest.Repo(t, archive)
	for variant, want := range map[string]string{"ssh": "-p 2222 ", "plink": "-P 2222 ", "simple": ""} {
		home := t.TempDir()
		t.Setenv("HOME", home)
		called, program := filepath.Join(home, "called"), filepath.Join(home, "speaks-ssh")
		text := fmt.Sprintf("#!/bin/sh\necho \"$@\" >> %q\nexit 1\n", called)
		if err := os.WriteFile(program, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		config := fmt.Sprintf("[core]\n\tsshCommand = %s\n[ssh]\n\tvariant = %s\n", program, variant)
		if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		repo, err := git.Open(of.Dir()) // it reads the configuration once
		if err != nil {
			t.Fatal(err)
		}
		defer repo.Close()
		_, err = repo.Net(t.Context(), nil, nil, "fetch", "--quiet", "ssh://git@planted.example:2222/x", "main")
		if err == nil {
			t.Errorf("%s: there is no such server, and it was fetched from", variant)
		}
		got, readErr := os.ReadFile(called)
		if want != "" && !strings.Contains(string(got), want+"git@planted.example ") {
			t.Errorf("ssh.variant=%s: called with %q, want %q: %v", variant, got, want, err)
		}
		if want == "" && (readErr == nil || !strings.Contains(fmt.Sprint(err), "port")) {
			t.Errorf("ssh.variant=%s, which takes no port: called with %q: %v", variant, got, err)
		}
	}
}
