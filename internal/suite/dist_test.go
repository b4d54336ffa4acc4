package suite

import (
	"bytes"
	"context"
	"crypto/sha256"
	"debug/buildinfo"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/buildkitd"
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
	for name, text := range map[string]string{
		"go.mod": "module github.com/howdah/howdah\n\ngo 1.26\n",
		"cmd/howdah/main.go": "package main\n\nimport \"github.com/howdah/howdah/internal/buildkitd\"\n\n" +
			"func main() { println(buildkitd.ReleasedSum()) }\n",
		"internal/buildkitd/buildkitd.go": "package buildkitd\n\nvar releasedSum string\n\n" +
			"func ReleasedSum() string { return releasedSum }\n",
		"tools/go.mod": "module github.com/howdah/howdah/tools\n\ngo 1.26\n\nrequire github.com/moby/buildkit v0.0.0\n\n" +
			"replace github.com/moby/buildkit => ./moby\n",
		"tools/go.sum":            "",
		"moby/go.mod":             "module github.com/moby/buildkit\n\ngo 1.26\n",
		"moby/version/version.go": "package version\n\nvar Version string\n",
		"moby/cmd/buildkitd/main.go": "package main\n\nimport \"github.com/moby/buildkit/version\"\n\n" +
			"func main() { println(version.Version) }\n",
	} {
		file := filepath.Join(dir, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o755), os.WriteFile(file, []byte(text), 0o644)); err != nil {
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
		for _, name := range []string{"howdah-linux-amd64", "buildkitd-linux-amd64", "howdah-darwin-arm64", sumsName} {
			data, err := os.ReadFile(filepath.Join(into, name))
			if err != nil {
				t.Fatal(err)
			}
			files[name] = data
		}
		if got := strings.Count(string(files[sumsName]), "\n"); got != 3 {
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
		if runtime.GOOS+runtime.GOARCH == "linuxamd64" {
			said, err := exec.CommandContext(t.Context(), filepath.Join(into, "howdah-linux-amd64")).CombinedOutput()
			sum := sha256.Sum256(files["buildkitd-linux-amd64"])
			if want := hex.EncodeToString(sum[:]) + "\n"; err != nil || string(said) != want {
				t.Errorf("the binary knows the checksum %s (%v), want %s", said, err, want)
			}
			daemon := filepath.Join(into, "buildkitd-linux-amd64")
			said, err = exec.CommandContext(t.Context(), daemon).CombinedOutput()
			if want := "v" + buildkitd.Version() + "\n"; err != nil || string(said) != want {
				t.Errorf("buildkitd says that it is %s (%v), want %s", said, err, want)
			}
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
	for platform, want := range map[string]string{
		"linux": "found \"linux\"", "linux/z80": "compiling buildkitd-linux-z80",
	} {
		err := Dist(context.WithoutCancel(t.Context()), &bytes.Buffer{},
			DistOptions{Source: dir, Into: filepath.Join(t.TempDir(), "tool"), Platforms: []string{platform}})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", platform, err, want)
		}
	}
}
