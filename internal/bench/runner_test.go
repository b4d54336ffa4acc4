package bench

import (
	"bytes"
	"cmp"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/view"
)

// daysVariable is how many days of upstream BenchmarkRunner releases after the first.
const daysVariable = "HOWDAH_BENCH_DAYS"

// The command of a Dockerfile that begins to install Debian's packages, as it is and as another day would make it.
const (
	packagesBefore = `: "packages of `
	packagesAfter  = `: "refreshed packages of `
)

// BenchmarkRunner is the scenario "runner": releases of upstream's last days, each on a runner that has nothing but the
// program, the bases and BuildKit: new HOME, new cache, a registry on loopback behind a proxy that counts bytes. It is
// the miniature's unless HOWDAH_UPSTREAM_URL or HOWDAH_CONFIG names another upstream or distribution. It prints a
// table; times are ratios to the cold run.
func BenchmarkRunner(b *testing.B) {
	days, err := strconv.Atoi(cmp.Or(os.Getenv(daysVariable), "3"))
	if err != nil || days < 1 {
		b.Fatalf("%s=%s is not a number of days", daysVariable, os.Getenv(daysVariable))
	}
	for b.Loop() {
		r := newRunner(b)
		r.show = func() { fmt.Println("\n" + table(r.measured)) } // it takes an hour: each step counts
		r.all(days)
	}
}

// TestRunner is the scenario with one day of the miniature: what is there is neither built, brought nor sent again.
func TestRunner(t *testing.T) {
	if os.Getenv("HOWDAH_TEST_RUNNER") == "" {
		t.Skip("skipped: releases four times on new runners, which takes minutes: set HOWDAH_TEST_RUNNER=1")
	}
	for _, name := range []string{"HOWDAH_CONFIG", "HOWDAH_UPSTREAM_URL", "HOWDAH_PATCHES", "HOWDAH_DEBIAN"} {
		t.Setenv(name, "")
		_ = os.Unsetenv(name)
	}
	r := newRunner(t)
	r.all(1)
	t.Log("\n" + table(r.measured))
	cold, same, day := r.measured[0], r.measured[1], r.measured[2]
	if down := same.down[registryTraffic]; same.state != view.Unchanged || down > cold.up[registryTraffic]/10 {
		t.Errorf("nothing new: %s, %d bytes down of %d", same.state, down, cold.up[registryTraffic])
	}
	if same.git > 0 {
		t.Errorf("nothing new: %d bytes of upstream's history were fetched", same.git)
	}
	if up := same.up[registryTraffic]; up > 1000 {
		t.Errorf("nothing new: %d bytes were sent", up)
	}
	if up := day.up[registryTraffic]; day.state != view.Done || up > cold.up[registryTraffic]/2 {
		t.Errorf("a usual day: %s, %d bytes were sent of %d", day.state, up, cold.up[registryTraffic])
	}
	if debian := day.down[debianTraffic]; debian > cold.down[debianTraffic]/2 {
		t.Errorf("a usual day: %d bytes of Debian's, cold %d", debian, cold.down[debianTraffic])
	}
	for name, all := range cold.pulled {
		if day.pulled[name] > all/10 {
			t.Errorf("a usual day: a node pulls %d of %d bytes of %s", day.pulled[name], all, name)
		}
	}
}

// scenario is one run of the scenario.
type scenario struct {
	tb               testing.TB
	root             string // the checkout of the tool
	program          string
	config           string // the distribution's folder, which each step copies
	shared           string // the cache folder that has the bases and BuildKit
	upstream, branch string // a repository whose branch each step moves to its commit; "" where upstream is elsewhere
	env              []string
	store            string // the registry itself
	host             string // the proxy before it
	counts           *traffic
	before           map[string][]string // the layers of each image that a node has
	// refreshed builds with packages of another day.
	refreshed bool
	measured  []measure
	show      func() // called after each step
}

// measure is what one step took.
type measure struct {
	name, commit string
	state        string
	took         time.Duration
	down, up     map[string]int64
	git          int64            // the packs that were fetched
	pulled       map[string]int64 // what a node that has the release before pulls, by image
	disk         int64
}

