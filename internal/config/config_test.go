package config

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/golden"
	"golang.org/x/tools/txtar"
)

// unpack writes an archive's files into a new folder, makes it the working directory, and gives the rest.
// "env" is the environment. Everything but "want" and "env" becomes a file.
func unpack(t *testing.T, archive *txtar.Archive) (environ []string, want string) {
	t.Helper()
	dir := t.TempDir()
	t.Chdir(dir)
	environ = []string{"HOWDAH_CACHE=" + filepath.Join(dir, "cache")}
	for _, f := range archive.Files {
		switch f.Name {
		case "env":
			environ = append(environ, strings.Split(strings.TrimSuffix(string(f.Data), "\n"), "\n")...)
		case "want":
			want = string(f.Data)
		default:
			if err := os.MkdirAll(filepath.Dir(f.Name), 0o755); err != nil {
				t.Fatal(err)
			}
			data := strings.NewReplacer(`<BOM>`, "\ufeff", `<CR>`, "\r", `<NUL>`, "\x00", `<FF>`, "\xff", `<BIDI>`, "\u202e").
				Replace(string(f.Data))
			if err := os.WriteFile(f.Name, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := os.MkdirAll("patches", 0o755); err != nil {
		t.Fatal(err)
	}
	return environ, want
}

// told is an error as people see it: a line each, hints below.
func told(err error) string {
	var b strings.Builder
	errs := []error{err}
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		errs = joined.Unwrap()
	}
	for _, e := range errs {
		b.WriteString(e.Error() + "\n")
		if hint := fault.HintOf(e).String(); hint != "" {
			b.WriteString("hint: " + hint + "\n")
		}
	}
	return b.String()
}

// Each refusal has its exit code, its place, a cause and, where there is one, a next step.
func TestRefused(t *testing.T) {
	files, _ := filepath.Glob("testdata/refused/*.txtar")
	if len(files) < 60 {
		t.Fatalf("%d cases", len(files))
	}
	for _, file := range files {
		file, _ = filepath.Abs(file)
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			environ, _ := unpack(t, archive)
			c, err := loadHere(t, environ)
			if err == nil {
				t.Fatalf("accepted: %+v", c)
			}
			if fault.CodeOf(err) != fault.Usage {
				t.Errorf("code %d", fault.CodeOf(err))
			}
			got := told(err)
			if strings.Count(got, "hint: ") != strings.Count(got, "\n")/2 {
				t.Errorf("a refusal without a next step:\n%s", got)
			}
			if strings.Contains(got, "hunter22") || strings.Contains(got, "ghp_") {
				t.Errorf("tells a secret: %s", got)
			}
			if wd, _ := os.Getwd(); strings.Contains(got, wd) {
				t.Errorf("names the test's own folder: %s", got)
			}
			golden.Part(t, file, archive, got)
		})
	}
}

func load(t *testing.T, text string, environ ...string) *Config {
	t.Helper()
	e, _ := unpack(t, &txtar.Archive{Files: []txtar.File{{Name: "howdah.toml", Data: []byte(text)}}})
	c, err := loadHere(t, append(e, environ...))
	if err != nil {
		t.Fatal(told(err))
	}
	return c
}

