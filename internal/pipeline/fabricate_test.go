package pipeline

import (
	"archive/tar"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/report"
)

// Fabricate is the scripts' command `fabricate [-ref=] [-platform=] [-compiler]`: it leaves what image:build would, with images that
// nobody built but that hold what image:verify looks for, and with -compiler what it refuses. Their bytes are a function of
// their inputs.
func Fabricate() {
	ref, platform := flag.String("ref", "", ""), flag.String("platform", "", "")
	compiler := flag.Bool("compiler", false, "")
	flag.Parse()
	if *compiler {
		fabric[""] = append(fabric[""], "usr/bin/gcc 755 elf")
	}
	if err := fabricate(context.Background(), *ref, *platform); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func fabricate(ctx context.Context, ref, platform string) error {
	cfg, err := config.Load(os.Getenv("HOWDAH_CONFIG"), os.Environ())
	if err != nil {
		return err
	}
	term := report.Open(os.Stdout, os.Stderr, os.Environ())
	p := &Pipeline{term: term, story: report.NewStory(term), target: "image:build", now: time.Now(), cfg: cfg, credentials: credential.New(os.Getenv, nil)}
	var c Choice
	if ref != "" {
		c.Ref = &ref
	}
	return p.at(ctx, c, func(r *resolved) error {
		patched, err := p.patch(ctx, r)
		if err != nil {
			return err
		}
		b, err := p.plan(ctx, patched, p.known(ctx))
		if err != nil {
			return err
		}
		var results []builtImage
		for _, spec := range b.specs {
			parts, err := p.parts(ctx, spec)
			if err != nil {
				return err
			}
			o := p.whole(b, spec)
			var images []image.Part
			for _, part := range parts {
				if platform != "" && platform != part.spec.Platforms[0] {
					continue
				}
				img, err := fabricated(part)
				if err != nil {
					return err
				}
				images = append(images, image.Part{Platform: part.spec.Platforms[0], Inputs: part.inputs, Image: img})
				if platform != "" {
					o = part
				}
			}
			if err := os.MkdirAll(filepath.Dir(o.dir), 0o755); err != nil {
				return err
			}
			made, err := image.Join(ctx, spec.Name, o.dir, images)
			if err != nil {
				return err
			}
			results = append(results, o.made(made.Digest, made.Bytes))
		}
		return p.remember(ctx, b, results)
	})
}

// A line is "PATH MODE CONTENT".
var fabric = map[string][]string{
	"": {
		"usr/bin/tini 755 elf", "etc/os-release 644 VERSION_ID=\"13\"\nVERSION=\"13 (trixie)\"\n", "etc/passwd 644 mastodon:x:991:991::/opt/mastodon:/bin/sh\n",
	},
	config.Web: {
		`usr/lib/ruby/3.3.0/x86_64-linux/rbconfig.rb 644   CONFIG["RUBY_PROGRAM_VERSION"] = "3.3.8"; CONFIG["YJIT_SUPPORT"] = "yes"`, "usr/bin/ruby 755 elf",
		"usr/lib/libjemalloc.so.2 644 elf", "opt/mastodon/config.ru 644 x", "opt/mastodon/Gemfile.lock 644 x", "opt/mastodon/lib/mastodon/version.rb 644 x", "opt/mastodon/public/a.js 644 x",
	},
	config.Streaming: {
		"usr/bin/node 755 elf", "opt/mastodon/streaming/index.js 644 x", "opt/mastodon/package.json 644 x", "opt/mastodon/node_modules/ws.js 644 x",
	},
}

func fabricated(o order) (v1.Image, error) {
	os, arch, _ := strings.Cut(o.spec.Platforms[0], "/")
	img, err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON), &v1.ConfigFile{
		OS: os, Architecture: arch, RootFS: v1.RootFS{Type: "layers"}, Config: v1.Config{
			User: "mastodon", Entrypoint: []string{"/usr/bin/tini", "--"},
			Env: []string{"PATH=/usr/bin", "RAILS_ENV=production", "NODE_ENV=production", "LD_PRELOAD=libjemalloc.so.2", "RUBY_YJIT_ENABLE=1"},
		},
	})
	if err != nil {
		return nil, err
	}
	for _, lines := range [][]string{fabric[""], append(fabric[o.spec.Role], "opt/mastodon/inputs 644 "+o.inputs)} {
		layer, err := tarOf(lines)
		if err != nil {
			return nil, err
		}
		if img, err = mutate.AppendLayers(img, layer); err != nil {
			return nil, err
		}
	}
	return img, nil
}

func tarOf(lines []string) (v1.Layer, error) {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, line := range lines {
		name, rest, _ := strings.Cut(line, " ")
		mode, content, _ := strings.Cut(rest, " ")
		h := &tar.Header{Name: name, Typeflag: tar.TypeReg, Size: int64(len(content)), ModTime: time.Unix(1e9, 0)}
		if _, err := fmt.Sscanf(mode, "%o", &h.Mode); err != nil {
			return nil, err
		}
		if err := w.WriteHeader(h); err != nil {
			return nil, err
		}
		if _, err := io.WriteString(w, content); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil }, tarball.WithMediaType(types.OCILayer))
}
