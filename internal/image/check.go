package image

import (
	"bytes"
	"errors"
	"maps"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// ownArgs are set by Howdah or BuildKit, whether a Dockerfile declares them or not.
var ownArgs = []string{"SOURCE_DATE_EPOCH"}

// Check refuses a spec that no builder should get: code fault.Usage, with the Dockerfile's line where there is one.
func (s Spec) Check() error {
	if len(s.Dockerfile.Data) == 0 {
		return fault.New(fault.Usage, "image %q: the Dockerfile is missing or empty", s.Name).At(s.Dockerfile.Name, 0)
	}
	if s.Dockerfile.Name == "" || s.Name == "" || len(s.Platforms) == 0 {
		return fault.New(fault.Usage, "image %q: its name, its Dockerfile or its platform is missing", s.Name)
	}
	for _, p := range s.Platforms {
		if _, err := platforms.Parse(p); err != nil || !strings.Contains(p, "/") {
			return fault.New(fault.Usage, "image %q: %q is not a platform", s.Name, p).WithHint("for example linux/amd64")
		}
	}
	if err := s.Dockerfile.Check(s.Name, s.Frontends...); err != nil {
		return err
	}
	d, err := s.Dockerfile.parse()
	if err != nil {
		return err
	}
	if err := s.checkArgs(d); err != nil {
		return err
	}
	if err := s.checkBases(); err != nil {
		return err
	}
	if err := s.checkMounts(d); err != nil {
		return err
	}
	return nil
}

func (f Dockerfile) parse() (*parser.Result, error) {
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

// Declared lists the arguments that the Dockerfile declares, sorted.
func (f Dockerfile) Declared() ([]string, error) {
	d, err := f.parse()
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

// Check refuses what no build of this Dockerfile may do, with its line. A `# syntax=` line runs another image's program
// as the build's frontend: it must be among the allowed ones, and pinned.
func (f Dockerfile) Check(image string, frontends ...string) error {
	d, err := f.parse()
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

func (s Spec) checkArgs(d *parser.Result) error {
	declared, err := s.Dockerfile.Declared()
	if err != nil {
		return err
	}
	for _, name := range slices.Sorted(maps.Keys(s.Args)) {
		switch {
		case secret.Named(name):
			return fault.New(fault.Usage, "image %q: the build argument %q looks like a secret", s.Name, name).
				WithHint("arguments can be read in the image's history; mount it: RUN --mount=type=secret,id=…")
		case strings.HasPrefix(name, "BUILDKIT_"):
			return fault.New(fault.Usage, "image %q: the build argument %q steers BuildKit itself", s.Name, name)
		case strings.ContainsAny(s.Args[name], "\n\r\x00"):
			return fault.New(fault.Usage, "image %q: the build argument %q has more than one line", s.Name, name)
		case !slices.Contains(declared, name) && !slices.Contains(ownArgs, name):
			return fault.New(fault.Usage, "image %q: no ARG %s, so the build argument would be ignored", s.Name, name).
				At(s.Dockerfile.Name, 0).
				WithHint("declared are %s", strings.Join(declared, ", "))
		}
	}
	return nil
}

// checkBases: names as BuildKit looks them up (`node:24`, never `docker.io/library/node:24`), and digests with
// references.
func (s Spec) checkBases() error {
	for _, name := range slices.Sorted(maps.Keys(s.Bases)) {
		if named, err := reference.ParseNormalizedNamed(name); err != nil {
			return fault.New(fault.Usage, "image %q: no base name %q: %w", s.Name, name, err)
		} else if familiar := strings.TrimSuffix(reference.FamiliarString(named), ":latest"); familiar != name {
			return fault.New(fault.Usage, "image %q: the base %q is called %q by BuildKit", s.Name, name, familiar)
		}
		where := s.Bases[name]
		if filepath.IsAbs(where) {
			continue
		}
		ref, err := reference.ParseNormalizedNamed(where)
		if err != nil {
			return fault.New(fault.Usage, "image %q: base %q: %q is not an image reference: %w", s.Name, name, where, err)
		}
		if _, pinned := ref.(reference.Digested); !pinned {
			return fault.New(fault.Usage, "image %q: base %q: %q has no digest", s.Name, name, where).
				WithHint("write bases.lock: %s", fault.Command{Target: "base:pin"})
		}
	}
	return nil
}

// checkMounts: a mount takes the place of a stage, which a plain `docker build` then has empty.
func (s Spec) checkMounts(d *parser.Result) error {
	stages := map[string]bool{}
	for _, n := range d.AST.Children {
		if strings.EqualFold(n.Value, "from") && n.Next != nil && n.Next.Next != nil && n.Next.Next.Next != nil {
			stages[strings.ToLower(n.Next.Next.Next.Value)] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(s.Mounts)) {
		if !stages[name] {
			return fault.New(fault.Usage, "image %q: the Dockerfile has no stage %q that the folder %q could replace",
				s.Name, name, s.Mounts[name]).At(s.Dockerfile.Name, 0).
				WithHint("declare it: FROM scratch AS %s", name)
		}
		if !filepath.IsAbs(s.Mounts[name]) {
			return fault.New(fault.Usage, "image %q: the folder for %q is not absolute: %q", s.Name, name, s.Mounts[name])
		}
	}
	return nil
}

// base is the name of the Dockerfile as BuildKit sees it: the last part, since it lies alone in its folder.
func (f Dockerfile) base() string { return path.Base(filepath.ToSlash(f.Name)) }
