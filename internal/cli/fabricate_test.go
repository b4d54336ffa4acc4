package cli

import (
	"archive/tar"
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/ship"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/view"
)

// Fabricate is the program `fabricate [-ref=] [-platform=] [-compiler]`: it leaves what image:build would, with images
// that nobody built but that hold what image:verify looks for, and with -compiler what it refuses. Their bytes are a
// function of their inputs.
func Fabricate() {
	p, err := This(false)
	if err == nil {
		err = p.fabricate(context.Background(), os.Args[1:]...)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// Fabricate is the program inside the test.
func (c Typed) Fabricate(ctx context.Context) error { return c.process().fabricate(ctx, c.Words...) }

// fabrication is how images are to be fabricated.
type fabrication struct {
	ref, platform string // "": the newest, all of them
	compiler      bool   // with one in the images
}

func (p Process) fabricate(ctx context.Context, typed ...string) error {
	var how fabrication
	flags := flag.NewFlagSet("fabricate", flag.ContinueOnError)
	flags.StringVar(&how.ref, "ref", "", "")
	flags.StringVar(&how.platform, "platform", "", "")
	flags.BoolVar(&how.compiler, "compiler", false, "")
	if err := flags.Parse(typed); err != nil {
		return err
	}
	ctx = environ.With(ctx, p.environ) // not git's configuration of the person who runs the tests
	s, err := withDistribution(p.session(target.ImageBuild))
	if err != nil {
		return err
	}
	return candidate.At(ctx, s, candidate.Options{Ref: how.ref}, func(u candidate.Upstream) error {
		c, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		newest := ""
		if known := ship.Known(ctx, s); known != nil && known.Newest != nil {
			newest = known.Newest.Packages
		}
		b, err := build.Plan(ctx, s, c, build.PlanOptions{Packages: build.Packages(s, newest)})
		if err != nil {
			return err
		}
		var images []build.Image
		for _, spec := range b.Specs {
			one, err := fabricateImage(ctx, s, b, spec, how)
			if err != nil {
				return err
			}
			images = append(images, one)
		}
		old, err := before(ctx, s, b, images)
		if err != nil {
			return err
		}
		return view.WriteJSON(s.Config.Result("image-build.json"), build.Record{
			Built: s.Now.UTC().Truncate(time.Second), Upstream: u.Pin, Date: c.Day.Format(time.DateOnly),
			Without: u.Options.Without,
			Tree:    string(c.Tree.Root()), Commit: string(c.Commit), Packages: b.Packages, Version: u.Facts.Version.String(),
			Inputs: b.Release.Inputs(), Images: append(old, images...),
		}, s.Term.Secrets())
	})
}

// before are the images that are there already and that the build still wants, but for those that are made anew.
func before(ctx context.Context, s *session.Session, b *build.Build, anew []build.Image) ([]build.Image, error) {
	last, err := build.Last(s)
	if err != nil || last == nil {
		return nil, err
	}
	wanted := slices.Collect(maps.Values(b.Inputs))
	for _, spec := range b.Specs {
		platforms, err := build.Platforms(ctx, s, spec)
		if err != nil {
			return nil, err
		}
		for _, one := range platforms {
			wanted = append(wanted, one.Inputs)
		}
	}
	return slices.DeleteFunc(last.Images, func(i build.Image) bool {
		return !slices.Contains(wanted, i.Inputs) ||
			slices.ContainsFunc(anew, func(o build.Image) bool { return o.Inputs == i.Inputs })
	}), nil
}

// fabricateImage leaves the layout of one image: of all platforms, or of one.
func fabricateImage(ctx context.Context, s *session.Session, b *build.Build, spec image.Spec,
	how fabrication) (build.Image, error) {
	whole := build.Image{
		Name: spec.Name, Layout: s.Config.Result("images", spec.Name), Inputs: b.Inputs[spec.Name], Platforms: spec.Platforms,
	}
	platforms, err := build.Platforms(ctx, s, spec)
	if err != nil {
		return whole, err
	}
	var parts []image.Part
	for _, one := range platforms {
		if how.platform != "" && how.platform != one.Platforms[0] {
			continue
		}
		img, err := fabricated(spec.Role, one, how.compiler)
		if err != nil {
			return whole, err
		}
		parts = append(parts, image.Part{Platform: one.Platforms[0], Inputs: one.Inputs, Image: img})
		if how.platform != "" {
			whole = one
		}
	}
	if err := os.MkdirAll(filepath.Dir(whole.Layout), 0o755); err != nil {
		return whole, err
	}
	joined, err := image.Join(ctx, spec.Name, whole.Layout, parts)
	whole.Digest, whole.Bytes = joined.Digest, joined.Bytes
	return whole, err
}

// A line is "PATH MODE CONTENT".
var fabric = map[string][]string{
	"": {
		"usr/bin/tini 755 elf", "etc/os-release 644 VERSION_ID=\"13\"\nVERSION=\"13 (trixie)\"\n",
		"etc/passwd 644 mastodon:x:991:991::/opt/mastodon:/bin/sh\n",
	},
	config.Web: {
		`usr/lib/ruby/3.3.0/x86_64-linux/rbconfig.rb 644   CONFIG["RUBY_PROGRAM_VERSION"] = "3.3.8"; ` +
			`CONFIG["YJIT_SUPPORT"] = "yes"`,
		"usr/bin/ruby 755 elf",
		"usr/lib/libjemalloc.so.2 644 elf", "opt/mastodon/config.ru 644 x", "opt/mastodon/Gemfile.lock 644 x",
		"opt/mastodon/lib/mastodon/version.rb 644 x", "opt/mastodon/public/a.js 644 x",
	},
	config.Streaming: {
		"usr/bin/node 755 elf", "opt/mastodon/streaming/index.js 644 x", "opt/mastodon/package.json 644 x",
		"opt/mastodon/node_modules/ws.js 644 x",
	},
}

func fabricated(role string, i build.Image, compiler bool) (v1.Image, error) {
	os, arch, _ := strings.Cut(i.Platforms[0], "/")
	img,
		err := mutate.ConfigFile(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		types.OCIConfigJSON), &v1.ConfigFile{
		OS: os, Architecture: arch, RootFS: v1.RootFS{Type: "layers"}, Config: v1.Config{
			User: "mastodon", Entrypoint: []string{"/usr/bin/tini", "--"},
			Env: []string{"PATH=/usr/bin", "RAILS_ENV=production", "NODE_ENV=production", "LD_PRELOAD=libjemalloc.so.2",
				"RUBY_YJIT_ENABLE=1"},
		},
	})
	if err != nil {
		return nil, err
	}
	common := slices.Clone(fabric[""])
	if compiler {
		common = append(common, "usr/bin/gcc 755 elf")
	}
	for _, lines := range [][]string{common, append(slices.Clone(fabric[role]), "opt/mastodon/inputs 644 "+i.Inputs)} {
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
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	}, tarball.WithMediaType(types.OCILayer))
}
