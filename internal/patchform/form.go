// Package patchform understands patches in the forms in which people have them: the bytes of a patch and upstream's
// files go in; the same patch as git writes it, with a note for each mend, comes out. What has two readings is an
// error.
package patchform

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/howdah/howdah/internal/tree"
)

// Patch is a patch as somebody has it.
type Patch struct {
	Data   []byte
	Strip  int  // leading parts of a path that are not part of it, as -pN says
	Stated bool // somebody wrote -pN

	Reverse bool // somebody wrote -R: what the patch does is taken back
}

// Reading is a patch as git writes it.
type Reading struct {
	Data  []byte
	Notes []string // what was mended or decided, for a person
}

// Error is a patch that is not understood.
type Error struct {
	Line int // of the patch, one-based
	What string
	Hint string
}

// Error returns what is wrong; the line is for the caller.
func (e *Error) Error() string { return e.What }

// Upstream is the files by which a form is decided: those of a tree, and those that earlier patches made. A nil
// Upstream decides nothing.
type Upstream struct {
	tree *tree.Tree
	made map[string]bool
}

// Of is the files of a tree.
func Of(t *tree.Tree) *Upstream { return &Upstream{tree: t, made: map[string]bool{}} }

// Made adds a file that a patch made.
func (u *Upstream) Made(name string) { u.made[name] = true }

func (u *Upstream) has(ctx context.Context, name string) (bool, error) {
	if u.made[name] {
		return true, nil
	}
	if !fs.ValidPath(name) || name == "." {
		return false, nil
	}
	_, err := u.tree.Lookup(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// content is a file of the tree, nil where there is none.
func (u *Upstream) content(ctx context.Context, name string) ([]byte, error) {
	if !fs.ValidPath(name) || name == "." {
		return nil, nil
	}
	e, err := u.tree.Lookup(ctx, name)
	if errors.Is(err, fs.ErrNotExist) || err == nil && !e.Mode.IsRegular() {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return u.tree.Blob(ctx, e.ID)
}

// Read returns a patch as git writes it. Without upstream it decides nothing that depends on upstream's files. An
// *Error is about the patch, any other about what could not be read.
func Read(ctx context.Context, p Patch, up *Upstream) (*Reading, error) {
	r := &Reading{}
	data, err := r.clean(p.Data)
	if err != nil {
		return nil, err
	}
	s := scan(data)
	level := p.Strip
	if up != nil {
		if level, err = s.level(ctx, p, up, r); err != nil {
			return nil, err
		}
	}
	if err := s.rename(ctx, level, up); err != nil {
		return nil, err
	}
	s.mendReturns(ctx, up, r)
	if err := s.mendCounts(ctx, up, r); err != nil {
		return nil, err
	}
	if err := s.mendEnds(ctx, up, r); err != nil {
		return nil, err
	}
	s.dropOthers(r)
	r.Data = bytes.Join(s.lines, nil)
	if p.Reverse {
		return r, r.reverse(s)
	}
	return r, nil
}

func (r *Reading) note(format string, args ...any) {
	r.Notes = append(r.Notes, fmt.Sprintf(format, args...))
}
