package rewrite

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// rewriteOverlay gives the files of an overlay that are others now, or all of them where they were another
// repository's. Nothing is given, and why, where whole files cannot say what was done.
func rewriteOverlay(ctx context.Context, r *apply.Run, c *series.Change, before,
	after *tree.Tree) (*Rewritten, string, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return nil, "", err
	}
	out := &Rewritten{Kind: series.KindOverlay, Files: map[string]*tree.File{}, Over: map[string]string{}}
	if c.Overlay.Local == nil {
		out.Why = fmt.Sprintf("its files were those of %s at %s", c.Overlay.Repository, c.Overlay.Commit.Short())
	}
	seen := map[string]bool{}
	for _, d := range deltas {
		seen[d.Path] = true
		switch {
		case d.New.ID == "":
			return nil, fmt.Sprintf("whole files do not remove %s", d.Path), nil
		case !d.New.Mode.IsRegular():
			return nil, fmt.Sprintf("%s is %s", d.Path, safety.Describe(d.New.Mode)), nil
		}
		data, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return nil, "", err
		}
		if f, ok := c.Overlay.Local[d.Path]; !ok || f.Mode != d.New.Mode || !bytes.Equal(f.Data, data) {
			out.Files[d.Path] = &tree.File{Mode: d.New.Mode, Data: data}
		}
		if d.Old.ID == "" {
			if _, named := c.Overlay.Over[d.Path]; named { // upstream's file is gone, so this one replaces nothing
				out.Over[d.Path] = ""
			}
			continue
		}
		old, err := before.Blob(ctx, d.Old.ID)
		if err != nil {
			return nil, "", err
		}
		sum := series.SHA256(old)
		if said, named := c.Overlay.Over[d.Path]; named && said == sum {
			continue
		} else if was, locked := r.Lock().PathOf(c, d.Path); !named && locked && was.Pre == d.Old.ID {
			continue
		}
		out.Over[d.Path] = sum
	}
	for name := range c.Overlay.Local {
		if !seen[name] {
			out.Files[name] = nil
		}
	}
	if len(seen) == 0 {
		return nil, "no file of it is left", nil
	}
	return out, "", nil
}
