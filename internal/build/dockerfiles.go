package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/session"
)

// imageFile is an image's Dockerfile.
type imageFile struct {
	image    config.Image
	file     frontend.Dockerfile
	declared []string // the build arguments that it declares
}

// Check reports the mistakes in both Dockerfiles and in [build] args that can be found without upstream's tree. It
// needs no network.
func Check(s *session.Session) error {
	_, err := readDockerfiles(s)
	return err
}

// readDockerfiles reads both Dockerfiles, and returns the errors of [Check].
func readDockerfiles(s *session.Session) ([]imageFile, error) {
	var all []imageFile
	declared := map[string]bool{}
	for _, i := range s.Config.Images() {
		file, err := dockerfile(s, i)
		if err != nil {
			return nil, err
		}
		if err := file.Check(i.Name); err != nil {
			return nil, err
		}
		names, err := file.Declared()
		if err != nil {
			return nil, err
		}
		for _, name := range names {
			declared[name] = true
		}
		all = append(all, imageFile{i, file, names})
	}
	for _, name := range slices.Sorted(maps.Keys(s.Config.Build.Args)) {
		if declared[name] {
			continue
		}
		err := s.Config.Fault(fault.Usage, "build.args."+name, "no Dockerfile declares the build argument %q", name)
		if near := nearest.Name(name, slices.Collect(maps.Keys(declared))); near != "" {
			return nil, err.WithHint("did you mean %q?", near)
		}
		return nil, err.WithHint("declare it in the stage that uses it: ARG %s", name)
	}
	return all, nil
}

// dockerfile reads an image's Dockerfile: the distribution's own, or else the tool's.
func dockerfile(s *session.Session, i config.Image) (frontend.Dockerfile, error) {
	file := frontend.Dockerfile{Name: i.Dockerfile.Name}
	if i.Dockerfile.Abs == "" {
		name := i.Role + ".Dockerfile"
		data, err := fs.ReadFile(docker.Files, name)
		file.Name, file.Data = "docker/"+name, data
		return file, err
	}
	data, err := s.Config.ReadPath(i.Dockerfile, files.MaxSmall)
	if err != nil {
		return file, fmt.Errorf("reading the Dockerfile of %s: %w", i.Name, err)
	}
	file.Data = data
	own := config.Path{Name: i.Dockerfile.Name + ".dockerignore", Abs: i.Dockerfile.Abs + ".dockerignore"}
	ignore, err := s.Config.ReadPath(own, files.MaxSmall)
	if err == nil {
		file.Ignore = ignore
	} else if !errors.Is(err, fs.ErrNotExist) {
		return file, fmt.Errorf("reading the Dockerfile of %s: %w", i.Name, err)
	}
	return file, nil
}

// expandedFile is an image's Dockerfile with its build arguments, and the images that it names with them.
type expandedFile struct {
	image  config.Image
	file   frontend.Dockerfile
	args   map[string]string
	images []string // what it starts from, copies from or mounts, on any of the platforms, sorted
	base   string   // what its last stage begins with, on the first platform
}

// expand computes the build arguments of Dockerfiles, and the images that they name with them.
func expand(ctx context.Context, s *session.Session, list []imageFile, v versions, packages string) (
	out []expandedFile, err error,
) {
	for _, one := range list {
		e := expandedFile{image: one.image, file: one.file, args: one.args(s, v, packages)}
		for n, platform := range s.Config.Build.Platforms {
			images, base, err := one.file.From(ctx, e.args, platform)
			if err != nil {
				return nil, err
			}
			if e.images = append(e.images, images...); n == 0 {
				e.base = base
			}
		}
		slices.Sort(e.images)
		e.images = slices.Compact(e.images)
		out = append(out, e)
	}
	return out, nil
}

// imageNames returns the images that any of the Dockerfiles names, sorted.
func imageNames(list []expandedFile) []string {
	var all []string
	for _, one := range list {
		all = append(all, one.images...)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// args returns the build arguments: Howdah's own that the Dockerfile declares, and those of [build] args. [Check]
// refuses one that neither Dockerfile declares.
func (f imageFile) args(s *session.Session, v versions, packages string) map[string]string {
	args := map[string]string{
		"PACKAGES": packages, "DEBIAN_VERSION": s.Config.Build.Debian, "RUBY_VERSION": v.ruby, "NODE_MAJOR_VERSION": v.node,
	}
	maps.Copy(args, s.Config.Build.Args)
	maps.DeleteFunc(args, func(name, _ string) bool { return !slices.Contains(f.declared, name) })
	return args
}
