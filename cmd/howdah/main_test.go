package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/target"
)

// asProgram says that the test binary is to be the program.
const asProgram = "HOWDAH_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

// howdah runs the program in a folder and returns what it prints, and its exit code.
func howdah(t *testing.T, dir string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, args...)
	var out, story bytes.Buffer
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, &out, &story
	cmd.Env = []string{asProgram + "=1", "PATH=" + os.Getenv("PATH"), "HOME=" + dir}
	if err := cmd.Run(); err != nil && cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return out.String(), story.String(), cmd.ProcessState.ExitCode()
}

// here runs the program in this process, where nothing but cobra's own help is printed.
func here(t *testing.T, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	var out, story bytes.Buffer
	root := commands(t.Context(), &code)
	root.SetOut(&out)
	root.SetErr(&story)
	root.SetArgs(normal(args))
	if err := root.Execute(); err != nil {
		t.Fatalf("%q: %v", args, err)
	}
	return out.String(), story.String(), code
}

// TestHelp asks every command for help, and for the list.
func TestHelp(t *testing.T) {
	dir := t.TempDir()
	for _, args := range [][]string{{}, {"--help"}, {"-l"}} {
		out, story, code := howdah(t, dir, args...)
		if code != 0 || !strings.Contains(out, "\n  patch check  ") || strings.Contains(out, "\n  bench ") {
			t.Errorf("%q: exit %d, %s%s", args, code, out, story)
		}
		for line := range strings.Lines(out) {
			if n := utf8.RuneCountInString(strings.TrimSpace(line)); n > 80 {
				t.Errorf("%q: %d columns: %s", args, n, line)
			}
		}
	}
	for _, x := range target.All() {
		if x.Namespace() == "" && x.Name != "release" && x.Name != "demo" && x.Name != "init" {
			continue
		}
		out, story, code := here(t, append(strings.Split(x.Name, ":"), "--help")...)
		for _, o := range x.Options {
			if !strings.Contains(out, "--"+o.Name) {
				t.Errorf("%s --help lacks --%s", x.Name, o.Name)
			}
		}
		said := strings.Join(strings.Fields(out), " ")
		if code != 0 || story != "" || !strings.Contains(strings.ToLower(said), strings.ToLower(x.Doc)) {
			t.Errorf("%s --help: exit %d, %s%s", x.Name, code, out, story)
		}
	}
	for _, x := range target.All() {
		if x.Namespace() != "patch" && x.Name != "publish:doctor" {
			continue
		}
		long, _, _ := here(t, x.Namespace(), x.Verb(), "--help")
		if out, _, _ := here(t, x.Verb(), "--help"); out != long {
			t.Errorf("%s --help is not that of %s %s:\n%s", x.Verb(), x.Namespace(), x.Verb(), out)
		}
	}
	for _, shell := range []string{"bash", "zsh", "fish"} {
		if out, story, code := howdah(t, dir, "completion", shell); code != 0 || len(out) < 1000 {
			t.Errorf("completion %s: exit %d, %d bytes, %s", shell, code, len(out), story)
		}
	}
	if out, _, _ := howdah(t, dir, "__complete", "patch", "ch"); !strings.Contains(out, "check\t") {
		t.Errorf("completing patch ch: %q", out)
	}
}

// TestMistyped proposes the nearest name.
func TestMistyped(t *testing.T) {
	dir := t.TempDir()
	for typed, hint := range map[string]string{
		"pach check": `did you mean "patch check"?`, "patch chek": `did you mean "patch check"?`,
		"patches": `did you mean "howdah patch"?`, "publisch": `did you mean "howdah publish"?`,
		"relaese": `did you mean "howdah release"?`, "fnd text": `did you mean "howdah find"?`,
		"xyzzy a b": "howdah --help",
		"status": "howdah builder status, howdah cache status, howdah publish status, " +
			"howdah upstream status",
		"rollback": `did you mean "howdah publish rollback"?`, "rolback": `did you mean "howdah publish rollback"?`,
		"docter": `did you mean "howdah doctor"?`, "publish docter": `did you mean "publish doctor"?`,
		"prune":           "howdah cache prune, howdah publish prune",
		"stauts":          "howdah cache status, howdah publish status",
		"patch:chekc":     `did you mean "patch check"?`,
		"check --rf=main": `did you mean "-ref"?`, "release -drry": `did you mean "-dry"?`,
		"bench": "go tool mage bench",
	} {
		_, story, code := howdah(t, dir, strings.Fields(typed)...)
		if code != 2 || !strings.Contains(story, "hint: ") || !strings.Contains(story, hint) {
			t.Errorf("%s: exit %d, %s", typed, code, story)
		}
	}
}

// TestOwnFolder begins a distribution in the folder that a person is in, and checks it there: nothing is named, no
// variable is set but the one that stands in for the network.
func TestOwnFolder(t *testing.T) {
	up, err := miniature.WriteUpstream(t.Context(), filepath.Join(t.TempDir(), "mastodon.git"), "")
	if err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(t.TempDir(), "howdah")
	if out, err := exec.CommandContext(t.Context(), "go", "build", "-buildvcs=true", "-ldflags=-s -w", "-o", program,
		".").CombinedOutput(); err != nil {
		t.Skipf("skipped: without git the binary does not know its commit: %v\n%s", err, out)
	}
	mine := filepath.Join(t.TempDir(), "mine")
	if err := os.MkdirAll(mine, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), program, args...)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir(), "HOWDAH_UPSTREAM_URL=" + up.Dir}
		out, err := cmd.CombinedOutput()
		if strings.Contains(string(out), "does not know the commit") {
			t.Skipf("skipped: go build wrote no commit into the binary; it does not know linked work trees\n%s", out)
		}
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	if out := run(mine, "init"); !strings.Contains(out, "howdah.toml") || !strings.Contains(out, "howdah patch check\n") {
		t.Errorf("init printed\n%s", out)
	}
	if out := run(mine, "check"); !strings.Contains(out, "mine in this folder · no changes") {
		t.Errorf("check printed\n%s", out)
	}
	run(mine, "patch", "edit", "length", "app/validators/status_length_validator.rb", "MAX_CHARS = 500", "MAX_CHARS = 512")
	if out := run(filepath.Join(mine, "patches"), "check"); !strings.Contains(out, "mine in .. · 1 change applies") {
		t.Errorf("check in a folder below printed\n%s", out)
	}
}
