package build

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/config"
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

type specInput struct {
	tree     *tree.Tree
	expanded expandedFile
	bases    bases
}

// specOf returns the spec of one image for BuildKit.
func specOf(ctx context.Context, s *session.Session, in specInput) (image.Spec, error) {
	e := in.expanded
	packages, err := downloadsOf(s)
	if err != nil {
		return image.Spec{}, err
	}
	spec := image.Spec{
		Name: e.image.Name, Role: e.image.Role, Context: in.tree, Dockerfile: e.file, Args: e.args,
		Bases: map[string]string{}, Platforms: s.Config.Build.Platforms, CA: packages.ca,
		Secrets: packages.secrets, Proxy: proxies(s.Getenv), Credentials: s.Credentials, Compress: s.Config.Build.Compression,
	}
	for _, name := range e.images {
		if where, ok := in.bases.where[name]; ok {
			spec.Bases[name] = where
		}
	}
	if e.image.Role != config.Web {
		return spec, nil
	}
	mirrors, err := mirrorFoldersOf(ctx, s)
	if spec.Mounts = mirrors.mounts; mirrors.gitConfig != nil {
		spec.Secrets["gitconfig"] = mirrors.gitConfig
	}
	return spec, err
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
