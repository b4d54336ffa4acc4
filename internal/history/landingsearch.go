package history

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// hunt is the search for one change.
type hunt struct {
	Work
	search
	key            string
	names          []string
	paths          string   // the names as one text
	ids            []string // its identities: with renames told, and without
	added, removed string   // the longest word of the lines that it adds, and of those that it removes

	begin      int   // in the line
	candidates []int // the commits that touch the same paths, by their indexes in the line
}

func newHunt(w Work) *hunt {
	h := &hunt{Work: w, names: names(w.Files), ids: []string{identity(w.Files)}}
	if w.paired != nil {
		h.ids = append(h.ids, identity(w.paired))
	}
	h.paths = strings.Join(h.names, "\x00")
	h.key = fmt.Sprintf("%s %s %s %s %s", engine(), w.Sum, w.Since, h.ids, w.Proof)
	h.added, h.removed = longest(lines(w.Files, '+')), longest(lines(w.Files, '-'))
	return h
}

// from is the newest commit that was looked at.
func (h *hunt) from() tree.ID {
	if h.To != "" {
		return h.To
	}
	return h.Since
}

// follow goes through a line and notes each landing and each return.
func (h *hunt) follow(ctx context.Context, repo *git.Repo, src *objects, line Mainline) error {
	if h.Proof != "" && len(h.Found) == 0 {
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
func (h *hunt) landed(ctx context.Context, src *objects, line Mainline, begin int) (int, error) {
	for _, i := range h.candidates {
		if i < begin {
			continue
		}
		if same, err := h.is(ctx, src, line[i].Touched); same || err != nil {
			return i, err
		}
	}
	return -1, nil
}

// lands notes a commit that took the change in.
func (h *hunt) lands(c Commit) {
	h.Found = append(h.Found, apply.Landing{By: c.By()})
	h.Was, h.Now = files{}, files{}
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
func (h *hunt) is(ctx context.Context, src *objects, touched []Touch) (bool, error) {
	var had, has bool
	for _, t := range touched {
		for i, v := range [2]Version{t.Old, t.New} {
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
func (h *hunt) prove(ctx context.Context, repo *git.Repo, src *objects, line Mainline) error {
	in, err := repo.Ancestor(ctx, h.Proof, line.tip())
	if err != nil || !in {
		return err
	}
	i := line.index(h.Proof)
	if i < 0 { // a commit of a merged branch: the merge brought it
		out, err := repo.Run(ctx, "rev-list", "--ancestry-path", string(h.Proof)+".."+string(line.tip()), "--")
		if err != nil {
			return err
		}
		for id := range strings.FieldsSeq(string(out)) { // newest first
			if n := line.index(tree.ID(id)); n >= 0 {
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

// undone is the first commit, from an index on, that took the landed change back; -1 when there is none.
func (h *hunt) undone(ctx context.Context, src *objects, line Mainline, begin int) (int, error) {
	paths := map[string]bool{}
	for _, n := range h.names {
		paths[n] = true
	}
	var later []int
	blobs := map[tree.ID]bool{}
	for _, i := range line.touching(paths) {
		if i < begin {
			continue
		}
		later = append(later, i)
		for _, t := range line[i].Touched {
			if paths[t.Path] && t.New.Mode != tree.Submodule {
				blobs[t.New.ID] = true
			}
		}
	}
	for _, v := range h.Now {
		blobs[v.ID] = v.Mode != tree.Submodule
	}
	if len(later) == 0 {
		return -1, nil
	}
	if err := src.readBlobs(ctx, blobs); err != nil {
		return -1, err
	}
	could, err := h.fits(ctx, src)
	if err != nil {
		return -1, err
	}
	for _, i := range later {
		h.Now.update(line[i], paths)
		can, err := h.fits(ctx, src)
		if err != nil {
			return -1, err
		}
		asBefore := maps.Equal(h.Now, h.Was)
		if line[i].paths() == h.paths {
			if asBefore {
				return i, nil
			}
			if back, err := h.is(ctx, src, reversed(line[i].Touched)); back || err != nil {
				return i, err
			}
		}
		if asBefore || can && !could {
			moved, err := h.moved(ctx, src, line[i])
			if err != nil || !moved {
				return i, err
			}
		}
		could = can
	}
	return -1, nil
}

// reversed is what takes back what a commit did.
func reversed(touched []Touch) []Touch {
	out := slices.Clone(touched)
	for i, t := range out {
		out[i].Old, out[i].New = t.New, t.Old
	}
	return out
}

// fits says whether the change can be made, as it was first made, on the files that stand at its paths now.
func (h *hunt) fits(ctx context.Context, src *objects) (bool, error) {
	for _, f := range h.Files {
		switch v := h.Now[f.OldName]; {
		case f.Rename || f.Copy || len(f.Hunks) == 0:
			return false, nil
		case f.New:
			if h.Now[f.NewName].Exists() {
				return false, nil
			}
		case !v.Exists() || v.Mode == tree.Submodule:
			return false, nil
		default:
			data, err := src.Blob(ctx, v.ID)
			if err != nil {
				return false, err
			}
			if _, _, err := f.Apply(data); err != nil {
				return false, nil
			}
		}
	}
	return true, nil
}

// moved says whether a commit adds again, anywhere, half of the lines that the change adds: then it moved them. Lines
// that the change takes away too, as where it indents them, tell nothing.
func (h *hunt) moved(ctx context.Context, src *objects, c Commit) (bool, error) {
	did, err := diffTouched(c.Touched, func(id tree.ID) ([]byte, error) { return src.Blob(ctx, id) })
	if err != nil {
		return false, err
	}
	has := map[string]bool{}
	for _, l := range lines(did, '+') {
		has[strings.TrimSpace(l)] = true
	}
	away := map[string]bool{}
	for _, l := range lines(h.Files, '-') {
		away[strings.TrimSpace(l)] = true
	}
	found, all := 0, 0
	for _, l := range lines(h.Files, '+') {
		if l = strings.TrimSpace(l); len(l) < 8 || away[l] { // "end", "}": they are everywhere
			continue
		}
		if all++; has[l] {
			found++
		}
	}
	return all > 0 && 2*found >= all, nil
}
