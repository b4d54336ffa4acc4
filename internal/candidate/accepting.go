package candidate

import (
	"path"
	"slices"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/verdict"
)

// accepting returns the command that accepts upstream's new state of the files that an overlay of one's own replaces;
// nil for another change. It is nil too where upstream moved such a file, because the overlay's has to move then, and
// for another upstream than the configured one, by which patch:overlay judges.
func (c *Candidate) accepting(out verdict.Outcome) *fault.Command {
	change := out.Change
	if out.Verdict != verdict.Stale || change.Kind != series.KindOverlay || change.Overlay.Local == nil ||
		c.Upstream.Report().Chosen ||
		slices.ContainsFunc(out.At, func(p verdict.Place) bool { return out.MovedTo(p.File) != "" }) {
		return nil
	}
	file := "."
	if len(out.At) == 1 {
		file = out.At[0].File
	}
	own := path.Join(path.Dir(change.File), series.OverlaysFolder, change.Overlay.Folder, file)
	next := target.PatchOverlay.Command(change.Name, own, file)
	return &next
}
