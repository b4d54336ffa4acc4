package build

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
)

// inputsOf joins the inputs of all platforms of an image.
func inputsOf(ctx context.Context, s image.Spec) (string, error) {
	var all strings.Builder
	for _, platform := range s.Platforms {
		one, err := s.Inputs(ctx, platform)
		if err != nil {
			return "", err
		}
		all.WriteString(platform + " " + one + "\n")
	}
	return image.Sum([]byte(all.String())), nil
}

// specInput is the input of specOf.
type specInput struct {
	tree     *tree.Tree
	image    config.Image
	versions versions
	bases    bases
	packages string
}

// specOf returns the spec of one image for BuildKit.
func specOf(ctx context.Context, s *session.Session, in specInput) (image.Spec, error) {
	file, err := dockerfile(s, in.image)
	if err != nil {
		return image.Spec{}, err
	}
	args, err := argsOf(s, in.versions, in.packages, file)
	if err != nil {
		return image.Spec{}, err
	}
	from, _, err := fromOf(ctx, file, args, s.Config.Build.Platforms)
	if err != nil {
		return image.Spec{}, err
	}
	spec := image.Spec{
		Name: in.image.Name, Role: in.image.Role, Context: in.tree, Dockerfile: file, Args: args, Bases: map[string]string{},
		Platforms: s.Config.Build.Platforms, Secrets: map[string][]byte{}, Proxy: proxies(s.Getenv),
		Credentials: s.Credentials, Compress: s.Config.Build.Compression,
	}
	for _, name := range from {
		if where, ok := in.bases.where[name]; ok {
			spec.Bases[name] = where
		}
	}
	if err := reach(s, &spec); err != nil || in.image.Role != config.Web {
		return spec, err
	}
	return spec, folders(ctx, s, &spec)
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
	ignore,
		err := s.Config.ReadPath(config.Path{Name: i.Dockerfile.Name + ".dockerignore",
		Abs: i.Dockerfile.Abs + ".dockerignore"}, files.MaxSmall)
	if err == nil {
		file.Ignore = ignore
	} else if !errors.Is(err, fs.ErrNotExist) {
		return file, fmt.Errorf("reading the Dockerfile of %s: %w", i.Name, err)
	}
	return file, nil
}

// proxies returns the proxy variables for a build; BuildKit does not put them into the image.
func proxies(env func(string) string) map[string]string {
	out := map[string]string{}
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy"} {
		if v := env(name); v != "" {
			out[name] = v
		}
	}
	return out
}