func newRunner(tb testing.TB) *scenario {
	tb.Helper()
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		tb.Skip("skipped: the embedded BuildKit needs root on Linux")
	}
	r := &scenario{tb: tb, counts: newTraffic(), before: map[string][]string{}, show: func() {}}
	var err error
	if r.root, err = filepath.Abs("../.."); err != nil {
		tb.Fatal(err)
	}
	dir := tb.TempDir()
	r.program = filepath.Join(dir, "howdah")
	run(tb, r.root, "go", "build", "-o", r.program, "./cmd/howdah")
	r.shared = os.Getenv("HOWDAH_CACHE")
	if r.shared == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			tb.Fatal(err)
		}
		r.shared = filepath.Join(user, "howdah")
	}
	r.distribution(dir)
	server, err := loopback.Start(tb.Context(), filepath.Join(dir, "registry"), "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() { _ = server.Close() })
	r.store = server.Address()
	r.host = strings.TrimPrefix(serve(tb, r.counts.forward(tb, registryTraffic, "http://"+r.store)).URL, "http://")
	r.surround(dir)
	r.prepare()
	return r
}

// distribution finds the distribution that is released: HOWDAH_CONFIG's, the tool's own with another upstream, or the
// miniature's.
func (r *scenario) distribution(dir string) {
	r.tb.Helper()
	if given := os.Getenv("HOWDAH_CONFIG"); given != "" || os.Getenv("HOWDAH_UPSTREAM_URL") != "" {
		if r.config = cmp.Or(given, r.root); strings.HasSuffix(given, ".toml") {
			r.config = filepath.Dir(given)
		}
		if from := os.Getenv("HOWDAH_UPSTREAM_URL"); filepath.IsAbs(from) {
			r.upstream = filepath.Join(dir, "upstream.git")
			run(r.tb, dir, "git", "clone", "--quiet", "--mirror", "--shared", from, r.upstream)
			run(r.tb, r.upstream, "git", "config", "uploadpack.allowFilter", "true")
			run(r.tb, r.upstream, "git", "config", "uploadpack.allowAnySHA1InWant", "true")
		}
		return
	}
	up, err := miniature.WriteUpstream(r.tb.Context(), filepath.Join(dir, "miniature", "mastodon.git"), "")
	r.config = filepath.Join(dir, "distribution")
	if err == nil {
		r.upstream = up.Dir
		err = miniature.WriteDistribution(r.config, up.Dir, up)
	}
	if err != nil {
		r.tb.Fatal(err)
	}
}

// surround makes the environment of every step, in which whatever can be counted comes through a server of ours.
func (r *scenario) surround(dir string) {
	r.tb.Helper()
	proxy := serve(r.tb, r.counts).URL
	if r.upstream != "" {
		r.env = append(r.env, "HOWDAH_UPSTREAM_URL="+r.upstream)
	}
	r.env = append(r.env, "HOWDAH_REGISTRIES="+r.host+"/bench", "HOWDAH_MOVING=edge",
		"HOWDAH_SOURCE_REPOSITORY=https://example.org/bench", "HTTP_PROXY="+proxy, "http_proxy="+proxy,
		"NO_PROXY=127.0.0.1,localhost", "no_proxy=127.0.0.1,localhost", "CI=true", "GITHUB_OUTPUT=", "GITHUB_STEP_SUMMARY=")
	if given := os.Getenv("HOWDAH_GEM_MIRROR"); given != "" {
		var server *httptest.Server
		if strings.Contains(given, "://") {
			server = serve(r.tb, r.counts.forward(r.tb, gemTraffic, given))
		} else {
			server = serve(r.tb, r.counts.counted(gemTraffic, http.FileServer(http.Dir(given))))
		}
		r.env = append(r.env, "HOWDAH_GEM_MIRROR="+server.URL)
	}
	if given := os.Getenv("HOWDAH_NPM_REGISTRY"); given != "" { // Yarn wants TLS
		server := serveTLS(r.tb, r.counts.forward(r.tb, npmTraffic, given))
		bundle := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
		for _, name := range []string{os.Getenv("HOWDAH_CA"), os.Getenv("SSL_CERT_FILE")} {
			if data, err := os.ReadFile(name); err == nil {
				bundle = append(data, append([]byte("\n"), bundle...)...)
				break
			}
		}
		file := filepath.Join(dir, "ca.pem")
		write(r.tb, file, bundle)
		r.env = append(r.env, "HOWDAH_NPM_REGISTRY="+server.URL, "HOWDAH_CA="+file)
	}
}

