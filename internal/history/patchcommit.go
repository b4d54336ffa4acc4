package history

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// commitMadeFor is the newest commit of a line at which all files of a patch have the contents that the patch names for
// them, whole or by their first digits; "" where there is none, or where the patch does not name all.
func commitMadeFor(ctx context.Context, src *mainline.Objects, line mainline.Line, o *apply.Outcome) (tree.ID, error) {
	if o.Change.Kind != series.KindPatch {
		return "", nil
	}
	digits, paths := map[string]string{}, map[string]bool{}
	for _, f := range o.Change.Patch.Files {
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
	var last tree.ID
	right := false
	for i, c := range line {
		if touches := c.Touches(paths); i == 0 || touches {
			if touches {
				files.Update(c, paths)
			}
			right = true
			for path, d := range digits {
				right = right && strings.HasPrefix(string(files[path].ID), d)
			}
		}
		if right {
			last = c.ID
		}
	}
	return last, nil
}
