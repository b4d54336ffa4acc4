package build

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/tree"
)

// versions of Ruby and Node are upstream's own, from .ruby-version and .nvmrc.
type versions struct{ ruby, node string }

var (
	rubyForm = regexp.MustCompile(`^(?:ruby-)?([0-9]+(?:\.[0-9]+){1,2})\s*$`)
	nodeForm = regexp.MustCompile(`^v?([0-9]+)(?:\.[0-9]+){0,2}\s*$`)
)

// versionsOf reads them in a tree.
func versionsOf(ctx context.Context, t *tree.Tree) (versions, error) {
	read := func(name string, form *regexp.Regexp) (string, error) {
		file, err := t.ReadFile(ctx, name)
		if err != nil {
			return "", fmt.Errorf("reading upstream's %s: %w", name, err)
		}
		parts := form.FindSubmatch(file.Data)
		if parts == nil {
			return "", fault.New(fault.Usage, "no version in %q", strings.TrimSpace(string(file.Data))).At(name, 1)
		}
		return string(parts[1]), nil
	}
	var v versions
	var err error
	if v.ruby, err = read(".ruby-version", rubyForm); err != nil {
		return v, err
	}
	v.node, err = read(".nvmrc", nodeForm)
	return v, err
}

// argsOf are the build arguments of a Dockerfile: those of ours that it declares, and those of [build] args.
func argsOf(s *session.Session, v versions, packages string, file image.Dockerfile) (map[string]string, error) {
	declared, err := file.Declared()
	if err != nil {
		return nil, err
	}
	args := map[string]string{}
	for name, value := range map[string]string{"PACKAGES": packages, "DEBIAN_VERSION": s.Config.Build.Debian, "RUBY_VERSION": v.ruby, "NODE_MAJOR_VERSION": v.node} {
		if slices.Contains(declared, name) {
			args[name] = value
		}
	}
	for name, value := range s.Config.Build.Args {
		if slices.Contains(declared, name) {
			args[name] = value
		}
	}
	return args, nil
}
