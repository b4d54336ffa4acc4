package patch

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Retaken is what a change has to become to lead from one tree to another. What Kind says is set.
type Retaken struct {
	Kind  Kind   // the change's own, or KindPatch where that cannot say it
	Why   string // it is of another kind now, or an overlay with files of its own; "" where neither is so
	Patch []byte
	Edits []Edit
	Files map[string]*tree.File // of an overlay that change, by their path in the tree; nil for those to remove
	Over  map[string]string     // the sha256 of each file that the overlay replaces, where that is to be said anew
}

// Retake takes back what a person did to the tree of a change: it leads from before to after now. Nil when the change
// does that as it is.
func (s *Series) Retake(ctx context.Context, in Inputs, c *Change, before, after *tree.Tree) (*Retaken, error) {
	r := newRun(s, in)
	if same, err := r.leads(ctx, c, before, after); same || err != nil {
		return nil, err
	}
	var out *Retaken
	var err error
	why := ""
	switch c.Kind {
	case KindEdit:
		out, why, err = r.retakeEdits(ctx, c, before, after)
	case KindOverlay:
		out, why, err = r.retakeOverlay(ctx, c, before, after)
	case KindPull:
		why = "a pull request's commit is taken as it is"
	case KindLanded:
		return nil, fault.New(fault.Usage, "%q is a proof, and changes nothing", c.Name).At(c.File, c.Line).WithHint("give what is new another name")
	}
	if out != nil || err != nil {
		return out, err
	}
	files, err := Diff(ctx, before, after)
	if err != nil {
		return nil, err
	}
	return &Retaken{Kind: KindPatch, Why: why, Patch: slices.Concat(c.head(), diff.Format(files))}, nil
}

// Leads reports whether a change leads from one tree to another as it is.
func (s *Series) Leads(ctx context.Context, in Inputs, c *Change, before, after *tree.Tree) (bool, error) {
	return newRun(s, in).leads(ctx, c, before, after)
}

// leads says whether a change leads from one tree to another as it is.
func (r *run) leads(ctx context.Context, c *Change, before, after *tree.Tree) (bool, error) {
	j, err := r.judge(ctx, c, before)
	if err != nil || !j.verdict.Applies() {
		return false, err
	}
	now, err := before.With(ctx, j.files)
	if err != nil {
		return false, fmt.Errorf("applying %q: %w", c.Name, err)
	}
	return now.Root() == after.Root(), nil
}

// head is what stands before the diff in the patch that a change becomes: a patch's own head, or what it was.
func (c *Change) head() []byte {
	switch c.Kind {
	case KindPatch:
		return c.Patch.Data[:headLength(c.Patch.Data)]
	case KindPull:
		return fmt.Appendf(nil, "Subject: %s\n\nMade from %s at %s.\n\n", oneLine(c.Why), c.Pull, c.Commit)
	}
	return nil
}

// retakeOverlay gives the files of an overlay that are others now, or all of them where they were another repository's.
// Nothing is given, and why, where whole files cannot say what was done.
func (r *run) retakeOverlay(ctx context.Context, c *Change, before, after *tree.Tree) (*Retaken, string, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return nil, "", err
	}
	out := &Retaken{Kind: KindOverlay, Files: map[string]*tree.File{}, Over: map[string]string{}}
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
			return nil, fmt.Sprintf("%s is %s", d.Path, describe(d.New.Mode)), nil
		}
		data, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return nil, "", err
		}
		if f, ok := c.Overlay.Local[d.Path]; !ok || f.Mode != d.New.Mode || !bytes.Equal(f.Data, data) {
			out.Files[d.Path] = &tree.File{Mode: d.New.Mode, Data: data}
		}
		if d.Old.ID == "" {
			continue
		}
		old, err := before.Blob(ctx, d.Old.ID)
		if err != nil {
			return nil, "", err
		}
		sum := sha256Hex(old)
		if said, named := c.Overlay.Over[d.Path]; named && said == sum {
			continue
		} else if was, locked := r.in.Lock.path(c, d.Path); !named && locked && was.Pre == d.Old.ID {
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

// Resolved are the resolutions of a change's conflict with which it leads to after, by the file of each below its
// folder of changes; nil when none do, because somebody did more than resolve.
func (s *Series) Resolved(ctx context.Context, in Inputs, o Outcome, after *tree.Tree) (map[string][]byte, error) {
	kept := Resolutions{}
	for name, data := range s.Resolutions {
		kept[name] = data
	}
	files := map[string][]byte{}
	for _, u := range o.Unmerged {
		f, refused, err := original(ctx, after, u.File)
		if err != nil || refused != nil || f == nil {
			return nil, err
		}
		kept[u.Key.Name()], files[u.Key.File()] = f.Data, f.Data
	}
	if len(files) == 0 {
		return nil, nil
	}
	r := newRun(&Series{Changes: s.Changes, Resolutions: kept}, in)
	if same, err := r.leads(ctx, o.Change, o.Before, after); !same {
		return nil, err
	}
	return files, nil
}

// MarkedFile names a file between two trees in which a conflict's markers stand since; "" is none.
func MarkedFile(ctx context.Context, before, after *tree.Tree) (string, error) {
	deltas, err := tree.Compare(ctx, before, after)
	if err != nil {
		return "", err
	}
	for _, d := range deltas {
		if !d.New.Mode.IsRegular() {
			continue
		}
		data, err := after.Blob(ctx, d.New.ID)
		if err != nil {
			return "", err
		}
		if !marked(data) {
			continue
		}
		var old []byte
		if d.Old.Mode.IsRegular() {
			if old, err = before.Blob(ctx, d.Old.ID); err != nil {
				return "", err
			}
		}
		if !marked(old) {
			return d.Path, nil
		}
	}
	return "", nil
}

// NewPatch makes a change of what leads from one tree to another; file is the patch's name below its folder.
func NewPatch(ctx context.Context, name, why, file string, before, after *tree.Tree) (*Change, error) {
	c := &Change{Name: name, Why: strings.TrimSpace(why), Required: true}
	return c, c.SetBetween(ctx, file, before, after)
}

// SetBetween makes the change a patch of what leads from one tree to another, within what it is allowed to touch.
func (c *Change) SetBetween(ctx context.Context, file string, before, after *tree.Tree) error {
	files, err := Diff(ctx, before, after)
	if err != nil {
		return err
	}
	f := &File{Name: file, Data: diff.Format(files), Strip: 1}
	if refused := f.parse(c.may()); refused != nil {
		return refused
	}
	c.Kind, c.Patch = KindPatch, f
	c.Sum = c.sum()
	return nil
}

// Touches says why no change may make a file of this mode at a path, whatever it is allowed; nil is that one may. A file
// that is removed has mode 0; target is where a symbolic link points to.
func Touches(name string, mode tree.Mode, target string) error {
	if refused := checkPath(name, guarded); refused != nil {
		return refused
	}
	if mode == 0 {
		return nil
	}
	if refused := checkMode(name, 0, mode); refused != nil {
		return refused
	}
	if mode == tree.Symlink {
		if refused := checkTarget(name, target); refused != nil {
			return refused
		}
	}
	return nil
}
