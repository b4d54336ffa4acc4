package landed

import (
	"context"
	"fmt"
	"iter"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// commits are those of a line. What each did is read and compared once for all searches, within the budget.
type commits struct {
	src    *mainline.Objects
	line   mainline.Line
	budget budget

	sums    map[int]sums     // of the commits that were read, by their indexes in the line
	ids     map[int][]string // the identities of what commits did
	backIDs map[int][]string // and of what takes it back
	fitted  map[tree.ID]bool // the contents that were read for fit
	at      int              // the commit that altered is about
	altered []*diff.File
}

// sums are what the lines of a commit's files have grown by.
type sums struct {
	all    uint64
	binary []string // the paths of files that git shows no lines of
}

// read compares the sums of the files that a commit touched.
func (c *commits) read(ctx context.Context, i int) (sums, error) {
	if known, ok := c.sums[i]; ok {
		return known, nil
	}
	var out sums
	for _, t := range c.line[i].Touched {
		if t.Old.ID == t.New.ID {
			continue
		}
		sides, err := c.sides(ctx, t)
		if err != nil {
			return out, err
		}
		if diff.IsBinary(sides[0]) || diff.IsBinary(sides[1]) {
			out.binary = append(out.binary, t.Path)
		} else {
			out.all += grown(sides[0], sides[1])
		}
	}
	c.sums[i] = out
	return out, nil
}

// sizes are how many bytes the files have that some commits touched, before and after.
func (c *commits) sizes(ctx context.Context, indexes iter.Seq[int]) (map[tree.ID]int64, error) {
	blobs := map[tree.ID]bool{}
	for i := range indexes {
		addBlobs(blobs, c.line[i])
	}
	var ids []tree.ID
	for id, isFile := range blobs {
		if isFile && id != "" {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return c.src.Sizes(ctx, ids)
}

// sides are the texts of a file before and after a commit.
func (c *commits) sides(ctx context.Context, t mainline.Touch) (sides [2][]byte, err error) {
	for i, v := range [2]mainline.Version{t.Old, t.New} {
		if sides[i], err = textOf(ctx, c.src, v); err != nil {
			return sides, fmt.Errorf("reading %q: %w", t.Path, err)
		}
	}
	return sides, nil
}

// textOf is the text of a version, as git compares it.
func textOf(ctx context.Context, src *mainline.Objects, v mainline.Version) ([]byte, error) {
	switch {
	case !v.Exists():
		return nil, nil
	case v.Mode == tree.Submodule:
		return submoduleText(v.ID), nil
	}
	return src.Blob(ctx, v.ID)
}

// submoduleText is what git compares of a submodule.
func submoduleText(id tree.ID) []byte { return []byte("Subproject commit " + string(id) + "\n") }

// identities returns those of what a commit did, with and without rename detection, or of what takes it back. ok is
// false where the budget does not allow it.
func (c *commits) identities(ctx context.Context, i int, back bool) (ids []string, ok bool, err error) {
	memo, touched := c.ids, c.line[i].Touched
	if back {
		memo, touched = c.backIDs, mainline.Reversed(touched)
	}
	if ids, ok = memo[i]; ok {
		return ids, true, nil
	}
	read := func(id tree.ID) ([]byte, error) { return c.src.Blob(ctx, id) }
	size := 0
	for _, t := range touched {
		sides, err := c.sides(ctx, t)
		if err != nil {
			return nil, false, err
		}
		size += len(sides[0]) + len(sides[1])
	}
	if !c.budget.compare(size) {
		return nil, false, nil
	}
	did, err := diffTouched(touched, read)
	if err != nil {
		return nil, false, err
	}
	ids = []string{identity(did)}
	if did, err = paired(did, read); err != nil {
		return nil, false, err
	}
	if did != nil {
		ids = append(ids, identity(did))
	}
	memo[i] = ids
	return ids, true, nil
}

// did is what a commit did to all files that it touched. ok is false where the budget does not allow it. That of one
// commit is kept, for all searches that come to it.
func (c *commits) did(ctx context.Context, i int) (files []*diff.File, ok bool, err error) {
	if c.at == i && c.altered != nil {
		return c.altered, true, nil
	}
	sizes, err := c.sizes(ctx, slices.Values([]int{i}))
	if err != nil {
		return nil, false, err
	}
	if !c.budget.compare(int(bytesOf(c.line[i], sizes))) {
		return nil, false, nil
	}
	c.at = i
	c.altered, err = diffTouched(c.line[i].Touched, func(id tree.ID) ([]byte, error) { return c.src.Blob(ctx, id) })
	return c.altered, err == nil, err
}
