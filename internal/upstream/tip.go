package upstream

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// peeled follows the name of an annotated tag where git lists the commit that it stands for.
const peeled = "^{}"

// Tip asks upstream, without fetching anything, for the commit that Pin would fetch and, where nothing has to settle,
// return. It is "" where that takes upstream's history: a commit that is not the newest of its branch, or a ref that
// upstream does not have.
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
