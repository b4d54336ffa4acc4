package upstream

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// peeled follows the name of an annotated tag if git lists the commit that the tag points to.
const peeled = "^{}"

// Tip asks upstream, without a fetch, for the commit that Pin would return if nothing has to settle. It returns "" if
// only upstream's history can tell (a commit that is not the newest of its branch), and if upstream does not have the
// ref.
func (m *Mirror) Tip(ctx context.Context, w Want) (tree.ID, error) {
	name, commit := w.Ref, tree.ID("")
	if hexDigits.MatchString(name) {
		name, commit = w.Branch, tree.ID(w.Ref)
	}
	pattern := strings.ContainsAny(name, "*?[")
	switch {
	case m.opt.Offline, commit != "" && (pattern || !commit.Valid() || hexDigits.MatchString(name)),
		!pattern && !refName(name):
		return "", nil
	}
	refs, err := m.Repo.LsRemote(ctx, m.URL, "refs/heads/"+name, "refs/tags/"+name, "refs/tags/"+name+peeled)
	if err != nil {
		return "", m.explain(ctx, err, name)
	}
	tip, branch := refs["refs/heads/"+name]
	if pattern {
		name, branch = highest(refs, name), false
	}
	if !branch {
		var annotated bool
		if tip, annotated = refs["refs/tags/"+name+peeled]; !annotated {
			tip = refs["refs/tags/"+name]
		}
	}
	if commit != "" && commit != tip {
		return "", nil
	}
	return tip, nil
}
