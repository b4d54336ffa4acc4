package build

import (
	"context"
	"fmt"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// versions are the versions of Ruby and Node in upstream's .ruby-version and .nvmrc.
type versions struct{ ruby, node string }

var (
	rubyForm = regexp.MustCompile(`^(?:ruby-)?([0-9]+(?:\.[0-9]+){1,2})\s*$`)
	nodeForm = regexp.MustCompile(`^v?([0-9]+)(?:\.[0-9]+){0,2}\s*$`)
)

func versionsOf(ctx context.Context, t *tree.Tree) (versions, error) {
	read := func(name string, form *regexp.Regexp) (string, error) {
		file, err := t.ReadFile(ctx, name)
		if err != nil {
			return "", fmt.Errorf("reading upstream's %s: %w", name, err)
		}
		parts := form.FindSubmatch(file.Data)
		if parts == nil {
			return "", fault.New(fault.Usage, "expected a version, found %q", strings.TrimSpace(string(file.Data))).At(name, 1)
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
