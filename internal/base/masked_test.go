package base

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// openBuilder is an embedded BuildKit of the test's own. It skips, aloud, where that cannot run.
func openBuilder(t *testing.T) *builder.Builder {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts BuildKit")
	}
	if os.Geteuid() != 0 {
		t.Skip("the embedded BuildKit needs root")
	}
	if _, err := exec.LookPath("/usr/sbin/runc"); err != nil {
		t.Skip("runc is not installed")
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	program := filepath.Join(cache, "howdah-test", "buildkitd-"+buildkitd.Version())
	dir := t.TempDir()
	if _, err := os.Stat(program); err != nil {
		t.Logf("building buildkitd once")
		goRun(t, "../../tools", "build", "-o", program, "github.com/moby/buildkit/cmd/buildkitd")
	}
	if err := os.Link(program, filepath.Join(dir, filepath.Base(program))); err != nil {
		t.Fatal(err)
	}
	b := builder.New(builder.Settings{Builder: "embedded", Dir: dir, Tools: "../../tools/go.mod", Say: t.Logf})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("closing the builder: %v", err)
		}
	})
	return b
}

// goRun runs go in a folder.
func goRun(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
}

// TestBaseBuildIsMasked makes bases of a Debian that is one program, by steps that print what is mounted as a secret:
// its parts, and a private key that nobody knew. Neither what is shown nor the error has any of it.
func TestBaseBuildIsMasked(t *testing.T) {
	b := openBuilder(t)
	const canary = "c4n4ry-of-the-base-build"
	ctx := secret.With(t.Context(), term.NewSecrets())
	o := Options{Dir: t.TempDir(), Suite: "bookworm", Platform: "linux/amd64", NodeMajor: "24", Builder: b,
		Secrets: map[string][]byte{"token": []byte("//r.example/:_authToken=" + canary + "\n"), "bare": []byte(canary)},
		Say:     t.Logf}
	makeDebian(t, ctx, o)
	var shown bytes.Buffer
	o.Show = func() (image.Progress, func()) { return image.Progress{Out: &shown}, func() {} }
	for _, id := range []string{"token", "bare"} {
		text := "FROM scratch AS none\n"
		for _, stage := range targets {
			text += fmt.Sprintf("FROM debian:bookworm-slim AS %s\nARG DEBIAN_VERSION NODE_MAJOR_VERSION\n"+
				"RUN --mount=type=secret,id=%s [\"/step\", \"tell\", %[2]q]\n", stage, id)
		}
		o.Dockerfile = frontend.Dockerfile{Name: "docker/base.Dockerfile", Data: []byte(text)}
		shown.Reset()
		err := Make(ctx, o)
		if err == nil {
			t.Fatal("the steps do not fail")
		}
		for what, text := range map[string]string{"what is shown": shown.String(), "the error": err.Error()} {
			for _, part := range []string{canary, canary[:12], canary[12:], "a2V5LW9m"} {
				if strings.Contains(text, part) {
					t.Errorf("%s: %s has %q:\n%s", id, what, part, text)
				}
			}
			if !strings.Contains(text, "it is ") || !strings.Contains(text, secret.Stars) {
				t.Errorf("%s: %s does not have the step's lines:\n%s", id, what, text)
			}
		}
	}
}

// makeDebian puts an image of one program where Make has its Debian.
func makeDebian(t *testing.T, ctx context.Context, o Options) {
	t.Helper()
	tools := t.TempDir()
	goRun(t, "../image", "build", "-o", filepath.Join(tools, "step"), "./testdata/step")
	s := image.Spec{Name: "debian", Platforms: []string{o.Platform}, Bases: map[string]string{"tools": tools}, Raw: true,
		Dockerfile: frontend.Dockerfile{Name: "Dockerfile", Data: []byte("FROM scratch\nCOPY --from=tools /step /step\n")}}
	dir := filepath.Join(o.Dir, o.Suite, "debian-"+recipe)
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := image.Build(ctx, o.Builder, []image.Job{{Dir: dir, Spec: s}}, image.Progress{}); err != nil {
		t.Fatal(err)
	}
}
