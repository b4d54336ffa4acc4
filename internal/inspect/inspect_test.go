package inspect_test

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/inspect"
)

// A layer's line is "PATH MODE [-> TARGET | = TARGET | CONTENT]": -> is a symbolic link, = a hard one.
func layer(t *testing.T, lines ...string) v1.Layer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, line := range lines {
		var name, rest string
		var mode int64
		if _, err := fmt.Sscanf(line, "%s %o", &name, &mode); err != nil {
			t.Fatalf("%q: %v", line, err)
		}
		if parts := strings.SplitN(line, " ", 3); len(parts) == 3 {
			rest = parts[2]
		}
		h := &tar.Header{Name: name, Mode: mode, Typeflag: tar.TypeReg, Size: int64(len(rest)), ModTime: time.Unix(1e9, 0)}
		switch {
		case strings.HasSuffix(name, "/"):
			h.Typeflag, h.Size = tar.TypeDir, 0
		case strings.HasPrefix(rest, "-> "):
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, rest[3:], 0
		case strings.HasPrefix(rest, "= "):
			h.Typeflag, h.Linkname, h.Size = tar.TypeLink, rest[2:], 0
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			io.WriteString(w, rest)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func build(t *testing.T, config v1.Config, layers ...v1.Layer) v1.Image {
	t.Helper()
	img, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		t.Fatal(err)
	}
	if img, err = mutate.Config(img, config); err != nil {
		t.Fatal(err)
	}
	return img
}

const rbconfig = "usr/local/lib/ruby/3.4.0/x86_64-linux/rbconfig.rb 644 " +
	`  CONFIG["MAJOR"] = "3"; CONFIG["RUBY_PROGRAM_VERSION"] = "3.4.7"; CONFIG["YJIT_SUPPORT"] = "yes"`

var base = []string{
	"bin 777 -> usr/bin", "usr/ 755", "usr/bin/ 755", "usr/bin/tini 755 elf", "usr/bin/passwd 4755 elf",
	"usr/lib/os-release 644 VERSION_ID=\"12\"\nVERSION=\"12 (bookworm)\"\n",
	"etc/os-release 777 -> ../usr/lib/os-release",
	"etc/passwd 644 root:x:0:0::/root:/bin/sh\nmastodon:x:991:991::/opt/mastodon:/bin/sh\n",
}

var web = []string{
	rbconfig, "usr/local/bin/ruby 755 elf", "usr/lib/x86_64-linux-gnu/libjemalloc.so.2 644 elf",
	"opt/mastodon/config.ru 644 x", "opt/mastodon/Gemfile.lock 644 x",
	"opt/mastodon/lib/mastodon/version.rb 644 x", "opt/mastodon/public/packs/a.js 644 x",
	"opt/mastodon/bin/yarn 755 a script of the source",
}

var streaming = []string{
	"usr/local/bin/node 755 elf", "usr/local/include/node/node_version.h 644 #define NODE_MAJOR_VERSION 24\n" +
		"#define NODE_MINOR_VERSION 1\n#define NODE_PATCH_VERSION 0\n",
	"opt/mastodon/streaming/index.js 644 x", "opt/mastodon/package.json 644 x",
	"opt/mastodon/node_modules/ws/index.js 644 x",
}

func config(env ...string) v1.Config {
	return v1.Config{
		User: "mastodon", Entrypoint: []string{"/usr/bin/tini", "--"},
		Labels: map[string]string{"org.opencontainers.image.version": "4.6.0"},
		Env: append([]string{"PATH=/opt/mastodon/bin:/usr/local/bin:/usr/bin:/bin", "RAILS_ENV=production",
			"NODE_ENV=production", "LD_PRELOAD=libjemalloc.so.2", "RUBY_YJIT_ENABLE=1"}, env...),
	}
}

func rules(role inspect.Role) inspect.Rules {
	r := inspect.For(role)
	r.Ruby, r.Node, r.Debian = "3.4", "v24", "12"
	r.Labels = map[string]string{"org.opencontainers.image.version": ""}
	return r
}

func findings(t *testing.T, img v1.Image, r inspect.Rules, canaries ...string) []string {
	t.Helper()
	m, err := inspect.Read(t.Context(), img, canaries)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range m.Check(r) {
		out = append(out, f.String())
	}
	return out
}

func TestGoodImages(t *testing.T) {
	for role, files := range map[inspect.Role][]string{inspect.Web: web, inspect.Streaming: streaming} {
		img := build(t, config(), layer(t, base...), layer(t, files...))
		if got := findings(t, img, rules(role), "a-canary-that-is-nowhere"); len(got) > 0 {
			t.Errorf("%s: %q", role, got)
		}
	}
	m, err := inspect.Read(t.Context(), build(t, config(), layer(t, base...), layer(t, web...)), nil)
	if err != nil {
		t.Fatal(err)
	}
	f := m.Facts()
	if f.Ruby != "3.4.7" || !f.YJIT || f.Jemalloc != "usr/lib/x86_64-linux-gnu/libjemalloc.so.2" ||
		f.Debian != "12 (bookworm)" || !slices.Equal(f.SetID, []string{"usr/bin/passwd"}) {
		t.Errorf("facts %+v", f)
	}
}

func TestBrokenImages(t *testing.T) {
	for _, c := range []struct {
		name  string
		role  inspect.Role
		files []string // laid over a good image
		edit  func(*v1.Config)
		want  []string
	}{
		{name: "node in web", role: inspect.Web, files: []string{"opt/node/bin/node 755 elf"},
			want: []string{"node: /opt/node/bin/node is there"}},
		{name: "node by a link", role: inspect.Web, files: []string{"usr/local/bin/nodejs 777 -> /x"},
			want: []string{"node: /usr/local/bin/nodejs is there"}},
		{name: "node modules", role: inspect.Web, files: []string{"opt/mastodon/node_modules/a/b 644 x"},
			want: []string{"node: /opt/mastodon/node_modules is in the web image"}},
		{name: "compiler", role: inspect.Streaming, files: []string{"usr/bin/gcc 755 elf"},
			want: []string{"compiler: /usr/bin/gcc is there"}},
		{name: "ruby in streaming", role: inspect.Streaming, files: []string{"usr/bin/ruby 755 elf"},
			want: []string{"ruby: /usr/bin/ruby is there"}},
		{name: "other ruby", role: inspect.Web, files: []string{strings.ReplaceAll(rbconfig, "3.4.7", "3.40.7")},
			want: []string{"ruby: expected Ruby 3.4, found 3.40.7"}},
		{name: "no yjit", role: inspect.Web, files: []string{strings.ReplaceAll(rbconfig, `"yes"`, `"no"`)},
			want: []string{"yjit: this Ruby is built without YJIT"}},
		{name: "yjit off", role: inspect.Web, edit: func(c *v1.Config) {
			c.Env = c.Env[:4]
		}, want: []string{`yjit: YJIT is not switched on: RUBY_YJIT_ENABLE is ""`}},
		{name: "jemalloc gone", role: inspect.Web, files: []string{"usr/lib/x86_64-linux-gnu/.wh.libjemalloc.so.2 0"},
			want: []string{`jemalloc: LD_PRELOAD is "libjemalloc.so.2", and no libjemalloc is there`}},
		{name: "jemalloc not loaded", role: inspect.Web, edit: func(c *v1.Config) {
			c.Env[3] = "X=y"
		}, want: []string{"jemalloc: /usr/lib/x86_64-linux-gnu/libjemalloc.so.2 is not preloaded"}},
		{name: "root", role: inspect.Web, edit: func(c *v1.Config) { c.User = "" },
			want: []string{`user: expected user 991, found "" (0)`}},
		{name: "unknown user", role: inspect.Web, edit: func(c *v1.Config) {
			c.User = "nobody:991"
		}, want: []string{`user: user "nobody:991" is not in /etc/passwd`}},
		{name: "no tini", role: inspect.Web, edit: func(c *v1.Config) { c.Entrypoint = nil },
			want: []string{"entrypoint: the entry point is [], not tini"}},
		{name: "tini gone", role: inspect.Web, files: []string{"usr/bin/.wh.tini 0"},
			want: []string{"entrypoint: /usr/bin/tini is not there"}},
		{name: "set-id", role: inspect.Web, files: []string{"usr/local/bin/x 6755 elf"},
			want: []string{"setid: /usr/local/bin/x is ugrwxr-xr-x"}},
		{name: "no label", role: inspect.Web, edit: func(c *v1.Config) { c.Labels = nil },
			want: []string{"label: org.opencontainers.image.version is not set"}},
		{name: "no assets", role: inspect.Web, files: []string{"opt/mastodon/public/.wh..wh..opq 0"},
			want: []string{"file: nothing at /opt/mastodon/public/*"}},
		{name: "volatile", role: inspect.Web, files: []string{"var/log/apt/history.log 644 x", "var/log/apt/term.log 644 x"},
			want: []string{"volatile: /var/log/apt/history.log and 1 more differs from build to build"}},
		{name: "npm token", role: inspect.Streaming, files: []string{"opt/mastodon/.npmrc 644 //r.example/:_authToken=abc"},
			want: []string{"secret: /opt/mastodon/.npmrc holds a credential"}},
		{name: "the source's repository", role: inspect.Web, files: []string{"opt/mastodon/.git/ 755"},
			want: []string{"secret: /opt/mastodon/.git should not be in an image"}},
		{name: "trixie", role: inspect.Web, files: []string{"usr/lib/os-release 644 VERSION=\"13 (trixie)\""},
			want: []string{"debian: expected Debian 12, found 13 (trixie)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			files, cfg := web, config()
			if c.role == inspect.Streaming {
				files = streaming
			}
			if c.edit != nil {
				c.edit(&cfg)
			}
			layers := []v1.Layer{layer(t, base...), layer(t, files...)}
			if c.files != nil {
				layers = append(layers, layer(t, c.files...))
			}
			if got := findings(t, build(t, cfg, layers...), rules(c.role)); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// TestCanaries: a removed file's layer still holds it; a text across two windows of the search is found; config too.
func TestCanaries(t *testing.T) {
	const canary = "s3cr3t-canary-of-a-build"
	far := strings.Repeat("x", 256<<10+len(canary)-7) + canary
	cfg := config("LEAK=" + canary)
	img := build(t, cfg, layer(t, base...), layer(t, web...), layer(t, "tmp-token 600 "+canary, "opt/far 644 "+far),
		layer(t, ".wh.tmp-token 0"))
	got := findings(t, img, rules(inspect.Web), "short", canary, "another-one-that-is-nowhere")
	want := []string{
		"secret: a secret of this build (number 2) is in config",
		"secret: a secret of this build (number 2) is in layer 2: /tmp-token",
		"secret: a secret of this build (number 2) is in layer 2: /opt/far",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if strings.Contains(strings.Join(got, ""), canary) {
		t.Error("the finding has the secret in it")
	}
}

func TestLayersOverlay(t *testing.T) {
	img := build(t, config(),
		layer(t, "a/ 755", "a/one 644 1", "a/two 644 22", "b/x 644 b", "c/y 644 c", "hard 644 hhh", "dir/in 644 x"),
		layer(t, "a/.wh..wh..opq 0", "a/three 644 333", "b/.wh.x 0", ".wh.c 0", "soft 777 -> hard", "again 644 = hard",
			"dir 644 a file now"),
		layer(t, "c/new 644 n", "loop 777 -> loop", "up 777 -> ../../../../a/three"))
	m, err := inspect.Read(t.Context(), img, nil)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(slices.Sorted(maps.Keys(m.Files)), " ")
	if want := "a a/three again b c c/new dir hard loop soft up"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if m.Files["again"].Size != 3 {
		t.Errorf("the hard link has %d bytes", m.Files["again"].Size)
	}
	if at, _, ok := m.Resolve("/up"); !ok || at != "a/three" {
		t.Errorf("up leads to %q, %v", at, ok)
	}
	if _, _, ok := m.Resolve("/loop"); ok {
		t.Error("a loop leads somewhere")
	}
}

func TestVerifyGate(t *testing.T) {
	good := build(t, config(), layer(t, base...), layer(t, web...))
	bad := build(t, config(), layer(t, base...), layer(t, web...), layer(t, "usr/bin/node 755 x"))
	add := func(imgs ...v1.Image) v1.ImageIndex {
		var index v1.ImageIndex = empty.Index
		for _, i := range imgs {
			index = mutate.AppendManifests(index, mutate.IndexAddendum{Add: i})
		}
		return index
	}
	if reports, err := inspect.Verify(t.Context(), "mastodon", add(good), rules(inspect.Web), nil); err != nil ||
		len(reports) != 1 {
		t.Errorf("%v, %v", reports, err)
	}
	reports, err := inspect.Verify(t.Context(), "mastodon", add(good, bad), rules(inspect.Web), nil)
	if fault.CodeOf(err) != fault.Gate || len(reports) != 2 || !strings.Contains(err.Error(), "/usr/bin/node is there") {
		t.Errorf("%v, %v", reports, err)
	}
	if _, err := inspect.Verify(t.Context(), "mastodon", add(), rules(inspect.Web), nil); fault.CodeOf(err) != fault.Gate {
		t.Errorf("an empty index: %v", err)
	}
}
