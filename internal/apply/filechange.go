package apply

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"

	"github.com/howdah/howdah/internal/treediff"
)

// fileChanges are the effects of a change on its base. Base is upstream's tree there; nil if it is not known.
type fileChanges struct {
	list []treediff.FileChange
	base *tree.Tree
	cost int // of reading them from another repository

	numbers map[string]int // by path: the index in list of the first entry with it; built by index

	// byFile has what each file of a patch does by itself, to what the files before it made. A file whose base is not
	// known is not in it.
	byFile map[*diff.File]treediff.FileChange
}

// index builds numbers, which makes of() fast.
func (s fileChanges) index() fileChanges {
	s.numbers = make(map[string]int, len(s.list))
	for i, one := range slices.Backward(s.list) {
		s.numbers[one.From], s.numbers[one.To] = i, i
	}
	return s
}

// of returns the first entry with this path.
func (s fileChanges) of(name string) (treediff.FileChange, bool) {
	i, ok := s.numbers[name]
	if !ok {
		return treediff.FileChange{}, false
	}
	return s.list[i], true
}

// NoBase is what a verdict's message says of a patch whose base cannot be read: neither the lock nor the patch leads
// to it.
const NoBase = "no base is known for a three-way merge"

var errNoBase = errors.New(NoBase)

// patchSides applies a patch to its own base. It leaves out a file whose base is not known.
func (r *Run) patchSides(ctx context.Context, c *series.Change) (fileChanges, error) {
	out := fileChanges{byFile: map[*diff.File]treediff.FileChange{}}
	accepted, err := r.accepted(ctx, c)
	if err != nil {
		return out, err
	}
	var before *tree.Tree
	var known map[*diff.File]fitted
	if accepted != nil {
		before, out.base = accepted.before[c], accepted.base
	}
	if before != nil {
		known = accepted.fitted
	}
	written := map[string]int{} // path → side that wrote it
	earlier, part := written, 0 // the same, before the commit that a file of the patch is part of
	for _, f := range c.Patch.Files {
		if f.Part != part || f == c.Patch.Files[0] {
			earlier, part = maps.Clone(written), f.Part
		}
		from, to := f.OldName, f.NewName
		var pre, post *tree.File
		i, again := written[from]
		if f.Rename || f.Copy {
			i, again = earlier[from]
		}
		was, fits := known[f]
		fits = fits && f.Part == 0 // later commits of a patch may rest on a file that did not fit
		switch {
		case f.New:
			from = ""
		case again:
			pre = out.list[i].Post
			if pre == nil {
				continue // an earlier commit removes it
			}
			fits = fits && bytes.Equal(pre.Data, was.old.Data)
		case fits:
			pre = was.old
		default:
			if pre, err = r.preimage(ctx, f, before); err != nil {
				return out, err
			}
			if pre == nil {
				continue
			}
		}
		if fits {
			post = made(f, pre, was.next)
		} else if post, err = applyTo(f, pre); err != nil {
			continue // a base that the patch does not fit is none
		}
		if r.chargeSides(nil, post, 1); r.cost.over() {
			return out, refusal{why: tooMuch(), ofRun: true}
		}
		if f.Deleted {
			to = ""
		}
		out.byFile[f] = treediff.FileChange{From: from, To: to, Pre: pre, Post: post}
		if again && !f.Copy {
			if written[from] == i {
				delete(written, from)
			}
			out.list[i].To, out.list[i].Post = to, post
		} else {
			if f.Copy {
				from, pre = "", nil
			}
			i = len(out.list)
			out.list = append(out.list, treediff.FileChange{From: from, To: to, Pre: pre, Post: post})
		}
		if to != "" {
			written[to] = i
		}
	}
	return out, nil
}

// chargeSides charges the cost of comparing the two sides of a file, weight for each byte.
func (r *Run) chargeSides(pre, post *tree.File, weight int) {
	for _, side := range []*tree.File{pre, post} {
		if side != nil {
			r.cost.charge(len(side.Data), weight)
		}
	}
}

