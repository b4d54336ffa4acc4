package build

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/session"
)

// Sandbox runs scripts in BuildKit, on the distribution's ruby base.
type Sandbox struct{ Session *session.Session }

var _ script.Sandbox = Sandbox{}

// Run runs a script over upstream's tree, without a network. It returns the exit code, the end of the output, and the
// files that changed.
func (x Sandbox) Run(ctx context.Context, r script.Run) (script.Ran, error) {
	s := x.Session
	v, err := versionsOf(ctx, r.Upstream)
	if err != nil {
		return script.Ran{}, err
	}
	name := fmt.Sprintf("ruby:%s-slim-%s", v.ruby, s.Config.Build.Debian)
	found, err := findBases(ctx, s, []string{name}, PlanOptions{})
	if err != nil {
		return script.Ran{}, err
	}
	packages, err := downloadsOf(s)
	if err != nil {
		return script.Ran{}, err
	}
	spec := image.Spec{
		Name: "script", Context: r.Upstream, Bases: found.where, Platforms: s.Config.Build.Platforms[:1], CA: packages.ca,
		Secrets: packages.secrets, Proxy: proxies(s.Getenv), Credentials: s.Credentials,
	}
	b := Builder(s)
	defer b.Close()
	show, back := progress(s)
	ran, err := image.Execute(ctx, b, image.Execution{
		Spec: spec, Base: name, Packages: image.Packages(r.Text), Beside: r.Beside, Folder: r.Folder, Tree: r.Tree,
		Command: r.Command,
	}, show)
	back()
	return script.Ran{Code: ran.Code, Output: ran.Output, Changed: ran.Changed}, err
}
