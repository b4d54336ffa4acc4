package cli

import (
	"bytes"
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/target"
)

// inside is where targets run inside a test: a folder with a distribution of the miniature, and an environment.
type inside struct {
	t        *testing.T
	upstream *miniature.Upstream
	shared   string // the cache, and what all runs need
	process  Process
	out      bytes.Buffer
	story    bytes.Buffer
}

// noon is the moment of every run inside a test.
var noon = time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)

// newInside writes the distribution "mine" into a new folder.
func newInside(t *testing.T, upstream *miniature.Upstream, shared, address string) *inside {
	t.Helper()
	in := &inside{t: t, upstream: upstream, shared: shared}
	dir := t.TempDir()
	if err := miniature.WriteDistribution(filepath.Join(dir, "mine"), upstream.Dir, upstream); err != nil {
		t.Fatal(err)
	}
	in.process = Process{
		dir: dir, now: noon, stdout: &in.out, stderr: &in.story,
		caller: target.Caller{Program: "howdah", Config: "mine/howdah.toml"},
		environ: []string{
			"PATH=" + os.Getenv("PATH"), "HOME=" + shared, "HOWDAH_CACHE=" + filepath.Join(shared, "cache"),
			"HOWDAH_CONFIG=mine/howdah.toml", "BUILDKIT_HOST=tcp://127.0.0.1:1", "HOWDAH_BUILDER=tcp://127.0.0.1:1",
			"GITHUB_API_URL=" + hub(t), "GITHUB_REPOSITORY=owner/repo", "GITHUB_TOKEN=none",
			"HOWDAH_PORT=" + port(t), "HOWDAH_SOURCE_REPOSITORY=https://example.org/mini",
			"GOFLAGS=-mod=mod", "GOCACHE=" + goCache(t), "GOPROXY=off", "HOWDAH_REGISTRIES=" + address + "/mini",
		},
	}
	return in
}

// goCache is the cache of the go that runs the tests.
func goCache(t *testing.T) string {
	t.Helper()
	dir, err := askedGoCache()
	if err != nil {
		t.Skipf("go is not installed: %v", err)
	}
	return dir
}

// askedGoCache asks go once.
var askedGoCache = sync.OnceValues(func() (string, error) {
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	return strings.TrimSpace(string(out)), err
})

// run runs a target as it would be typed: positional arguments, then flags.
func (in *inside) run(ctx context.Context, one target.Target, typed ...string) int {
	in.out.Reset()
	in.story.Reset()
	var given []target.Given
	args := typed[:min(len(one.Args), len(typed))]
	for _, word := range typed[len(args):] {
		name, value, ok := strings.Cut(strings.TrimPrefix(word, "-"), "=")
		g := target.Given{Name: name}
		if ok {
			g.Value = &value
		}
		given = append(given, g)
	}
	return in.process.Run(ctx, one, args, given)
}

// must runs a target that only prepares another.
func (in *inside) must(one target.Target, typed ...string) {
	in.t.Helper()
	if code := in.run(in.t.Context(), one, typed...); code != 0 {
		in.t.Fatalf("%s ended with %d:\n%s%s", one.Name, code, in.out.String(), in.story.String())
	}
}

// write writes a file below the working folder.
func (in *inside) write(name, text string) {
	in.t.Helper()
	file := filepath.Join(in.process.dir, filepath.FromSlash(name))
	err := os.MkdirAll(filepath.Dir(file), 0o755)
	if err == nil {
		err = os.WriteFile(file, []byte(text), 0o644)
	}
	if err != nil {
		in.t.Fatal(err)
	}
}

// bases leaves bases.lock.
func (in *inside) bases() {
	in.t.Helper()
	lock, err := os.ReadFile(filepath.Join("testdata", "script", "publish.txtar"))
	if err != nil {
		in.t.Fatal(err)
	}
	_, bases, _ := strings.Cut(string(lock), "-- bases.lock --\n")
	bases, _, _ = strings.Cut(bases, "\n-- ")
	in.write("mine/bases.lock", bases+"\n")
}

// built leaves bases.lock, and what image:build would.
func (in *inside) built() {
	in.t.Helper()
	in.bases()
	if err := in.process.fabricate(in.t.Context()); err != nil {
		in.t.Fatal(err)
	}
}

// released leaves one release at the registry.
func (in *inside) released() {
	in.t.Helper()
	in.built()
	in.must(target.PublishPush)
}

// checkout makes the working folder a checkout of the tool, as far as init looks.
func (in *inside) checkout() {
	in.t.Helper()
	in.write("VERSION", "4.6.0-alpha.7\n")
	in.write("magefiles/magefile.go", "")
	for _, args := range [][]string{
		{"init", "-q"}, {"-c", "user.name=a", "-c", "user.email=a@x", "commit", "-q", "--allow-empty", "-m", "begin"},
	} {
		cmd := exec.CommandContext(in.t.Context(), "git", args...)
		cmd.Dir, cmd.Env = in.process.dir, in.process.environ
		if out, err := cmd.CombinedOutput(); err != nil {
			in.t.Fatalf("%v: %s", err, out)
		}
	}
}

// module makes the working folder a Go module with one test and one benchmark.
func (in *inside) module() {
	in.write("go.mod", "module example.org/one\n\ngo 1.26\n")
	in.write("one_test.go", "package one\n\nimport \"testing\"\n\nfunc TestOne(t *testing.T) {}\n\n"+
		"func BenchmarkOne(b *testing.B) {\n\tfor b.Loop() {\n\t}\n}\n")
}

// startRegistry serves a registry for the runs of one test.
func startRegistry(t *testing.T, dir string) string {
	t.Helper()
	server, err := loopback.Start(t.Context(), dir, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server.Address()
}

// hub answers as GitHub does where there is no issue.
func hub(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("[]"))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

// port is one at which nothing listens.
func port(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

// unreachable makes upstream's repository one that is not there.
func (in *inside) unreachable() {
	in.process.environ = append(in.process.environ, "HOWDAH_UPSTREAM_URL=nowhere.git")
}

// mailed leaves a patch to import.
func (in *inside) mailed() {
	in.write("one.patch", "Subject: Add a page\n\n---\ndiff --git a/one.md b/one.md\nnew file mode 100644\n"+
		"--- /dev/null\n+++ b/one.md\n@@ -0,0 +1 @@\n+One\n")
}

// insideDemo is one that has the demo's distribution in dist/demo too, as the README shows it.
func insideDemo(t *testing.T) *inside {
	t.Helper()
	up, err := WriteUpstream(filepath.Join(t.TempDir(), "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	in := newInside(t, up, t.TempDir(), "127.0.0.1:1")
	demo := filepath.Join(in.process.dir, "dist", "demo")
	if err := os.MkdirAll(demo, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := miniature.WriteDistribution(demo, up.Dir, up); err != nil {
		t.Fatal(err)
	}
	return in
}
