package history

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// AlteredLine is a line of a file that upstream added or removed.
type AlteredLine struct {
	apply.Place
	Removed bool
	By      *apply.Commit // nil where upstream's history does not have it
}

// AuthorsOf returns the lines with the newest commit that added each, or removed it; indentation does not count. A file
// is looked for under its present path only.
func AuthorsOf(ctx context.Context, u mainline.Upstream, pin tree.ID, lines []AlteredLine) ([]AlteredLine, error) {
	out := append([]AlteredLine(nil), lines...)
	open := map[int]bool{}
	paths := map[string]bool{}
	for i, l := range out {
		open[i], paths[l.File] = true, true
	}
	for _, from := range depths(ctx, u, pin) {
		line, err := u.Read(ctx, from, pin)
		if err != nil {
			return nil, err
		}
		if err := attribute(ctx, u, line, out, open, paths); err != nil {
			return nil, fmt.Errorf("looking for who wrote the lines: %w", err)
		}
		if len(open) == 0 {
			break
		}
	}
	return out, nil
}

// attribute looks through the commits that touch the paths, newest first.
func attribute(ctx context.Context, u mainline.Upstream, line mainline.Line, out []AlteredLine, open map[int]bool,
	paths map[string]bool) error {
	objects := mainline.NewObjects(u.Repo)
	touching := line.Touching(paths)
	want := map[tree.ID]bool{}
	for _, i := range touching {
		for _, t := range line[i].Touched {
			if paths[t.Path] {
				want[t.Old.ID] = t.Old.Mode.IsRegular()
				want[t.New.ID] = t.New.Mode.IsRegular()
			}
		}
	}
	delete(want, "")
	if err := objects.ReadBlobs(ctx, want); err != nil {
		return err
	}
	read := func(v mainline.Version) ([]byte, error) {
		if !v.Mode.IsRegular() {
			return nil, nil
		}
		return objects.Blob(ctx, v.ID)
	}
	for n := len(touching) - 1; n >= 0 && len(open) > 0; n-- {
		commit := line[touching[n]]
		for _, t := range commit.Touched {
			if !paths[t.Path] {
				continue
			}
			before, err := read(t.Old)
			if err != nil {
				return err
			}
			after, err := read(t.New)
			if err != nil {
				return err
			}
			for i := range open {
				if out[i].File == t.Path && out[i].alteredBetween(before, after) {
					out[i].By = commit.By()
					delete(open, i)
				}
			}
		}
	}
	return nil
}

// alteredBetween reports whether a file's new text has the line more often than the old one, or where the line was
// removed, less often.
func (l AlteredLine) alteredBetween(before, after []byte) bool {
	was, is := l.countIn(before), l.countIn(after)
	if l.Removed {
		return is < was
	}
	return is > was
}

func (l AlteredLine) countIn(text []byte) int {
	n, want := 0, bytes.TrimSpace([]byte(l.Text))
	for line := range bytes.Lines(text) {
		if bytes.Equal(bytes.TrimSpace(line), want) {
			n++
		}
	}
	return n
}
