package image_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/tree"
)

func simple(lines ...string) image.Spec {
	return image.Spec{Name: "x", Platforms: []string{"linux/amd64"},
		Dockerfile: frontend.Dockerfile{Name: "docker/x.Dockerfile", Data: []byte(strings.Join(lines, "\n") + "\n")}}
}

func TestCheck(t *testing.T) {
	sum := "@sha256:" + strings.Repeat("ab", 32)
	for _, c := range []struct {
		name string
		edit func(*image.Spec)
		want string // "" for none
	}{
		{"good", func(*image.Spec) {}, ""},
		{"argument", func(s *image.Spec) { s.Args = map[string]string{"A": "1", "B": "2"} }, ""},
		{"undeclared", func(s *image.Spec) {
			s.Args = map[string]string{"C": "1"}
		}, "docker/x.Dockerfile: image \"x\": no ARG C, so the build argument would be ignored"},
		{"token", func(s *image.Spec) {
			s.Args = map[string]string{"NPM_TOKEN": "1"}
		}, `image "x": the build argument "NPM_TOKEN" looks like a secret`},
		{"key", func(s *image.Spec) {
			s.Args = map[string]string{"signing_key": "1"}
		}, `image "x": the build argument "signing_key" looks like a secret`},
		{"password", func(s *image.Spec) {
			s.Args = map[string]string{"DB_PASSWORD": "1"}
		}, `image "x": the build argument "DB_PASSWORD" looks like a secret`},
		{"frontend by argument", func(s *image.Spec) {
			s.Args = map[string]string{"BUILDKIT_SYNTAX": "evil/frontend"}
		}, `image "x": the build argument "BUILDKIT_SYNTAX" steers BuildKit itself`},
		{"git folder", func(s *image.Spec) {
			s.Args = map[string]string{"BUILDKIT_CONTEXT_KEEP_GIT_DIR": "1"}
		}, `image "x": the build argument "BUILDKIT_CONTEXT_KEEP_GIT_DIR" steers BuildKit itself`},
		{"two lines", func(s *image.Spec) {
			s.Args = map[string]string{"A": "1\nRUN evil"}
		}, `image "x": the build argument "A" has more than one line`},
		{"missing", func(s *image.Spec) { s.Dockerfile.Data = nil },
			`docker/x.Dockerfile: image "x": the Dockerfile is missing or empty`},
		{"malformed", func(s *image.Spec) {
			s.Dockerfile.Data = []byte("FROM scratch\n\nRUN <<EOF\nnever ended\n")
		}, "docker/x.Dockerfile:3: reading the Dockerfile: unterminated heredoc"},
		{"frontend", func(s *image.Spec) {
			s.Dockerfile.Data = []byte("# syntax=evil/frontend:1\nFROM scratch\n")
		}, `docker/x.Dockerfile:1: image "x": the frontend "evil/frontend:1" is not allowed`},
		{"frontend by a moving tag", func(s *image.Spec) {
			s.Dockerfile.Data, s.Frontends = []byte("# syntax=docker/dockerfile:1\nFROM scratch\n"),
				[]string{"docker/dockerfile:1"}
		}, `docker/x.Dockerfile:1: image "x": the frontend "docker/dockerfile:1" is not allowed`},
		{"pinned frontend", func(s *image.Spec) {
			s.Dockerfile.Data, s.Frontends = []byte("# syntax=docker/dockerfile:1"+sum+"\nFROM scratch\n"),
				[]string{"docker/dockerfile:1" + sum}
		}, ""},
		{"privileges", func(s *image.Spec) {
			s.Dockerfile.Data = []byte("FROM scratch\nRUN --security=insecure true\n")
		}, "docker/x.Dockerfile:2: RUN --security=insecure gives the build more rights than Howdah allows"},
		{"network", func(s *image.Spec) {
			s.Dockerfile.Data = []byte("FROM scratch\nRUN --network=host true\n")
		}, "docker/x.Dockerfile:2: RUN --network=host gives the build more rights than Howdah allows"},
		{"base", func(s *image.Spec) { s.Bases = map[string]string{"ruby:3.4": "docker.io/library/ruby:3.4" + sum} }, ""},
		{"full name", func(s *image.Spec) {
			s.Bases = map[string]string{"docker.io/library/ruby:3.4": "/x"}
		}, `image "x": the base "docker.io/library/ruby:3.4" is called "ruby:3.4" by BuildKit`},
		{"moving base", func(s *image.Spec) {
			s.Bases = map[string]string{"ruby:3.4": "ruby:3.4"}
		}, `image "x": base "ruby:3.4": "ruby:3.4" has no digest`},
		{"mount", func(s *image.Spec) {
			s.Dockerfile.Data, s.Mounts = []byte("FROM scratch AS gems\nFROM scratch\n"), map[string]string{"gems": "/x"}
		}, ""},
		{"mount of no stage", func(s *image.Spec) {
			s.Mounts = map[string]string{"gems": "/x"}
		}, `docker/x.Dockerfile: image "x": the Dockerfile has no stage "gems" that the folder "/x" could replace`},
		{"platform", func(s *image.Spec) { s.Platforms = []string{"amd64"} }, `image "x": "amd64" is not a platform`},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := simple("ARG A=1", "FROM scratch", "ARG B")
			c.edit(&s)
			err := s.Check()
			if c.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			if err == nil || err.Error() != c.want || fault.CodeOf(err) != fault.Usage {
				t.Errorf("got %v (code %d), want %s", err, fault.CodeOf(err), c.want)
			}
		})
	}
}

