package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// What the short way of a release says: that nothing differs, or what it is that does.
const (
	nothingDiffers = "the same inputs were released as "
	originDiffers  = "the distribution, its settings, the options or the tool are not those of "
	dayDiffers     = "Debian's packages are of another day"
	commitDiffers  = " is at "
	olderCommit    = "an older commit is wanted than that of "
	commitUnknown  = "which commit is wanted shows once upstream is fetched"
	tagsDiffer     = "is not complete at every registry"
	noRelease      = "nothing is released yet"
)

// oneDifference is one thing that a run has otherwise than the run that released, and what the short way says of it.
type oneDifference struct {
	name   string
	change func(*inside)
	typed  []string
	says   string
}

// keyDifferences has another value for every key of howdah.toml, in the form of the environment, and what the short way
// says of it. An empty value is a key that another test has.
var keyDifferences = map[string]struct{ value, says string }{
	"name": {"other", noRelease}, "patches": {"mine/empty", originDiffers}, "howdah": {">= 0.1", nothingDiffers},
	"zone": {"Europe/Berlin", nothingDiffers}, "max_age": {"1h", nothingDiffers},
	"upstream.url": {}, "upstream.ref": {"stable-4.5", commitDiffers}, "upstream.settle": {"8000h", olderCommit},
	"upstream.watch": {"Gemfile", nothingDiffers},
	"image.name":     {"other", originDiffers}, "image.dockerfile": {"mine/other.Dockerfile", originDiffers},
	"image.role":         {"mastodon=web,mastodon-streaming=streaming", nothingDiffers},
	"source.repository":  {"https://example.org/other", originDiffers},
	"source.push":        {"https://example.org/fork", originDiffers},
	"publish.registries": {}, "publish.required": {}, "publish.visibility": {"private", nothingDiffers},
	"publish.moving": {"another", tagsDiffer}, "publish.insecure": {},
	"publish.port": {"5999", nothingDiffers}, "build.platforms": {"linux/arm64", originDiffers},
	"build.builder": {"tcp://127.0.0.1:2", nothingDiffers}, "build.tls": {"mine", nothingDiffers},
	"build.emulate": {"true", nothingDiffers}, "build.debian": {"bookworm", originDiffers},
	"build.ca": {"mine/VERSION", nothingDiffers}, "build.gem_mirror": {"https://example.org/gems", nothingDiffers},
	"build.npm_registry":  {"https://example.org/npm", nothingDiffers},
	"build.debian_mirror": {"https://example.org/debian", nothingDiffers},
	"build.git_mirror":    {"https://example.org/a=https://example.org/b", nothingDiffers},
	"build.args":          {"GEM_PACKAGES=other", originDiffers}, "build.compression": {"gzip", originDiffers},
	"build.cache": {"none", nothingDiffers}, "cache.dir": {}, "cache.max": {"1GB", nothingDiffers},
}