func TestDefaults(t *testing.T) {
	c := load(t, "name = \"example\"\n")
	wd, _ := os.Getwd()
	want := &Config{
		File: "howdah.toml", Root: wd, Dist: filepath.Join(wd, "dist"), Name: "example",
		Patches: []Path{{"patches", filepath.Join(wd, "patches")}}, Zone: time.UTC, MaxAge: 7 * 24 * time.Hour,
		Upstream: Upstream{URL: "https://github.com/mastodon/mastodon.git", Ref: "main",
			Watch: []string{"Dockerfile", "streaming/Dockerfile", ".env.production.sample", ".ruby-version", ".nvmrc"}},
		Web:       Image{"mastodon", Web, Path{Name: "web.Dockerfile"}},
		Streaming: Image{"mastodon-streaming", Streaming, Path{Name: "streaming.Dockerfile"}},
		Publish:   Publish{Public: true, Port: 5050},
		Build: Build{Platforms: []string{"linux/amd64"}, Builder: "auto", Debian: "bookworm",
			Compression: "zstd", Cache: BuildCache{Registry: true}},
		Cache: Cache{dir: filepath.Join(wd, "cache"), Max: 30e9},
	}
	c.places = nil
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

const full = `name = "vmst"
howdah = ">= 1.4"
patches = ["patches", "other/mine"]
zone = "Europe/Berlin"
max_age = "3d"

[upstream]
url = "../mastodon.git"
ref = "v4.5.*"
settle = "6h"
watch = ["Dockerfile"]

[[image]]
name = "masto-ws"
dockerfile = "docker/streaming.Dockerfile"

[[image]]
name = "masto"
dockerfile = "docker/web.Dockerfile"

[source]
repository = "https://github.com/me/howdah"
push = "git@github.com:me/mastodon.git"

[publish]
registries = ["ghcr.io/me", "index.docker.io/me", "127.0.0.1:5001"]
required = ["docker.io/me"]
visibility = "private"
moving = ["edge"]
insecure = ["127.0.0.1:5001"]
port = 5051

[build]
platforms = ["linux/amd64", "linux/arm64"]
builder = { "linux/amd64" = "tcp://a:1234", "linux/arm64" = "kube-pod://b" }
emulate = true
debian = "trixie"
compression = "gzip"
ca = "ca.pem"
gem_mirror = "http://10.0.0.1:8808/"
args = { "BUNDLE_JOBS" = "2" }

[cache]
dir = "c"
max = "2GiB"
`

func unpackFull(t *testing.T) []string {
	e, _ := unpack(t, &txtar.Archive{Files: []txtar.File{
		{Name: "site/howdah.toml", Data: []byte(full)}, {Name: "site/docker/web.Dockerfile"},
		{Name: "site/docker/streaming.Dockerfile"},
		{Name: "site/ca.pem"}, {Name: "site/other/mine/series.toml"}, {Name: "site/patches/series.toml"},
		{Name: "mine/series.toml"},
	}})
	return append(e[1:], "HOWDAH_CONFIG=site/howdah.toml")
}

// Paths in howdah.toml start at its folder; every key has its effect.
func TestFull(t *testing.T) {
	c, err := loadHere(t, unpackFull(t))
	if err != nil {
		t.Fatal(told(err))
	}
	wd, _ := os.Getwd()
	site := filepath.Join(wd, "site")
	berlin, _ := time.LoadLocation("Europe/Berlin")
	want := &Config{
		File: "site/howdah.toml", Root: site, Dist: filepath.Join(site, "dist"), Name: "vmst", tool: ">= 1.4",
		Patches: []Path{{"site/patches", filepath.Join(site, "patches")},
			{"site/other/mine", filepath.Join(site, "other/mine")}},
		Zone: berlin, MaxAge: 72 * time.Hour,
		Upstream: Upstream{URL: filepath.Join(wd, "mastodon.git"), Ref: "v4.5.*", Settle: 6 * time.Hour,
			Watch: []string{"Dockerfile"}},
		Web: Image{"masto", Web, Path{"site/docker/web.Dockerfile", filepath.Join(site, "docker/web.Dockerfile")}},
		Streaming: Image{"masto-ws", Streaming,
			Path{"site/docker/streaming.Dockerfile", filepath.Join(site, "docker/streaming.Dockerfile")}},
		Source: Source{"https://github.com/me/howdah", "git@github.com:me/mastodon.git"},
		Publish: Publish{Registries: []string{"ghcr.io/me", "docker.io/me", "127.0.0.1:5001"},
			Required: []string{"docker.io/me"},
			Moving:   []string{"edge"}, Insecure: []string{"127.0.0.1:5001"}, Port: 5051},
		Build: Build{Platforms: []string{"linux/amd64", "linux/arm64"}, Builder: "auto",
			Builders: map[string]string{"linux/amd64": "tcp://a:1234", "linux/arm64": "kube-pod://b"}, Emulate: true,
			Debian: "trixie",
			CA:     Path{"site/ca.pem", filepath.Join(site, "ca.pem")}, GemMirror: "http://10.0.0.1:8808",
			Args:        map[string]string{"BUNDLE_JOBS": "2"},
			Compression: "gzip", Cache: BuildCache{Registry: true}},
		Cache: Cache{filepath.Join(site, "c"), 2 << 30},
	}
	if f, n := c.at("publish.moving"); f != "site/howdah.toml" || n != 29 {
		t.Errorf("publish.moving is at %s:%d", f, n)
	}
	if f, n := c.at("image.web.name"); f != "site/howdah.toml" || n != 18 {
		t.Errorf("image.web.name is at %s:%d", f, n)
	}
	c.places = nil
	if !reflect.DeepEqual(c, want) {
		t.Errorf("got  %+v\nwant %+v", c, want)
	}
}

// sample is a value for each variable that differs from the one in full.
var sample = map[string]string{
	"HOWDAH_NAME": "other", "HOWDAH_HOWDAH": "< 9", "HOWDAH_PATCHES": "mine", "HOWDAH_ZONE": "Asia/Tokyo",
	"HOWDAH_MAX_AGE":      "1d",
	"HOWDAH_UPSTREAM_URL": "up.git", "HOWDAH_UPSTREAM_REF": "main", "HOWDAH_UPSTREAM_SETTLE": "none",
	"HOWDAH_UPSTREAM_WATCH": ".nvmrc,Gemfile",
	"HOWDAH_IMAGE_WEB_NAME": "web", "HOWDAH_IMAGE_STREAMING_NAME": "ws",
	"HOWDAH_IMAGE_WEB_DOCKERFILE":       "site/docker/streaming.Dockerfile",
	"HOWDAH_IMAGE_STREAMING_DOCKERFILE": "site/docker/web.Dockerfile",
	"HOWDAH_IMAGE_ROLES":                "masto-ws=web,masto=streaming",
	"HOWDAH_SOURCE_REPOSITORY":          "https://codeberg.org/me/h", "HOWDAH_SOURCE_PUSH": "none",
	"HOWDAH_REGISTRIES": "docker.io/me, quay.io/me",
	"HOWDAH_REQUIRED":   "ghcr.io/me", "HOWDAH_VISIBILITY": "public", "HOWDAH_MOVING": "none", "HOWDAH_INSECURE": "none",
	"HOWDAH_PORT":      "6000",
	"HOWDAH_PLATFORMS": "linux/arm64,linux/amd64", "HOWDAH_BUILDER": "embedded", "HOWDAH_TLS": "mine",
	"HOWDAH_EMULATE": "false", "HOWDAH_DEBIAN": "bookworm",
	"HOWDAH_CA": "site/howdah.toml", "HOWDAH_GEM_MIRROR": "mine", "HOWDAH_NPM_REGISTRY": "https://npm.example",
	"HOWDAH_DEBIAN_MIRROR": "http://deb.example/debian",
	"HOWDAH_GIT_MIRROR":    "https://github.com/mastodon/webpush.git=mine/webpush.git", "HOWDAH_ARGS": "A=b,C=d",
	"HOWDAH_BUILD_CACHE": "type=s3,bucket=b,region=r", "HOWDAH_COMPRESSION": "zstd", "HOWDAH_CACHE": "cc",
	"HOWDAH_CACHE_MAX": "5GB",
}

// Every key has a variable that wins over it.
func TestEveryKeyHasAVariable(t *testing.T) {
	environ := unpackFull(t)
	before, err := loadHere(t, environ)
	if err != nil {
		t.Fatal(told(err))
	}
	seen := map[string]bool{}
	for _, key := range Keys() {
		if len(key.Env) == 0 || key.Doc == "" {
			t.Errorf("%s: no variable, or no words", key.Path)
		}
		for _, name := range key.Env {
			if seen[name] {
				t.Errorf("%s is listed twice", name)
			}
			seen[name] = true
			value, ok := sample[name]
			if !ok {
				t.Errorf("no sample of %s", name)
				continue
			}
			after, err := loadHere(t, append(environ, name+"="+value))
			if err != nil {
				t.Errorf("%s=%s: %s", name, value, told(err))
				continue
			}
			a, b := *after, *before
			a.places, b.places = nil, nil
			if reflect.DeepEqual(a, b) {
				t.Errorf("%s=%s changes nothing", name, value)
			}
		}
	}
}

// Paths in the environment start at the working directory.
func TestEnvironmentPaths(t *testing.T) {
	c, err := loadHere(t, append(unpackFull(t), "HOWDAH_PATCHES=mine", "HOWDAH_UPSTREAM_URL=up.git", "HOWDAH_CACHE=cc"))
	if err != nil {
		t.Fatal(told(err))
	}
	wd, _ := os.Getwd()
	for got, want := range map[string]string{c.Patches[0].Abs: "mine", c.Upstream.URL: "up.git",
		c.Cache.In("mirror"): "cc/mirror"} {
		if got != filepath.Join(wd, want) {
			t.Errorf("%s, not %s", got, want)
		}
	}
	if f, n := c.at("upstream.url"); f != "HOWDAH_UPSTREAM_URL" || n != 0 {
		t.Errorf("upstream.url is at %s:%d", f, n)
	}
}

// A trial in other registries needs no other howdah.toml.
func TestRegistriesFromEnvironment(t *testing.T) {
	c, err := loadHere(t, append(unpackFull(t), "HOWDAH_REGISTRIES=none"))
	if err != nil {
		t.Fatal(told(err))
	}
	if len(c.Publish.Registries)+len(c.Publish.Required) > 0 {
		t.Errorf("%+v", c.Publish)
	}
}

func TestWarnsOfUnknownVariable(t *testing.T) {
	c := load(t, "name = \"x\"\n", "HOWDAH_REGISTRY=ghcr.io/me", "HOWDAH_SERVICE_HOST=10.0.0.1")
	if want := []string{"HOWDAH_REGISTRY: no such setting; is HOWDAH_REGISTRIES meant?"}; !slices.Equal(c.Warnings, want) {
		t.Errorf("%q", c.Warnings)
	}
}

func TestWindowsLineEnds(t *testing.T) {
	if c := load(t, "name = \"x\"\r\n\r\n[upstream]\r\n\tref = \"stable-4.5\"\r\n"); c.Upstream.Ref != "stable-4.5" {
		t.Error(c.Upstream.Ref)
	}
}

func TestTool(t *testing.T) {
	c := load(t, "name = \"x\"\nhowdah = \">= 1.4, < 2\"\n")
	for _, tool := range []string{"v1.4.0", "1.9.3", "v1.4.0-rc.1"} {
		if note, err := c.Tool(tool); note != "" || err != nil {
			t.Errorf("%s: %q, %v", tool, note, err)
		}
	}
	for _, tool := range []string{"", "(devel)", "v0.0.0-20260430120000-abcdefabcdef"} {
		if note, err := c.Tool(tool); note == "" || err != nil {
			t.Errorf("%s: %q, %v", tool, note, err)
		}
	}
	for _, tool := range []string{"v1.3.9", "v2.0.0"} {
		_, err := c.Tool(tool)
		if fault.CodeOf(err) != fault.Usage || !strings.HasPrefix(err.Error(), "howdah.toml:2: ") {
			t.Errorf("%s: %v", tool, err)
		}
	}
}

// FuzzParse: any bytes give keys with lines that exist, or an error with a place.
func FuzzParse(f *testing.F) {
	// Small seeds, one for each form: a fuzzer spends its time on minimizing a large one.
	for _, s := range []string{"name = 'x'\n", "a.b.c = 1\n", "[a]\nb = [1, 2]\n", "[[image]]\nname = 'x'\n",
		"a = {b = 1}\n", "x = \"\"\"\n\"\"\"\n"} {
		f.Add([]byte(s))
	}
	f.Add([]byte("a = {b = [1, {c = 2}]}\n[[image]]\n[[image]]\nname = 'x'\n[a.b]\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := parse("f", data)
		if err != nil {
			var e *fault.Error
			if !errors.As(err, &e) || e.Code != fault.Usage || e.File != "f" {
				t.Fatalf("%v", err)
			}
			return
		}
		known := map[string]bool{}
		for _, k := range Keys() {
			known[k.Path] = true
		}
		lines := strings.Count(string(data), "\n") + 1
		for _, leaf := range doc.leaves(func(key string) bool { return known[key] }) {
			if n := doc.line(leaf.path); n < 1 || n > lines {
				t.Fatalf("%q is on line %d of %d", leaf.path, n, lines)
			}
		}
	})
}

// loadHere reads the howdah.toml of the working folder.
func loadHere(t *testing.T, environ []string) (*Config, error) {
	t.Helper()
	work, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return Load(work, "", environ)
}

// An account with another name, or a repository that is called so, is no placeholder.
func TestAccountsLikeThePlaceholder(t *testing.T) {
	want := []string{"ghcr.io/yours", "registry.example.org/team/you/images", "you.example.org/me"}
	c := load(t, "name = \"x\"\n[source]\nrepository = \"https://github.com/me/you\"\n[publish]\nregistries = "+
		`["`+strings.Join(want, `", "`)+"\"]\n")
	if !slices.Equal(c.Publish.Registries, want) {
		t.Errorf("%q", c.Publish.Registries)
	}
}
