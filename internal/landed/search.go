package landed

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

type search struct {
	work     Work
	progress progress
	key      string
	names    []string
	named    map[string]bool       // the names
	paths    string                // the names as one text
	ids      []string              // its identities, with and without rename detection
	grows    growth                // by how much its files grow
	textless map[string]*diff.File // the files that it changes and that git shows no lines of, by their paths
	grew     map[string]int64      // by how many bytes each other file grows; nil where files are renamed
	unsized  bool                  // it renames one without lines: how much it grows says nothing

	begin   int  // in the line
	touched int  // the commit that it was last asked about, plus one
	held    held // what is known of the change while it holds
}

func newSearch(w Work) *search {
	h := &search{work: w, names: names(w.Files), ids: []string{identity(w.Files)}, grows: growthOf(w.Files)}
	if w.paired != nil {
		h.ids = append(h.ids, identity(w.paired))
	}
	h.named = map[string]bool{}
	for _, name := range h.names {
		h.named[name] = true
	}
	h.expect()
	h.paths = strings.Join(h.names, "\x00")
	h.key = fmt.Sprintf("%s %s %s %s %s", mainline.Engine(), w.Sum, w.Since, h.ids, w.proof)
	return h
}

// from returns the newest commit that was searched.
func (h *search) from() tree.ID {
	if h.progress.To != "" {
		return h.progress.To
	}
	return h.work.Since
}

// is reports whether what a commit did is the change or, with back, its reverse. sure is false where the budget does
// not allow to find out.
func (h *search) is(ctx context.Context, c *commits, i int, back bool) (same, sure bool, err error) {
	did, err := c.read(ctx, i)
	if err != nil {
		return false, false, err
	}
	want := h.grows
	if back {
		want = want.back()
	}
	if !h.unsized && (did.all != want.sum || slices.ContainsFunc(did.binary, func(path string) bool {
		return h.textless[path] == nil
	})) {
		return false, true, nil
	}
	if !back {
		if same, err = h.isCommit(ctx, c, i); same || err != nil {
			return same, true, err
		}
	}
	ids, sure, err := c.identities(ctx, i, back)
	return slices.ContainsFunc(ids, func(id string) bool { return slices.Contains(h.ids, id) }), sure, err
}

// isCommit reports whether the change turns the files before a commit into those after it, which is found faster than
// what differs. Only a change that edits files is asked.
func (h *search) isCommit(ctx context.Context, c *commits, i int) (bool, error) {
	at := map[string]mainline.Touch{}
	for _, t := range c.line[i].Touched {
		at[t.Path] = t
	}
	for _, f := range h.work.Files {
		t := at[f.OldName]
		if len(f.Hunks) == 0 || f.New || f.Deleted || f.OldName != f.NewName || f.OldMode != f.NewMode ||
			!t.Old.Mode.IsRegular() || t.Old.Mode != t.New.Mode {
			return false, nil
		}
		sides, err := c.sides(ctx, t)
		if err != nil {
			return false, err
		}
		if made, _, err := f.Fit(sides[0]); err != nil || !bytes.Equal(made, sides[1]) {
			return false, nil
		}
	}
	return true, nil
}

// lands notes a commit that took the change in.
func (h *search) lands(c mainline.Commit) {
	h.progress.Found = append(h.progress.Found, verdict.Landing{By: c.By()})
	h.progress.Was, h.progress.Now, h.held = mainline.Files{}, mainline.Files{}, held{}
	for _, t := range c.Touched {
		if !h.named[t.Path] {
			continue
		}
		if t.Old.Exists() {
			h.progress.Was[t.Path] = t.Old
		}
		if t.New.Exists() {
			h.progress.Now[t.Path] = t.New
		}
	}
}

// prove notes the landing of a change that a commit is said to have taken in, whatever its diff. Without one nothing of
// the line is looked at.
func (h *search) prove(ctx context.Context, repo *git.Repo, line mainline.Line) error {
	h.begin = len(line)
	i := line.Index(h.work.proof)
	if i < 0 { // a commit of a merged branch: use the merge
		in, err := repo.Ancestor(ctx, h.work.proof, line.Tip())
		if err != nil || !in {
			return err
		}
		out, err := repo.Run(ctx, "rev-list", "--ancestry-path", string(h.work.proof)+".."+string(line.Tip()), "--")
		if err != nil {
			return err
		}
		for id := range strings.FieldsSeq(string(out)) { // newest first
			if n := line.Index(tree.ID(id)); n >= 0 {
				i = n
			}
		}
	}
	if i >= 0 {
		h.lands(line[i])
		h.begin = i + 1
	}
	return nil
}