// differences are those that are no key: files, options, the day, the tool and upstream.
func differences() []oneDifference {
	file := func(name, text string) func(*inside) {
		return func(in *inside) {
			data, _ := os.ReadFile(filepath.Join(in.process.dir, name))
			in.write(name, string(data)+text)
		}
	}
	all := []oneDifference{
		{"nothing", func(*inside) {}, nil, nothingDiffers},
		{"another working folder", func(in *inside) {
			in.process.dir = filepath.Join(in.process.dir, "mine")
			in.process.environ = append(in.process.environ, "HOWDAH_CONFIG=howdah.toml")
		}, nil, nothingDiffers},
		{"another place", func(in *inside) {
			mine, to := filepath.Join(in.process.dir, "mine"), filepath.Join(in.process.dir, "elsewhere")
			if err := errors.Join(os.Rename(mine, to), os.Symlink("elsewhere", mine)); err != nil {
				in.t.Fatal(err)
			}
			in.process.environ = append(in.process.environ, "HOWDAH_CONFIG=elsewhere/howdah.toml")
		}, nil, nothingDiffers},
		{"watch.lock", file("mine/watch.lock", "# nothing\n"), nil, nothingDiffers},
		{"the series", file("mine/patches/series.toml", "# another line\n"), nil, originDiffers},
		{"a file that no change names", file("mine/patches/README", "read me\n"), nil, originDiffers},
		{"a mode", func(in *inside) {
			if err := os.Chmod(filepath.Join(in.process.dir, "mine/patches/series.toml"), 0o755); err != nil {
				in.t.Fatal(err)
			}
		}, nil, originDiffers},
		{"series.lock", file("mine/series.lock", "# another line\n"), nil, originDiffers},
		{"bases.lock", file("mine/bases.lock", "# another line\n"), nil, originDiffers},
		{"VERSION", func(in *inside) { in.write("mine/VERSION", "4.6.0-alpha.8\n") }, nil, originDiffers},
		{"-without", func(*inside) {}, []string{"-without=storage-retries"}, originDiffers},
		{"-date in a window", func(*inside) {}, []string{"-date=2026-06-15"}, originDiffers},
		{"-date, in no window either", func(*inside) {}, []string{"-date=2026-04-15"}, nothingDiffers},
		{"-ref, the same commit", func(*inside) {}, []string{"-ref=main"}, nothingDiffers},
		{"-ref, another branch", func(*inside) {}, []string{"-ref=stable-4.5"}, commitDiffers},
		{"-ref, a pattern of tags", func(*inside) {}, []string{"-ref=v4.5.*"}, commitDiffers},
		{"-ref, a branch that there is not", func(*inside) {}, []string{"-ref=nowhere"}, commitUnknown},
		{"a week later", func(in *inside) { in.process.now = noon.Add(8 * 24 * time.Hour) }, nil, dayDiffers},
		{"in the window", func(in *inside) { in.process.now = time.Date(2026, 6, 1, 12, 0, 0, 0, time.UTC) }, nil,
			originDiffers},
		{"-accept", func(*inside) {}, []string{"-accept=older", "-reason=tried"}, ""},
		{"-offline", func(*inside) {}, []string{"-offline"}, ""},
		{"the tool", func(in *inside) {
			before := session.Program
			session.Program = func() (string, error) { return "another", nil }
			in.t.Cleanup(func() { session.Program = before })
		}, nil, originDiffers},
	}
	dockerfile, _ := docker.Files.ReadFile("web.Dockerfile")
	for _, key := range config.Keys() {
		if one := keyDifferences[key.Path]; one.value != "" {
			all = append(all, oneDifference{key.Path, func(in *inside) {
				in.write("mine/empty/series.toml", "")
				in.write("mine/other.Dockerfile", string(dockerfile)+"# another line\n")
				in.process.environ = append(in.process.environ, key.Env[0]+"="+one.value)
			}, nil, one.says})
		}
	}
	return all
}

// untilCompared ends a run once the short way has said that something differs.
type untilCompared struct {
	*bytes.Buffer
	stop func()
}

func (w untilCompared) Write(p []byte) (int, error) {
	if m := compared.FindSubmatch(p); m != nil && !strings.Contains(string(m[1]), nothingDiffers) {
		w.stop()
	}
	return w.Buffer.Write(p)
}

var compared = regexp.MustCompile(`comparing with the newest release: (.*)`)

