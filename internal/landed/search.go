package landed

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// search is the search for one change.
type search struct {
	Work
	progress
	key            string
	names          []string
	paths          string   // the names as one text
	ids            []string // its identities: with renames told, and without
	grows          []int    // by how much its files grow, for each identity
	inks           inks     // of the files of all searches
	added, removed string   // the longest word of the lines that it adds, and of those that it removes

	begin      int   // in the line
	candidates []int // the commits that touch the same paths, by their indexes in the line
}

func newSearch(w Work) *search {
	h := &search{Work: w, names: names(w.Files), ids: []string{identity(w.Files)}, grows: []int{growth(w.Files)}}
	if w.paired != nil {
		h.ids, h.grows = append(h.ids, identity(w.paired)), append(h.grows, growth(w.paired))
	}
	h.paths = strings.Join(h.names, "\x00")
	h.key = fmt.Sprintf("%s %s %s %s %s", mainline.Engine(), w.Sum, w.Since, h.ids, w.proof)
	h.added, h.removed = longest(lines(w.Files, '+')), longest(lines(w.Files, '-'))
	return h
}

// from is the newest commit that was looked at.
func (h *search) from() tree.ID {
	if h.To != "" {
		return h.To
	}
	return h.Since
}

// follow goes through a line and notes each landing and each return.
func (h *search) follow(ctx context.Context, repo *git.Repo, src *mainline.Objects, line mainline.Line) error {
	if h.proof != "" && len(h.Found) == 0 {
		return h.prove(ctx, repo, src, line)
	}
	begin := h.begin
	for {
		if h.holds() {
			end, err := h.undone(ctx, src, line, begin)
			if err != nil || end < 0 {
				return err
			}
			h.Found[len(h.Found)-1].Undone = line[end].By()
			begin = end + 1
		}
		landed, err := h.landed(ctx, src, line, begin)
		if err != nil || landed < 0 {
			return err
		}
		h.lands(line[landed])
		begin = landed + 1
	}
}

// landed is the first commit, from an index on, that is the same diff as the change; -1 when there is none.
func (h *search) landed(ctx context.Context, src *mainline.Objects, line mainline.Line, begin int) (int, error) {
	ahead := 0
	for n, i := range h.candidates {
		if i < begin {
			continue
		}
		if n >= ahead {
			ahead = n + together
			if err := h.readAhead(ctx, src, line, n); err != nil {
				return -1, err
			}
		}
		if n, ok := h.inks.grown(line[i].Touched); ok && !slices.Contains(h.grows, n) {
			continue
		}
		if same, err := h.is(ctx, src, line[i].Touched); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// together is how many commits' files are read at once.
const together = 32

// readAhead reads the files of the candidates from the nth on, as far as no search has counted their bytes yet.
func (h *search) readAhead(ctx context.Context, src *mainline.Objects, line mainline.Line, n int) error {
	src.Forget(keptBlobs)
	blobs := map[tree.ID]bool{}
	for _, i := range h.candidates[n:min(n+together, len(h.candidates))] {
		addBlobs(blobs, line[i])
	}
	maps.DeleteFunc(blobs, func(id tree.ID, isFile bool) bool {
		_, counted := h.inks[id]
		return counted || id == "" || !isFile
	})
	if err := src.ReadBlobs(ctx, blobs); err != nil {
		return err
	}
	for id := range blobs {
		data, err := src.Blob(ctx, id)
		if err != nil {
			return err
		}
		h.inks.note(id, data)
	}
	return nil
}

// lands notes a commit that took the change in.
func (h *search) lands(c mainline.Commit) {
	h.Found = append(h.Found, verdict.Landing{By: c.By()})
	h.Was, h.Now = mainline.Files{}, mainline.Files{}
	for _, t := range c.Touched {
		if !slices.Contains(h.names, t.Path) {
			continue
		}
		if t.Old.Exists() {
			h.Was[t.Path] = t.Old
		}
		if t.New.Exists() {
			h.Now[t.Path] = t.New
		}
	}
}

// is says whether what a commit did is the change. The change's longest words are looked for first: that is quick,
// and most commits lack them.
func (h *search) is(ctx context.Context, src *mainline.Objects, touched []mainline.Touch) (bool, error) {
	var had, has bool
	for _, t := range touched {
		for i, v := range [2]mainline.Version{t.Old, t.New} {
			if !v.Exists() || v.Mode == tree.Submodule {
				continue
			}
			data, err := src.Blob(ctx, v.ID)
			if err != nil {
				return false, err
			}
			had = had || i == 0 && bytes.Contains(data, []byte(h.removed))
			has = has || i == 1 && bytes.Contains(data, []byte(h.added))
		}
	}
	if h.removed != "" && !had || h.added != "" && !has {
		return false, nil
	}
	read := func(id tree.ID) ([]byte, error) { return src.Blob(ctx, id) }
	did, err := diffTouched(touched, read)
	if err != nil || slices.Contains(h.ids, identity(did)) {
		return err == nil, err
	}
	if did, err = paired(did, read); did == nil || err != nil {
		return false, err
	}
	return slices.Contains(h.ids, identity(did)), nil
}

// prove follows a change that a commit is said to have taken in, whatever its diff.
func (h *search) prove(ctx context.Context, repo *git.Repo, src *mainline.Objects, line mainline.Line) error {
	i := line.Index(h.proof)
	if i < 0 { // a commit of a merged branch: the merge brought it
		in, err := repo.Ancestor(ctx, h.proof, line.Tip())
		if err != nil || !in {
			return err
		}
		out, err := repo.Run(ctx, "rev-list", "--ancestry-path", string(h.proof)+".."+string(line.Tip()), "--")
		if err != nil {
			return err
		}
		for id := range strings.FieldsSeq(string(out)) { // newest first
			if n := line.Index(tree.ID(id)); n >= 0 {
				i = n
			}
		}
	}
	if i < 0 {
		return nil
	}
	h.lands(line[i])
	h.begin = i + 1
	return h.follow(ctx, repo, src, line)
}
