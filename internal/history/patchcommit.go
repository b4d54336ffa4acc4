package history

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// commitMadeFor returns the newest commit of a line at which all files of a patch have the blobs that the patch
// names, in full or by their first digits. It returns "" if there is none, or if the patch does not name all of them.
// Touched is the line's.
func commitMadeFor(ctx context.Context, src *mainline.Objects, line mainline.Line,
	touched mainline.Touched, c *series.Change) (tree.ID, error) {
	if c.Kind != series.KindPatch || len(line) == 0 {
		return "", nil
	}
	digits, paths := map[string]string{}, map[string]bool{}
	for _, f := range c.Patch.Files {
		switch {
		case f.New || f.Part > 0:
			continue
		case strings.Trim(f.OldID, "0") == "":
			return "", nil
		}
		digits[f.OldName], paths[f.OldName] = f.OldID, true
	}
	if len(paths) == 0 {
		return "", nil
	}
	files, err := mainline.ReadFiles(ctx, tree.At(src, line[0].Tree), paths)
	if err != nil {
		return "", err
	}
	at := touched.Touching(paths)
	var last tree.ID
	for n := -1; n < len(at); n++ {
		if n >= 0 {
			files.Update(line[at[n]], paths)
		}
		next := len(line)
		if n+1 < len(at) {
			next = at[n+1]
		}
		right := next > 0
		for path, d := range digits {
			right = right && strings.HasPrefix(string(files[path].ID), d)
		}
		if right {
			last = line[next-1].ID
		}
	}
	return last, nil
}

// pastPaths has the commits that touched each path, on the whole line up to the pin.
type pastPaths struct {
	line    mainline.Line
	touched mainline.Touched
	madeFor map[string]int // by Change.Sum: indexes; -1: none
}

// paths reads the whole line once.
func (r *reader) paths(ctx context.Context) (*pastPaths, error) {
	if r.past != nil {
		return r.past, nil
	}
	line, err := r.since(ctx, "")
	if err != nil {
		return nil, err
	}
	r.past = &pastPaths{line: line, touched: r.touchedSince("", line), madeFor: map[string]int{}}
	return r.past, nil
}

// commitFor returns the index of the newest commit that has all files of a change as the change names them; -1 if
// there is none.
func (p *pastPaths) commitFor(ctx context.Context, src *mainline.Objects, c *series.Change) (int, error) {
	if i, ok := p.madeFor[c.Sum]; ok {
		return i, nil
	}
	id, err := commitMadeFor(ctx, src, p.line, p.touched, c)
	if err != nil {
		return -1, err
	}
	i := -1
	if id != "" {
		i = p.line.Index(id)
	}
	p.madeFor[c.Sum] = i
	return i, nil
}