// prepare has the bases and BuildKit made once, which every runner is given: a hosted one pulls both as images.
func (r *scenario) prepare() {
	r.tb.Helper()
	config := r.copied(filepath.Join(r.tb.TempDir(), "distribution"))
	made, bad := base.List(filepath.Join(r.shared, "bases"), os.Getenv("HOWDAH_DEBIAN"))
	for _, err := range bad {
		r.tb.Log(err)
	}
	if os.Getenv("HOWDAH_DEBIAN") == "" || len(made) == 0 || len(bad) > 0 { // those that are there serve, of whichever day
		r.howdah(config, nil, "base", "build")
	}
	if _, err := os.Stat(r.buildkit(r.shared)); errors.Is(err, fs.ErrNotExist) {
		r.howdah(config, nil, "builder", "up")
		r.howdah(config, nil, "builder", "down")
	}
}

func (r *scenario) buildkit(cache string) string {
	return filepath.Join(cache, "buildkit", "buildkitd-"+buildkitd.Version())
}

// howdah runs the program on a distribution.
func (r *scenario) howdah(config string, env []string, args ...string) time.Duration {
	r.tb.Helper()
	cmd := exec.CommandContext(r.tb.Context(), r.program, args...)
	cmd.Dir = r.root
	cmd.Env = slices.Concat(os.Environ(), []string{"HOWDAH_CONFIG=" + config, "HOWDAH_CACHE=" + r.shared}, env)
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	began := time.Now()
	err := cmd.Run()
	took := time.Since(began)
	if err != nil {
		lines := strings.Split(said.String(), "\n")
		r.tb.Fatalf("%s: %v\n%s", strings.Join(args, " "), err, strings.Join(lines[max(0, len(lines)-60):], "\n"))
	}
	r.tb.Logf("%s took %s", strings.Join(args, " "), took.Round(time.Second))
	for line := range strings.Lines(said.String()) {
		if strings.HasPrefix(line, "comparing with the newest release: ") { // why a release goes the long way
			r.tb.Log(strings.TrimSpace(line))
		}
	}
	return took
}

// all goes through the steps: cold, nothing new, a day, refreshed packages, and the other days.
func (r *scenario) all(days int) {
	r.tb.Helper()
	commits := r.commits(days + 1)
	r.step("cold", commits[0])
	r.step("nothing new", commits[0])
	r.step("usual day", commits[1])
	r.refreshed = true
	r.step("packages", commits[1])
	for _, commit := range commits[2:] {
		r.step("usual day", commit)
	}
}

// commits are the last ones of upstream's last days on which there was one, the oldest first.
func (r *scenario) commits(days int) (out []string) {
	r.tb.Helper()
	home := r.tb.TempDir()
	cache, config := filepath.Join(home, "cache"), r.copied(filepath.Join(home, "distribution"))
	r.howdah(config, append(slices.Clone(r.env), "HOWDAH_CACHE="+cache), "upstream", "fetch")
	var pin struct{ Commit, Ref string }
	data, err := os.ReadFile(filepath.Join(config, "dist", "upstream-fetch.json"))
	if err == nil {
		err = json.Unmarshal(data, &pin)
	}
	mirrors, _ := filepath.Glob(filepath.Join(cache, "mirror", "*.git"))
	if err != nil || len(mirrors) != 1 || pin.Commit == "" {
		r.tb.Fatalf("fetching upstream: %v, mirrors %q, pin %q", err, mirrors, pin.Commit)
	}
	r.branch = "refs/heads/" + pin.Ref
	cmd := exec.CommandContext(r.tb.Context(), "git", "log", "--first-parent", "--format=%H %cd", "--date=short-local",
		pin.Commit)
	cmd.Dir, cmd.Env = mirrors[0], append(os.Environ(), "TZ=UTC")
	log, err := cmd.Output()
	if err != nil {
		r.tb.Fatal(err)
	}
	last := ""
	for line := range strings.Lines(string(log)) {
		id, day, _ := strings.Cut(strings.TrimSpace(line), " ")
		if day == last {
			continue
		}
		last = day
		if out = append(out, id); len(out) == days {
			break
		}
	}
	if len(out) < days {
		r.tb.Fatalf("upstream has commits on %d days only", len(out))
	}
	slices.Reverse(out)
	return out
}

