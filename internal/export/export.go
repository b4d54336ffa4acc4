// Package export writes an applied series in forms that other tools read: a result of package apply goes in, the files
// of a quilt series or a mailbox for `git am` come out.
package export

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/treediff"
	"github.com/howdah/howdah/internal/verdict"
)

// eachChange calls fn with the diff of every change that is in the tree.
func eachChange(ctx context.Context, r *verdict.Result, fn func(verdict.Outcome, []*diff.File) error) error {
	for _, o := range r.Outcomes {
		if !o.Verdict.Applies() {
			continue
		}
		files, err := treediff.Diff(ctx, o.Before, o.After)
		if err == nil {
			err = fn(o, files)
		}
		if err != nil {
			return fmt.Errorf("exporting %q: %w", o.Change.Name, err)
		}
	}
	return nil
}