// TestUnchangedWithoutMirror releases again with one thing that differs, on a machine that has nothing: only where it
// decides nothing is the release taken for the same without upstream's history, and then nothing of that is fetched.
// With -short each fourth difference is tried.
func TestUnchangedWithoutMirror(t *testing.T) {
	shared := t.TempDir()
	upstream, err := WriteUpstream(filepath.Join(shared, "miniature", "mastodon.git"))
	if err != nil {
		t.Skipf("the miniature cannot be made: %v", err)
	}
	for _, key := range config.Keys() {
		if _, ok := keyDifferences[key.Path]; !ok {
			t.Errorf("keyDifferences does not say whether %s decides a release", key.Path)
		}
	}
	first := newInside(t, upstream, shared, startRegistry(t, t.TempDir()))
	first.released()
	for i, d := range differences() {
		if testing.Short() && i%4 != 0 {
			continue
		}
		t.Run(d.name, func(t *testing.T) {
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			in := &inside{t: t, upstream: upstream, shared: shared, process: first.process}
			in.process.dir, in.process.stdout, in.process.stderr = t.TempDir(), &in.out,
				untilCompared{&in.story, stop}
			mine, cache := filepath.Join(in.process.dir, "mine"), t.TempDir()
			err := os.CopyFS(mine, os.DirFS(filepath.Join(first.process.dir, "mine")))
			if err == nil {
				err = os.RemoveAll(filepath.Join(mine, "dist"))
			}
			if err != nil {
				t.Fatal(err)
			}
			in.process.environ = append(append([]string{}, first.process.environ...), "HOWDAH_CACHE="+cache)
			d.change(in)
			code := in.run(ctx, target.Release, append([]string{"-dry"}, d.typed...)...)
			said := ""
			if m := compared.FindStringSubmatch(in.story.String()); m != nil {
				said = m[1]
			}
			packs, _ := filepath.Glob(filepath.Join(cache, "mirror", "*.git", "objects", "pack", "*"))
			if d.says == "" && said != "" || !strings.Contains(said, d.says) {
				t.Errorf("said %q, want %q; exit code %d:\n%s%s", said, d.says, code, in.out.String(), in.story.String())
			}
			if d.says != nothingDiffers {
				return
			}
			if code != 0 || len(packs) > 0 || !strings.Contains(in.out.String(), "unchanged") {
				t.Errorf("exit code %d, packs %q:\n%s%s", code, packs, in.out.String(), in.story.String())
			}
			result, err := os.ReadFile(filepath.Join(mine, "dist", "release.json"))
			for _, want := range []string{`"state": "unchanged"`, `"schema": "2`, `"tree": "`, `"created": "2`} {
				if err != nil || !strings.Contains(string(result), want) {
					t.Errorf("no %s in release.json: %v\n%s", want, err, result)
				}
			}
		})
	}
}

// onceSaid does something before a run's story goes on from some words.
type onceSaid struct {
	story *bytes.Buffer
	words string
	do    func()
}

func (w *onceSaid) Write(p []byte) (int, error) {
	n, err := w.story.Write(p)
	if w.do != nil && strings.Contains(w.story.String(), w.words) {
		w.do()
		w.do = nil
	}
	return n, err
}

// TestSavedDuringRelease saves a file of the distribution once a run has read the series: what it releases is not of
// that file, and the next run must not say that nothing differs.
func TestSavedDuringRelease(t *testing.T) {
	shared := t.TempDir()
	upstream, err := WriteUpstream(filepath.Join(shared, "miniature", "mastodon.git"))
	if err != nil {
		t.Skipf("the miniature cannot be made: %v", err)
	}
	in := newInside(t, upstream, shared, startRegistry(t, t.TempDir()))
	in.built()
	saved := false
	in.process.stderr = &onceSaid{&in.story, "reading the registries", func() {
		in.write("mine/patches/README", "read me\n")
		saved = true
	}}
	in.must(target.PublishPush)
	if in.process.stderr = &in.story; !saved {
		t.Fatalf("the story has no word of the registries:\n%s", in.story.String())
	}
	in.run(t.Context(), target.Release, "-dry")
	if m := compared.FindStringSubmatch(in.story.String()); m == nil || !strings.Contains(m[1], originDiffers) {
		t.Errorf("said %q, want %q:\n%s", m, originDiffers, in.story.String())
	}
}
