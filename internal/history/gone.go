package history

import (
	"context"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// WithWent returns the outcome with where each file that the change lacks went, up to the pin: the same answer as
// Explain's, without the walk.
func WithWent(ctx context.Context, u mainline.Upstream, pin tree.ID, o verdict.Outcome) (verdict.Outcome, error) {
	r := newReader(u, pin)
	defer r.moves.Save()
	return r.withWent(ctx, o)
}

// withWent finds, for each file that a change lacks, the upstream commit that moved or deleted it, and its present
// path. It skips what cannot be read.
func (r *reader) withWent(ctx context.Context, o verdict.Outcome) (verdict.Outcome, error) {
	var said []string
	var found []verdict.Went
	pinned, err := r.upstream.Repo.At(ctx, r.pin)
	if err != nil {
		return o, err
	}
	for _, at := range o.At {
		if there, err := pinned.Lookup(ctx, at.File); err == nil && !there.Mode.IsFolder() {
			continue // it is there, and does not fit
		}
		went, err := r.went(ctx, at.File)
		if ctx.Err() != nil {
			return o, ctx.Err()
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
		found = append(found, *went)
	}
	o.Went = slices.Concat(o.Went, found)
	if len(o.Went) == 0 || o.Verdict == verdict.Stale && len(said) < len(o.At) {
		return o, nil // the message may have more already
	}
	if len(said) > mostSaid {
		said = append(said[:mostSaid], "and more")
	}
	o.Message = strings.Join(said, "; ")
	return o, nil
}

// mostSaid is how many files a message names.
const mostSaid = 8

// went returns where a file went; nil if upstream's history does not have it.
func (r *reader) went(ctx context.Context, name string) (*verdict.Went, error) {
	line, last, i, err := r.removed(ctx, name)
	if err != nil || i < 0 {
		return nil, err
	}
	return r.follow(ctx, line, last, name, i)
}

// removed returns the newest commit that removed a file, as an index in a line; -1 if there is none.
func (r *reader) removed(ctx context.Context, name string) (mainline.Line, map[string]lastTouch, int, error) {
	for _, from := range r.depths(ctx) {
		line, err := r.since(ctx, from)
		if err != nil {
			return nil, nil, -1, err
		}
		last := r.last[from]
		if last == nil {
			last = lastTouches(line)
			r.last[from] = last
		}
		if i := removal(last, name, 0); i >= 0 {
			return line, last, i, nil
		}
	}
	return nil, nil, -1, nil
}

// lastTouch is the newest commit of a line that touched a path.
type lastTouch struct {
	index int
	there bool // the path exists after it
}

func lastTouches(line mainline.Line) map[string]lastTouch {
	all := map[string]lastTouch{}
	for i, c := range line {
		for _, t := range c.Touched {
			all[t.Path] = lastTouch{i, t.New.Exists()}
		}
	}
	return all
}

// removal returns the index of the newest commit, from an index on, that removed a path; -1 if there is none.
func removal(last map[string]lastTouch, name string, from int) int {
	t, ok := last[name]
	if !ok || t.there || t.index < from {
		return -1
	}
	return t.index
}

// follow follows a file from the commit that removed it, over all its renames. The commit returned is the first
// rename if the file still exists somewhere, or else the one that deleted it.
func (r *reader) follow(ctx context.Context, line mainline.Line, last map[string]lastTouch, name string,
	i int) (*verdict.Went, error) {
	out := &verdict.Went{File: name, By: line[i].By(), Was: lastContent(line[i], name)}
	for i >= 0 {
		moved, err := r.moves.Of(ctx, line[i])
		if err != nil {
			return nil, err
		}
		to := moved[name]
		if out.To = to; to == "" {
			out.By = line[i].By()
			return out, nil
		}
		name, i = to, removal(last, to, i+1)
	}
	return out, nil
}

// lastContent returns what a commit removed under a name; "" if it removed no file there.
func lastContent(c mainline.Commit, name string) tree.ID {
	i, ok := slices.BinarySearchFunc(c.Touched, name, func(t mainline.Touch, name string) int {
		return strings.Compare(t.Path, name)
	})
	if !ok {
		return ""
	}
	return c.Touched[i].Old.ID
}

// bringMoved fetches, in one batch, the last contents of removed files, and those that are compared to find where they
// went. What cannot be fetched is reported where it is needed.
func (r *reader) bringMoved(ctx context.Context, open []*verdict.Outcome) error {
	want, seen := map[tree.ID]bool{}, map[tree.ID]bool{}
	for _, o := range open {
		if o.Verdict != verdict.Gone {
			continue
		}
		for _, at := range o.At {
			line, _, i, err := r.removed(ctx, at.File)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if err != nil || i < 0 {
				continue
			}
			want[lastContent(line[i], at.File)] = true
			if seen[line[i].ID] {
				continue
			}
			seen[line[i].ID] = true
			for _, id := range r.moves.Compared(line[i]) {
				want[id] = true
			}
		}
	}
	return r.bringMost(ctx, want)
}

// bringFollowed fetches, in one batch, the files to which upstream moved what changes lack: their lines are shown.
func (r *reader) bringFollowed(ctx context.Context, open []*verdict.Outcome) error {
	paths := map[string]bool{}
	for _, o := range open {
		for _, went := range o.Went {
			if went.To != "" {
				paths[went.To] = true
			}
		}
	}
	if len(paths) == 0 {
		return nil
	}
	pinned, err := r.upstream.Repo.At(ctx, r.pin)
	if err != nil {
		return err
	}
	there, err := mainline.ReadFiles(ctx, pinned, paths)
	if err != nil {
		return err
	}
	want := map[tree.ID]bool{}
	for _, v := range there {
		want[v.ID] = v.Mode.IsRegular()
	}
	return r.bringMost(ctx, want)
}

// bringMost fetches contents in one batch. What cannot be fetched is reported where it is needed.
func (r *reader) bringMost(ctx context.Context, want map[tree.ID]bool) error {
	if err := r.src.Bring(ctx, want); ctx.Err() != nil {
		return err
	}
	return nil
}
