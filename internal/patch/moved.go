package patch

import (
	"context"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// moved finds where upstream has moved a file since base; "" where it was deleted. Without a base, files of the same
// name or content are all that is looked at.
func (r *run) moved(ctx context.Context, t, base *tree.Tree, from string, pre *tree.File) (string, error) {
	key := from + "\x00" + string(tree.BlobID(pre.Data)) + "\x00" + string(t.Root())
	return r.memo.moved.get(ctx, key, func(ctx context.Context) (string, error) { return moved(ctx, t, base, from, pre) })
}

func moved(ctx context.Context, t, base *tree.Tree, from string, pre *tree.File) (string, error) {
	var candidates []tree.Delta
	if base != nil {
		deltas, err := tree.Compare(ctx, base, t)
		if err != nil {
			return "", err
		}
		for _, d := range deltas {
			if d.Old.ID == "" && d.New.Mode.IsRegular() {
				candidates = append(candidates, d)
			}
		}
	} else {
		id := tree.BlobID(pre.Data)
		err := t.Walk(ctx, func(name string, e tree.Entry) error {
			if e.Mode.IsRegular() && (e.ID == id || path.Base(name) == path.Base(from)) {
				candidates = append(candidates, tree.Delta{Path: name, New: e})
			}
			return nil
		})
		if err != nil {
			return "", err
		}
	}
	return renamed(ctx, t, from, pre, candidates)
}

// gone tells that a file is not there any more, and where it went as far as can be said.
func (r *run) gone(ctx context.Context, c *Change, t *tree.Tree, name string, j *judgement) error {
	j.at = append(j.at, Place{File: name})
	a, err := r.accepted(ctx, c)
	if err != nil {
		return err
	}
	if a == nil {
		other, err := onlyNamesake(ctx, t, name)
		if other != "" {
			j.reads[other] = true
			j.worsen(Gone, name+" is gone; "+other+" has its name")
		} else {
			j.worsen(Gone, name+" is gone")
		}
		return err
	}
	pre, _, err := original(ctx, a.base, name)
	if err != nil {
		return err
	}
	to := ""
	if pre != nil {
		if to, err = r.moved(ctx, t, a.base, name, pre); err != nil {
			return err
		}
	}
	if to == "" {
		j.worsen(Gone, name+" is gone")
		return nil
	}
	j.worsen(Gone, name+" was moved to "+to)
	j.moves = append(j.moves, Move{From: name, To: to})
	j.reads[to] = true
	return nil
}

// onlyNamesake is the one file of the same name in another folder, "" when there is none or more than one.
func onlyNamesake(ctx context.Context, t *tree.Tree, name string) (string, error) {
	var found []string
	err := t.Walk(ctx, func(other string, e tree.Entry) error {
		if e.Mode.IsRegular() && path.Base(other) == path.Base(name) {
			found = append(found, other)
		}
		return nil
	})
	if len(found) != 1 || strings.HasPrefix(path.Base(name), "index.") {
		return "", err
	}
	return found[0], err
}
