package series

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/tree"
)

// plain returns the patch in git's form, as far as that is known without upstream's files. Patches of quilt may have
// other prefixes than a/ and b/, and lines of other tools between the files.
func (f *File) plain() []byte {
	if !f.quilt {
		return f.Data
	}
	if f.Strip == 1 && !f.reverse {
		if _, err := diff.Parse(f.Data); err == nil {
			return f.Data
		}
	}
	read, err := patchform.Read(context.Background(), f.form(), nil)
	if err != nil {
		return f.Data
	}
	return read.Data
}

// form returns the patch with what its folder says about it (-p, -R).
func (f *File) form() patchform.Patch {
	return patchform.Patch{Data: f.Data, Strip: f.Strip, Stated: f.stated, Reverse: f.reverse}
}

// InGitForm returns the series with the patches of quilt and plain folders converted to git's form. The files of
// upstream's tree decide how many parts to strip from their paths.
func (s *Series) InGitForm(ctx context.Context, t *tree.Tree) (*Series, error) {
	if !slices.ContainsFunc(s.Changes, func(c *Change) bool { return c.Patch != nil && c.Patch.quilt }) {
		return s, nil
	}
	up := patchform.Of(t)
	out := *s
	out.Changes = nil
	for _, c := range s.Changes {
		if c.Patch != nil && c.Patch.quilt && c.Patch.Data != nil {
			var err error
			if c, err = c.inGitForm(ctx, up); err != nil {
				return nil, err
			}
		}
		c.recordAdded(up)
		out.Changes = append(out.Changes, c)
	}
	return &out, nil
}

// recordAdded records in up the files that the change adds.
func (c *Change) recordAdded(up *patchform.Upstream) {
	if c.Patch != nil {
		for _, f := range c.Patch.Files {
			if f.NewName != "" {
				up.Made(f.NewName)
			}
		}
	}
	if c.Overlay != nil {
		for name := range c.Overlay.Local {
			up.Made(name)
		}
	}
}

// inGitForm returns the change with its patch in git's form.
func (c *Change) inGitForm(ctx context.Context, up *patchform.Upstream) (*Change, error) {
	f, notes, err := ReadForm(ctx, c.Patch.form(), c.Patch.Name, up)
	if c.Patch.unpacked != "" {
		notes = append([]string{"unpacked with " + c.Patch.unpacked}, notes...)
	}
	var refused *fault.Error
	if err != nil && !errors.As(err, &refused) {
		return nil, err
	}
	one := *c
	if refused != nil {
		one.Refused = refused
		return &one, nil
	}
	if c.Refused == nil && bytes.Equal(f.Data, c.Patch.plain()) {
		one.Notes = notes
		return &one, nil
	}
	one.Patch, one.Notes, one.Why = f, notes, Subject(f.Data)
	one.Refused = f.Parse(c.Allowed())
	return &one, nil
}

// ReadForm converts a patch in any form to git's form. Notes say what was corrected. A *fault.Error is about the
// patch, any other error about reading the tree. It does not parse the diff.
func ReadForm(ctx context.Context, p patchform.Patch, name string, up *patchform.Upstream) (
	f *File, notes []string, err error,
) {
	if kind, why := patchform.Look(p.Data); kind == patchform.IsWrong {
		return nil, nil, safety.Malformed("reading the patch: %s", why).At(name, 1)
	}
	read, err := patchform.Read(ctx, p, up)
	var wrong *patchform.Error
	if errors.As(err, &wrong) {
		refused := safety.Malformed("reading the patch: %s", wrong.What).At(name, wrong.Line)
		if wrong.Hint != "" {
			refused = refused.WithHint("%s", wrong.Hint)
		}
		return nil, nil, refused
	}
	if err != nil {
		return nil, nil, err
	}
	return &File{Name: name, Data: read.Data, Strip: 1}, read.Notes, nil
}