// preimage returns the content that a patch was made for: from the series replayed at the lock's commit, or else the
// blob that the patch names. It is nil if neither can be read.
func (r *Run) preimage(ctx context.Context, f *diff.File, before *tree.Tree) (*tree.File, error) {
	if before != nil {
		pre, refused, err := original(ctx, before, f.OldName)
		if err != nil {
			return nil, err
		}
		if pre != nil && refused == nil {
			if _, err := applyTo(f, pre); err == nil {
				return pre, nil
			}
		}
	}
	mode := tree.Mode(f.OldMode)
	if mode == 0 {
		mode = tree.Regular
	}
	if f.Binary != nil {
		if old, _, ok := f.Contents(); ok {
			return &tree.File{Mode: mode, Data: old}, nil
		}
	}
	id := tree.ID(f.OldID)
	if x, ok := r.in.Sources.(Expander); ok && len(id) >= 4 { // git abbreviates to at least 4 digits
		full, err := x.Expand(ctx, f.OldName, f.OldID)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
		id = full
	}
	if !id.Valid() {
		return nil, nil
	}
	data, err := r.in.Base.Blob(ctx, id)
	if err != nil {
		return nil, ctx.Err() // without this blob there is no base
	}
	return &tree.File{Mode: mode, Data: data}, nil
}

// applyTo applies one file of a patch. Pre is nil for a new file; the result is nil for a removed one.
func applyTo(f *diff.File, pre *tree.File) (*tree.File, error) {
	var data []byte
	if pre != nil {
		data = pre.Data
	}
	next, _, err := f.Fit(data)
	if err != nil || f.Deleted {
		return nil, err
	}
	return made(f, pre, next), nil
}

// made is a file with the content that a patch gives it, and the mode.
func made(f *diff.File, pre *tree.File, content []byte) *tree.File {
	mode := tree.Regular
	if pre != nil {
		mode = pre.Mode
	}
	if f.NewMode != 0 {
		mode = tree.Mode(f.NewMode)
	}
	return &tree.File{Mode: mode, Data: content}
}

// checkChange returns why a change may not alter a file in this way, or nil.
func checkChange(s treediff.FileChange, allow []string) *fault.Error {
	var was, is tree.Mode
	for _, name := range []string{s.From, s.To} {
		if name == "" {
			continue
		}
		if refused := safety.CheckPath(name, allow); refused != nil {
			return refused
		}
	}
	if s.Pre != nil {
		was, is = s.Pre.Mode, s.Pre.Mode
	}
	if s.Post != nil {
		is = s.Post.Mode
	}
	return safety.CheckMode(s.To, was, is)
}

// pulled compares the two sides of a pull request. It checks their number and sizes before it reads the files, since
// anybody can open a pull request.
func (r *Run) pulled(ctx context.Context, base, head *tree.Tree) (fileChanges, error) {
	none := fileChanges{}
	if r.reading.over() {
		return none, refusal{why: tooMuch(), ofRun: true}
	}
	deltas, err := tree.CompareMost(ctx, base, head, maxDiffering)
	if errors.Is(err, tree.ErrMany) {
		r.reading.charge(maxDiffering, costOfFile)
		return none, refusal{why: safety.Malformed("it touches more than %d files and folders", maxDiffering)}
	}
	if err != nil {
		return none, fmt.Errorf("comparing it with its base: %w", err)
	}
	sides := map[*tree.Tree][]tree.ID{}
	for _, d := range deltas {
		for _, e := range []struct {
			of *tree.Tree
			tree.Entry
		}{{base, d.Old}, {head, d.New}} {
			if e.ID != "" && e.Mode != tree.Submodule {
				sides[e.of] = append(sides[e.of], e.ID)
			}
		}
	}
	cost := 0
	for of, ids := range sides {
		n, err := r.allowReading(ctx, of, ids)
		if err != nil {
			return none, err
		}
		cost += n
	}
	list, err := treediff.Of(ctx, base, head, deltas)
	return fileChanges{list: list, base: base, cost: cost}, err
}

// pull merges a pull request's change since its merge base.
func (r *Run) pull(ctx context.Context, c *series.Change, t *tree.Tree, j *judgement) error {
	s, err := r.sides(ctx, c)
	if err != nil {
		return err
	}
	if r.cost.charge(s.cost, 1); r.cost.over() {
		return nil
	}
	if len(s.list) > series.MaxTouched {
		j.refuse(safety.Malformed("it touches %d files, at most %d are allowed", len(s.list), series.MaxTouched), c)
		return nil
	}
	for _, one := range s.list {
		if refused := checkChange(one, c.Allowed()); refused != nil {
			j.refuse(refused, c)
			return nil
		}
	}
	v := view{t, j}
	for _, one := range s.list {
		if err := r.merge(ctx, c, v, s, one); err != nil {
			return err
		}
	}
	return nil
}
