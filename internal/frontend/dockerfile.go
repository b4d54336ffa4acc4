// Package frontend reads Dockerfiles as BuildKit's own parser and frontend do: which images one begins with, which
// arguments it declares, what of the context it reads, and what a change builds again. It asks nobody.
package frontend

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/howdah/howdah/internal/fault"
)

// Dockerfile is a Dockerfile and, if it has one, its own ignore file (NAME.dockerignore), which then counts in
// place of the context's.
type Dockerfile struct {
	Name   string // as errors name it
	Data   []byte
	Ignore []byte
}

// Parse parses the file with BuildKit's own parser. A mistake is an error with its line (fault.Usage).
func (f Dockerfile) Parse() (*parser.Result, error) {
	d, err := parser.Parse(bytes.NewReader(f.Data))
	if err != nil {
		line := 0
		var at *parser.LocationError
		if errors.As(err, &at) && len(at.Locations) > 0 && len(at.Locations[0]) > 0 {
			line = at.Locations[0][0].Start.Line
		}
		return nil, fault.New(fault.Usage, "reading the Dockerfile: %w", err).At(f.Name, line)
	}
	return d, nil
}

// Declared returns the arguments that the Dockerfile declares, sorted.
func (f Dockerfile) Declared() ([]string, error) {
	d, err := f.Parse()
	if err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for _, n := range d.AST.Children {
		if !strings.EqualFold(n.Value, "arg") {
			continue
		}
		for v := n.Next; v != nil; v = v.Next {
			name, _, _ := strings.Cut(v.Value, "=")
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names)), nil
}

// Check returns an error, with its line, for what no build of this Dockerfile may do. A `# syntax=` line runs another
// image's program as the build's frontend: it must be among the allowed ones, and pinned.
func (f Dockerfile) Check(image string, frontends ...string) error {
	d, err := f.Parse()
	if err != nil {
		return err
	}
	if ref, _, at, ok := parser.DetectSyntax(f.Data); ok &&
		(!slices.Contains(frontends, ref) || !strings.Contains(ref, "@sha256:")) {
		return fault.New(fault.Usage, "image %q: the frontend %q is not allowed", image, ref).At(f.Name, max(1, lineOf(at))).
			WithHint("leave the syntax line out: BuildKit's own frontend reads the file")
	}
	for _, n := range d.AST.Children {
		for _, flag := range n.Flags {
			if strings.HasPrefix(flag, "--security=") || flag == "--network=host" {
				return fault.New(fault.Usage, "%s %s gives the build more rights than Howdah allows", n.Value, flag).
					At(f.Name, n.StartLine)
			}
		}
	}
	return nil
}

// Base returns the name of the Dockerfile as BuildKit sees it: the last part, since it lies alone in its folder.
func (f Dockerfile) Base() string { return path.Base(filepath.ToSlash(f.Name)) }