func TestFrom(t *testing.T) {
	f := frontend.Dockerfile{Name: "d", Data: []byte(`ARG DEBIAN=bookworm
ARG RUBY="3.4-slim-${DEBIAN}"
FROM node:24-$DEBIAN-slim AS Node
FROM --platform=$BUILDPLATFORM ruby:${RUBY} AS build
ARG DEBIAN=other
COPY --from=node /usr/local/bin /usr/local/bin
COPY --from=0 /a /b
COPY --from=tools /c /d
FROM build
FROM scratch
`)}
	got, base, err := f.From(t.Context(), map[string]string{"DEBIAN": "trixie"}, "linux/amd64")
	if want := "node:24-trixie-slim ruby:3.4-slim-trixie tools"; err != nil || strings.Join(got, " ") != want ||
		base != "" {
		t.Errorf("got %q, base %q, %v, want %q", got, base, err, want)
	}
	f.Data = append(f.Data, "FROM build AS Last\nFROM last\n"...)
	if _, base, err = f.From(t.Context(), map[string]string{"DEBIAN": "trixie"}, "linux/amd64"); err != nil ||
		base != "ruby:3.4-slim-trixie" {
		t.Errorf("base %q, %v", base, err)
	}
	declared, err := f.Declared()
	if err != nil || strings.Join(declared, " ") != "DEBIAN RUBY" {
		t.Errorf("declared %q, %v", declared, err)
	}
}

