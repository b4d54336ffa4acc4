package suite

import (
	"bytes"
	"context"
	"debug/buildinfo"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/environ"
)

// tool is a git repository with a module that has cmd/howdah, tagged v1.2.3.
func tool(t *testing.T) string {
	t.Helper()
	for _, program := range []string{"go", "git"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "cmd", "howdah"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{
		"go.mod":             "module example.org/small\n\ngo 1.26\n",
		"cmd/howdah/main.go": "package main\n\nfunc main() { panic(\"at a place\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "init", "-q")
	git(t, dir, "add", "-A")
	git(t, dir, "-c", "user.name=x", "-c", "user.email=x@localhost", "commit", "-qm", "One")
	git(t, dir, "tag", "v1.2.3")
	return dir
}

func git(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", args, err, out)
	}
}

// Two folders and two environments make the same bytes of one commit, for another system too; the version is the tag's.
func TestDistIsReproducible(t *testing.T) {
	from := tool(t)
	clone := filepath.Join(t.TempDir(), "another-name", "of-the-folder")
	git(t, from, "clone", "-q", from, clone)
	var all []map[string][]byte
	for n, dir := range []string{from, clone} {
		into := filepath.Join(t.TempDir(), "tool")
		env := append(os.Environ(), "GOAMD64=v"+string("13"[n]), "CGO_ENABLED="+string("01"[n]),
			"GOFLAGS=-tags=x"+string("01"[n]))
		var out bytes.Buffer
		err := Dist(environ.With(t.Context(), env), &out,
			DistOptions{Source: dir, Into: into, Platforms: []string{"linux/amd64", "darwin/arm64"}})
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasSuffix(out.String(), "\nversion v1.2.3\n") {
			t.Errorf("it said:\n%s", out.String())
		}
		files := map[string][]byte{}
		for _, name := range []string{"howdah-linux-amd64", "howdah-darwin-arm64", sumsName} {
			data, err := os.ReadFile(filepath.Join(into, name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = data
		}
		if got := strings.Count(string(files[sumsName]), "\n"); got != 2 {
			t.Errorf("%d checksums:\n%s", got, files[sumsName])
		}
		check := exec.CommandContext(t.Context(), "sha256sum", "--check", "--strict", "--quiet", sumsName)
		check.Dir = into
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
		info, err := buildinfo.Read(bytes.NewReader(files["howdah-linux-amd64"]))
		if err != nil || info.Main.Version != "v1.2.3" {
			t.Errorf("the version is %v, %v", info, err)
		}
		all = append(all, files)
	}
	for name := range all[0] {
		if !bytes.Equal(all[0][name], all[1][name]) {
			t.Errorf("%s differs between two folders", name)
		}
		if bytes.Contains(all[0][name], []byte(from)) {
			t.Errorf("%s names the folder that it was made in", name)
		}
	}
}

// A platform that does not exist and a source that does not compile are errors that name them.
func TestDistFails(t *testing.T) {
	dir := tool(t)
	for platform, want := range map[string]string{"linux": "found \"linux\"", "linux/z80": "compiling for linux/z80"} {
		err := Dist(context.WithoutCancel(t.Context()), &bytes.Buffer{},
			DistOptions{Source: dir, Into: filepath.Join(t.TempDir(), "tool"), Platforms: []string{platform}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", platform, err, want)
		}
	}
}
