package rewrite

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/treediff"
)

// AsPatch returns the change as a patch from one tree to another, within what it is allowed to touch.
func AsPatch(
	ctx context.Context, c *series.Change, file string, before, after *tree.Tree,
) (*series.Change, error) {
	files, err := treediff.Diff(ctx, before, after)
	if err != nil {
		return nil, err
	}
	f := &series.File{Name: file, Data: diff.Format(files), Strip: 1}
	if refused := f.Parse(c.Allowed()); refused != nil {
		return nil, refused
	}
	out := *c
	out.Kind, out.Patch = series.KindPatch, f
	out.Sum = out.Digest()
	return &out, nil
}

// headOf is what stands before the diff in the patch that a change becomes: a patch's own head, or what it was.
func headOf(c *series.Change) []byte {
	switch c.Kind {
	case series.KindPatch:
		return c.Patch.Data[:headLength(c.Patch.Data)]
	case series.KindPull:
		return fmt.Appendf(nil, "Subject: %s\n\nMade from %s at %s.\n\n", series.OneLine(c.Why), c.Pull, c.Commit)
	}
	return nil
}

// headLength is how much of a patch stands before its first diff.
func headLength(data []byte) int {
	at := 0
	for line := range bytes.Lines(data) {
		if bytes.HasPrefix(line, []byte("diff --git ")) || bytes.HasPrefix(line, []byte("--- ")) &&
			bytes.Contains(data[at+len(line):min(len(data), at+len(line)+4)], []byte("+++ ")) {
			return at
		}
		at += len(line)
	}
	return 0
}