// TestInputs: each thing that decides the content changes the inputs, nothing else does.
func TestInputs(t *testing.T) {
	_, tr := sourceTree(t, "1")
	_, other := sourceTree(t, "2")
	dir := t.TempDir()
	baseLayout, folder := filepath.Join(dir, "layout"), filepath.Join(dir, "folder")
	index, err := random.Index(100, 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	if _,
		err := layout.Write(baseLayout, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})); err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(folder, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(folder, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("a/b", "1")
	make := func() image.Spec {
		s := simple("ARG A", "FROM scratch AS build", "COPY . /")
		s.Context, s.Args = tr, map[string]string{"A": "1", "PACKAGES": "2026-04-30"}
		s.Bases = map[string]string{"ruby:3.4": baseLayout, "tools": folder}
		return s
	}
	inputs := func(s image.Spec, platform string) string {
		in, err := s.Inputs(t.Context(), platform)
		if err != nil {
			t.Fatal(err)
		}
		return in
	}
	first := inputs(make(), "linux/amd64")
	same := map[string]func(*image.Spec){
		"secrets":        func(s *image.Spec) { s.Secrets = map[string][]byte{"token": []byte("x")} },
		"ca":             func(s *image.Spec) { s.CA = []byte("x") },
		"proxy":          func(s *image.Spec) { s.Proxy = map[string]string{"HTTP_PROXY": "x"} },
		"the other one":  func(s *image.Spec) { s.Platforms = append(s.Platforms, "linux/arm64") },
		"dockerfile at":  func(s *image.Spec) { s.Dockerfile.Name = "/elsewhere/x.Dockerfile" },
		"mirror":         func(s *image.Spec) { s.Mounts = map[string]string{"gems": "/x"} },
		"built anew":     func(s *image.Spec) { s.NoCache = true },
		"equal contents": func(s *image.Spec) { s.Context = tree.At(nil, tr.Root()) },
	}
	for name, edit := range same {
		s := make()
		edit(&s)
		if inputs(s, "linux/amd64") != first {
			t.Errorf("%s changed the inputs", name)
		}
	}
	seen := map[string]string{first: "nothing"}
	differ := func(name, in string) {
		if was, ok := seen[in]; ok {
			t.Errorf("%s gives the inputs of %s", name, was)
		}
		seen[in] = name
	}
	for name, edit := range map[string]func(*image.Spec){
		"tree":       func(s *image.Spec) { s.Context = other },
		"role":       func(s *image.Spec) { s.Role = "streaming" },
		"dockerfile": func(s *image.Spec) { s.Dockerfile.Data = append(s.Dockerfile.Data, "LABEL a=b\n"...) },
		"ignore":     func(s *image.Spec) { s.Dockerfile.Ignore = []byte{} },
		"day":        func(s *image.Spec) { s.Args["PACKAGES"] = "2026-05-01" },
		"argument":   func(s *image.Spec) { s.Args["A"] = "2" },
		"zstd":       func(s *image.Spec) { s.Compress = image.Zstd },
		"raw":        func(s *image.Spec) { s.Raw = true },
		"target":     func(s *image.Spec) { s.Target = "build" },
		"base":       func(s *image.Spec) { s.Bases["ruby:3.4"] = "ruby:3.4@sha256:" + strings.Repeat("ab", 32) },
		"base name":  func(s *image.Spec) { s.Bases["ruby:3.5"] = s.Bases["ruby:3.4"]; delete(s.Bases, "ruby:3.4") },
	} {
		s := make()
		edit(&s)
		differ(name, inputs(s, "linux/amd64"))
	}
	differ("platform", inputs(make(), "linux/arm64"))
	write("a/b", "2")
	differ("folder", inputs(make(), "linux/amd64"))
}

func TestLine(t *testing.T) {
	s := simple("ARG A", "FROM scratch")
	s.Name, s.Platforms = "mastodon", []string{"linux/arm64", "linux/amd64"}
	s.Args = map[string]string{"A": "two words"}
	s.Bases = map[string]string{"ruby:3.4": "ruby:3.4@sha256:" + strings.Repeat("ab", 32), "tools": "/opt/tools"}
	s.Secrets, s.CA = map[string][]byte{"gem-mirror": []byte("s3cr3t")}, []byte("s3cr3t")
	got := s.Line("checkout", map[string]string{"ca": "/etc/ca.pem"})
	want := `docker buildx build --file docker/x.Dockerfile --platform linux/amd64,linux/arm64 ` +
		`--build-arg 'A=two words' --build-arg SOURCE_DATE_EPOCH=1000000000` +
		` --build-context ruby:3.4=docker-image://ruby:3.4@sha256:` + strings.Repeat("ab", 32) +
		` --build-context tools=/opt/tools` +
		` --secret id=ca,src=/etc/ca.pem --secret id=gem-mirror,env=GEM_MIRROR --provenance=false` +
		` --output type=oci,dest=mastodon.oci,tar=false,oci-mediatypes=true,rewrite-timestamp=true checkout`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestCheckLayout: a layout is whole only if every blob is.
func TestCheckLayout(t *testing.T) {
	write := func() (string, []string) {
		dir := t.TempDir()
		index, err := random.Index(1000, 2, 2)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := layout.Write(dir, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})); err != nil {
			t.Fatal(err)
		}
		blobs, _ := filepath.Glob(filepath.Join(dir, "blobs", "sha256", "*"))
		return dir, blobs
	}
	dir, blobs := write()
	if err := image.Check(dir); err != nil {
		t.Fatal(err)
	}
	if len(blobs) != 9 { // index, 2 manifests, 2 configs, 4 layers
		t.Fatalf("%d blobs", len(blobs))
	}
	for i := range blobs {
		for name, break_ := range map[string]func(string) error{
			"emptied":   func(f string) error { return os.Truncate(f, 0) },
			"truncated": func(f string) error { return os.Truncate(f, 100) },
			"removed":   os.Remove,
			"flipped": func(f string) error {
				data, err := os.ReadFile(f)
				if err != nil {
					return err
				}
				data[len(data)/2] ^= 1
				return os.WriteFile(f, data, 0o644)
			},
		} {
			dir, blobs := write()
			if err := break_(blobs[i]); err != nil {
				t.Fatal(err)
			}
			if err := image.Check(dir); fault.CodeOf(err) != fault.Gate {
				t.Errorf("blob %d %s: %v", i, name, err)
			}
		}
	}
	if err := image.Check(filepath.Join(t.TempDir(), "nothing")); err == nil {
		t.Error("no layout is whole")
	}
}

// TestVersionsAgree: the client in this program and the daemon that tools/go.mod pins are of one version.
func TestVersionsAgree(t *testing.T) {
	for _, file := range []string{"../../go.mod", "../../tools/go.mod"} {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		pin := "github.com/moby/buildkit v" + buildkitd.Version()
		if !strings.Contains(string(data), pin+" ") && !strings.Contains(string(data), pin+"\n") {
			t.Errorf("%s does not have buildkit %s", file, buildkitd.Version())
		}
	}
}