// copied is the distribution as a runner checks it out.
func (r *scenario) copied(to string) string {
	r.tb.Helper()
	if err := os.CopyFS(to, checkoutFS{os.DirFS(r.config)}); err != nil {
		r.tb.Fatal(err)
	}
	return to
}

// refresh gives a runner Dockerfiles whose command that installs packages differs by a word, as it does on another day.
func (r *scenario) refresh(dir string) {
	r.tb.Helper()
	for _, name := range []string{"web.Dockerfile", "streaming.Dockerfile"} {
		file := filepath.Join(dir, name)
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			data, err = docker.Files.ReadFile(name)
		}
		if err != nil || !bytes.Contains(data, []byte(packagesBefore)) {
			r.tb.Fatalf("%s does not install packages: %v", name, err)
		}
		write(r.tb, file, bytes.ReplaceAll(data, []byte(packagesBefore), []byte(packagesAfter)))
	}
}

// step releases a commit on a new runner, and measures what it took.
func (r *scenario) step(name, commit string) {
	r.tb.Helper()
	home, err := os.MkdirTemp(r.tb.TempDir(), "runner-")
	if err != nil {
		r.tb.Fatal(err)
	}
	defer os.RemoveAll(home)
	cache, config := filepath.Join(home, "cache"), r.copied(filepath.Join(home, "distribution"))
	err = errors.Join(os.MkdirAll(filepath.Dir(r.buildkit(cache)), 0o755),
		os.Symlink(r.buildkit(r.shared), r.buildkit(cache)),
		os.Symlink(filepath.Join(r.shared, "bases"), filepath.Join(cache, "bases")))
	if err != nil {
		r.tb.Fatal(err)
	}
	if mine, err := os.UserHomeDir(); err == nil { // how this machine reaches repositories is a runner's own too
		if data, err := os.ReadFile(filepath.Join(mine, ".gitconfig")); err == nil {
			write(r.tb, filepath.Join(home, ".gitconfig"), data)
		}
	}
	if r.refreshed {
		r.refresh(filepath.Join(config, "docker"))
	}
	typed := []string{"release", "-ref=" + commit}
	if r.upstream != "" { // as a schedule has it: the branch's newest commit
		run(r.tb, r.upstream, "git", "update-ref", r.branch, commit)
		typed = typed[:1]
	}
	r.counts.take()
	m := measure{name: name, commit: commit[:9]}
	m.took = r.howdah(config, append(slices.Clone(r.env), "HOME="+home, "HOWDAH_CACHE="+cache), typed...)
	m.down, m.up = r.counts.take()
	var release view.Release
	data, err := os.ReadFile(filepath.Join(config, "dist", "release.json"))
	if err == nil {
		err = json.Unmarshal(data, &release)
	}
	if err != nil {
		r.tb.Fatal(err)
	}
	m.state, m.pulled = release.State, r.pulled(release)
	packs, _ := filepath.Glob(filepath.Join(cache, "mirror", "*.git", "objects", "pack", "*.pack"))
	for _, name := range packs {
		if info, err := os.Stat(name); err == nil {
			m.git += info.Size()
		}
	}
	m.disk, _ = files.Usage(home)
	r.measured = append(r.measured, m)
	r.show()
}
