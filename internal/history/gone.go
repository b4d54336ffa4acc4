package history

import (
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// Went finds for each file that a change lacks what became of it, up to the pin: Explain's answer without the walk.
func Went(ctx context.Context, u mainline.Upstream, pin tree.ID, o *apply.Outcome) error {
	return newReader(u, pin).tellWent(ctx, o)
}

// tellWent finds for each file that a change lacks the upstream commit that moved or deleted it, and where it is now.
// What cannot be read is left out.
func (r *reader) tellWent(ctx context.Context, o *apply.Outcome) error {
	var said []string
	for _, at := range o.At {
		went, err := r.went(ctx, at.File)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		switch {
		case err != nil || went == nil:
			said = append(said, at.File+" is gone")
			continue
		case went.To == "":
			said = append(said, at.File+" was deleted")
		default:
			said = append(said, at.File+" was moved to "+went.To)
		}
		o.Went = append(o.Went, *went)
	}
	if len(o.Went) == 0 {
		return nil // the message may know more
	}
	if len(said) > mostSaid {
		said = append(said[:mostSaid], "and more")
	}
	o.Message = strings.Join(said, "; ")
	return nil
}

// mostSaid is how many files a message names.
const mostSaid = 8

// went is what became of a file; nil where upstream's history does not have it.
func (r *reader) went(ctx context.Context, name string) (*apply.Went, error) {
	for _, from := range depths(ctx, r.Upstream, r.pin) {
		line, err := r.since(ctx, from)
		if err != nil {
			return nil, err
		}
		if i := removal(line, name, 0); i >= 0 {
			return r.follow(ctx, line, name, i)
		}
	}
	return nil, nil
}

// removal is the index of the newest commit, from an index on, that took a path away; -1 is none.
func removal(line mainline.Line, name string, from int) int {
	for i := len(line) - 1; i >= from; i-- {
		for _, t := range line[i].Touched {
			if t.Path == name {
				if !t.New.Exists() {
					return i
				}
				return -1 // it is there
			}
		}
	}
	return -1
}

// follow goes on from the commit that took a file away, from one name to the next. The commit is the first one's as
// long as the file is somewhere, else the one that deleted it.
func (r *reader) follow(ctx context.Context, line mainline.Line, name string, i int) (*apply.Went, error) {
	out := &apply.Went{File: name, By: line[i].By()}
	for _, t := range line[i].Touched {
		if t.Path == name {
			out.Was = t.Old.ID
		}
	}
	for i >= 0 {
		to, err := r.renamed(ctx, line[i], name)
		if err != nil {
			return nil, err
		}
		if out.To = to; to == "" {
			out.By = line[i].By()
			return out, nil
		}
		name, i = to, removal(line, to, i+1)
	}
	return out, nil
}

// renamed is the file that a commit made of one that it took away, perhaps with edits; "" where it deleted it.
func (r *reader) renamed(ctx context.Context, c mainline.Commit, name string) (string, error) {
	var old, fresh []renames.Blob
	for _, t := range c.Touched { // in git's order, by path
		switch {
		case !t.New.Exists() && t.Old.Mode.IsRegular():
			old = append(old, renames.Blob{Name: t.Path, Mode: uint32(t.Old.Mode), ID: string(t.Old.ID)})
		case !t.Old.Exists() && t.New.Mode.IsRegular():
			fresh = append(fresh, renames.Blob{Name: t.Path, Mode: uint32(t.New.Mode), ID: string(t.New.ID)})
		}
	}
	fresh = slices.DeleteFunc(fresh, func(b renames.Blob) bool {
		return !slices.ContainsFunc(old, func(a renames.Blob) bool {
			return a.ID == b.ID || treediff.Comparable(a.Name, b.Name)
		})
	})
	ours := slices.IndexFunc(old, func(b renames.Blob) bool { return b.Name == name })
	if ours < 0 || len(fresh) == 0 {
		return "", nil
	}
	var ids []tree.ID
	for _, b := range slices.Concat(old, fresh) {
		ids = append(ids, tree.ID(b.ID))
	}
	slices.Sort(ids)
	sizes, err := r.src.Sizes(ctx, slices.Compact(ids))
	if err != nil {
		return "", err
	}
	for _, list := range [][]renames.Blob{old, fresh} {
		for i := range list {
			list[i].Size = sizes[tree.ID(list[i].ID)]
		}
	}
	found, err := renames.Find(old, fresh, func(b renames.Blob) ([]byte, error) {
		return r.src.Blob(ctx, tree.ID(b.ID))
	})
	for _, one := range found {
		if one.Old == ours {
			return fresh[one.New].Name, err
		}
	}
	return "", err
}
