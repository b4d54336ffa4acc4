package image

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/moby/buildkit/frontend/dockerfile/parser"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/secret"
)

// ownArgs are set by Howdah or BuildKit, whether or not a Dockerfile declares them.
var ownArgs = []string{"SOURCE_DATE_EPOCH"}

// Check returns an error (fault.Usage, with the Dockerfile's line if there is one) for a spec that must not be sent
// to a builder.
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
	d, err := s.Dockerfile.Parse()
	if err != nil {
		return err
	}
	if err := s.checkArgs(); err != nil {
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

func (s Spec) checkArgs() error {
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

// checkBases checks that names are as BuildKit looks them up (`node:24`, never `docker.io/library/node:24`), and that
// references have digests.
func (s Spec) checkBases() error {
	for _, name := range slices.Sorted(maps.Keys(s.Bases)) {
		if named, err := reference.ParseNormalizedNamed(name); err != nil {
			return fault.New(fault.Usage, "image %q: no base name %q: %w", s.Name, name, err)
		} else if short := strings.TrimSuffix(reference.FamiliarString(named), ":latest"); short != name {
			return fault.New(fault.Usage, "image %q: the base %q is called %q by BuildKit", s.Name, name, short)
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

// checkMounts checks that each mount replaces a stage, which is empty in a plain `docker build`.
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
