package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"

	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/buildkit/solver/pb"
	"github.com/opencontainers/go-digest"

	"github.com/howdah/howdah/internal/fault"
)

// From returns, sorted, the images that the Dockerfile's stages start from, copy from and mount, as BuildKit names them
// once it has expanded args: `node:24`, never `docker.io/library/node:24`. The base is the one that the last stage
// begins with, by way of other stages maybe; it is "" for scratch. BuildKit's own frontend reads the file, and asks
// nobody.
func (f Dockerfile) From(
	ctx context.Context, args map[string]string, platform string,
) (images []string, base string, err error) {
	if _, err := f.Parse(); err != nil {
		return nil, "", err
	}
	p, err := platforms.Parse(platform)
	if err != nil {
		return nil, "", fault.New(fault.Usage, "platform %q: %w", platform, err)
	}
	asked := &asked{}
	var warned []warning
	result, err := dockerfile2llb.Dockerfile2LLB(ctx, f.Data, dockerfile2llb.ConvertOpt{
		Config: dockerui.Config{BuildArgs: args}, TargetPlatform: &p, MetaResolver: asked, AllStages: true,
		LLBCaps: &supported,
		Warn: func(rule, _, _, text string, at []parser.Range) {
			warned = append(warned, warning{rule, text, lineOf(at)})
		},
	})
	if err != nil {
		return nil, "", f.misread(err, warned)
	}
	slices.Sort(asked.names)
	return slices.Compact(asked.names), result.Image.Config.Labels[labelOfBase], nil
}

// supported has the capabilities of the BuildKit of our own version: the frontend asks for one if a mount is writable.
var supported = pb.Caps.CapSet(pb.Caps.All())

// labelOfBase is in the configuration of every image that asked makes up, and so in that of every stage that begins
// with it.
const labelOfBase = "howdah.base"

// asked answers for every image, and records the names that it was asked for.
type asked struct {
	mu    sync.Mutex
	names []string
}

var _ sourceresolver.ImageMetaResolver = (*asked)(nil)

// ResolveImageConfig makes up an image's configuration.
func (a *asked) ResolveImageConfig(
	_ context.Context, ref string, opt sourceresolver.Opt,
) (string, digest.Digest, []byte, error) {
	named, err := reference.ParseNormalizedNamed(ref)
	if err != nil {
		return "", "", nil, err
	}
	name := strings.TrimSuffix(reference.FamiliarString(named), ":latest")
	a.mu.Lock()
	a.names = append(a.names, name)
	a.mu.Unlock()
	made := map[string]any{
		"config": map[string]any{"Labels": map[string]string{labelOfBase: name}},
		"rootfs": map[string]any{"type": "layers", "diff_ids": []string{digest.FromBytes(nil).String()}},
	}
	if opt.ImageOpt != nil && opt.ImageOpt.Platform != nil {
		p := opt.ImageOpt.Platform
		made["os"], made["architecture"], made["variant"] = p.OS, p.Architecture, p.Variant
	}
	data, err := json.Marshal(made)
	return ref, "", data, err
}

// warning is a finding of BuildKit's linter about a line.
type warning struct {
	rule, text string
	line       int
}

// misread returns BuildKit's error with the line of the Dockerfile, and with the linter's reason as a hint.
func (f Dockerfile) misread(err error, warned []warning) error {
	line := 0
	var at *parser.LocationError
	if errors.As(err, &at) && len(at.Locations) > 0 {
		line = lineOf(at.Locations[0])
	}
	if line == 0 {
		line = f.badSource()
	}
	e := fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(f.Name, line)
	for _, rule := range []string{"UndefinedArgInFrom", "InvalidDefaultArgInFrom"} {
		for _, w := range warned {
			if w.line == line && w.rule == rule && strings.Contains(f.line(line), "$") {
				return e.WithHint("%s; FROM knows only the ARGs above the first FROM: "+
					"give one a default there, or a value in [build] args", w.text)
			}
		}
	}
	return e
}

// line returns a line of the file, one-based; "" if there is none.
func (f Dockerfile) line(n int) string {
	lines := strings.Split(string(f.Data), "\n")
	if n < 1 || n > len(lines) {
		return ""
	}
	return lines[n-1]
}

// badSource returns the line of the first --from= or from= that names no image, or 0: BuildKit's error about it has no
// line.
func (f Dockerfile) badSource() int {
	d, err := f.Parse()
	if err != nil {
		return 0
	}
	for _, n := range d.AST.Children {
		for _, flag := range n.Flags {
			for part := range strings.SplitSeq(strings.TrimLeft(flag, "-"), ",") {
				_, name, ok := strings.Cut("="+part, "=from=")
				if _, err := reference.ParseNormalizedNamed(name); ok && err != nil {
					return n.StartLine
				}
			}
		}
	}
	return 0
}

func lineOf(at []parser.Range) int {
	if len(at) == 0 {
		return 0
	}
	return at[0].Start.Line
}
