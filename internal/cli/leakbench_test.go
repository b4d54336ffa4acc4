package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// leakBench is a distribution with a home of its own, in which secrets are planted.
type leakBench struct {
	t         *testing.T
	planted   *planted
	dir, home string
	bin       string
	env       []string
	output    strings.Builder // of all runs
}

func newLeakBench(t *testing.T) *leakBench {
	for _, program := range []string{"git", "go", "sh"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	b := &leakBench{t: t, planted: &planted{cores: map[string]string{}}, dir: t.TempDir(), home: t.TempDir()}
	b.bin = program(t)
	up, err := cli.WriteUpstream(filepath.Join(b.home, "miniature", "mastodon.git"))
	b.must(err)
	b.must(os.MkdirAll(filepath.Join(b.dir, "mine"), 0o755))
	b.must(miniature.WriteDistribution(filepath.Join(b.dir, "mine"), up.Dir, up))
	// Programs that write down how they are called, before the real ones: what stands in a process list.
	b.must(os.MkdirAll(filepath.Join(b.home, "bin"), 0o755))
	for _, program := range []string{"git", "ssh", "sh", "sed", "docker", "tar", "unshare", "apt-get", "redis-server",
		"redis-cli", "runc", "go", "debootstrap"} {
		real, err := exec.LookPath(program)
		if err != nil {
			continue // nor can the program find it
		}
		shim := fmt.Sprintf("#!/bin/sh\nprintf '%%s\\n' \"$@\" >> %q\nexec %q \"$@\"\n", filepath.Join(b.dir, "argv"), real)
		b.must(os.WriteFile(filepath.Join(b.home, "bin", program), []byte(shim), 0o755))
	}
	b.env = []string{
		"PATH=" + filepath.Join(b.home, "bin") + ":" + os.Getenv("PATH"), "HOME=" + b.home, "TMPDIR=" +
			filepath.Join(b.dir, "tmp"),
		"HOWDAH_CONFIG=" + filepath.Join(b.dir, "mine", "howdah.toml"), "HOWDAH_CACHE=" + filepath.Join(b.dir, "cache"),
		"GITHUB_ACTIONS=true", "GITHUB_STEP_SUMMARY=" + filepath.Join(b.dir, "summary.md"), "GITHUB_OUTPUT=" +
			filepath.Join(b.dir, "outputs"),
	}
	b.must(os.MkdirAll(filepath.Join(b.dir, "tmp"), 0o755))
	return b
}

func (b *leakBench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

// run runs a target and checks what it prints.
func (b *leakBench) run(what string, env []string, args ...string) string {
	b.t.Helper()
	out, _ := b.exit(what, env, args...)
	return out
}

// exit is run, with the exit code.
func (b *leakBench) exit(what string, env []string, args ...string) (string, int) {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), b.bin, args...)
	cmd.Dir, cmd.Env = b.dir, append(append([]string{}, b.env...), env...)
	out, err := cmd.CombinedOutput()
	if _, failed := err.(*exec.ExitError); err != nil && !failed {
		b.t.Fatal(err)
	}
	if way := b.planted.leak(string(out)); way != "" {
		b.t.Errorf("%s prints the secret of %s:\n%s", what, way, out)
	}
	b.output.Write(out)
	return string(out), cmd.ProcessState.ExitCode()
}

// file writes a file of the home.
func (b *leakBench) file(name, text string) string {
	b.t.Helper()
	path := filepath.Join(b.home, name)
	b.must(os.MkdirAll(filepath.Dir(path), 0o755))
	b.must(os.WriteFile(path, []byte(text), 0o755))
	return path
}

// formed are credentials that nobody told the program: it knows them by their form.
func (b *leakBench) formed() []string {
	hidden := &planted{cores: b.planted.cores}
	s := func(way string) string { return strings.TrimSuffix(hidden.secret(way, false), "z9") }
	return []string{
		"Authorization: " + s("form authorization"), "authorization: token " + s("form token"), "sent Basic " +
			base64Std("u:"+s("form basic")) + " to it",
		"sent Bearer " + s("form bearer"), "x ghp_" + s("form ghp"), "github_pat_" + s("form github_pat"), "dckr_pat_" +
			s("form dckr_pat"), "glpat-" + s("form glpat"),
		"eyJhbGciOiJIUzI1NiJ9." + s("form jwt") + ".c2ln", "https://u:" + s("form userinfo") + "@h.example/x",
		"https://b.example/o?X-Amz-Date=1&X-Amz-Signature=" + s("form amz"), "https://b.example/o?access_token=" +
			s("form query"),
		`{"refresh_token":"` + s("form json") + `"}`, "PRIVATE-TOKEN: " + s("form header"),
		"https://discord.com/api/webhooks/1/" + s("form webhook"),
	}
}
