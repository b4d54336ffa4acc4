package history

import (
	"bytes"
	"context"
	"fmt"
	"slices"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// AlteredLine is a line of a file that upstream added or removed.
type AlteredLine struct {
	verdict.Place
	Removed bool
	By      *verdict.Commit // nil if it is not in upstream's history
}

// AuthorsOf returns the lines with the newest commit that added (or removed) each, ignoring indentation. Files are
// searched under their present path only.
func AuthorsOf(ctx context.Context, u mainline.Upstream, pin tree.ID, lines []AlteredLine) ([]AlteredLine, error) {
	a := authors{objects: mainline.NewObjects(u.Repo), lines: slices.Clone(lines), open: map[int]bool{},
		paths: map[string]bool{}}
	for i, l := range lines {
		a.open[i], a.paths[l.File] = true, true
	}
	for _, from := range newReader(u, pin).depths(ctx) {
		line, err := u.Read(ctx, from, pin)
		if err == nil {
			err = a.search(ctx, line)
		}
		if err != nil {
			return nil, fmt.Errorf("looking for who wrote the lines: %w", err)
		}
		if len(a.open) == 0 {
			break
		}
	}
	return a.lines, nil
}

// authors searches the commits of lines.
type authors struct {
	objects *mainline.Objects
	lines   []AlteredLine
	open    map[int]bool    // the indexes of those without a commit yet
	paths   map[string]bool // the files of all of them
}

// search walks over the commits that touch the files, newest first.
func (a *authors) search(ctx context.Context, line mainline.Line) error {
	touching := line.Touching(a.paths)
	want := map[tree.ID]bool{}
	for _, i := range touching {
		for _, t := range line[i].Touched {
			if a.paths[t.Path] {
				want[t.Old.ID], want[t.New.ID] = t.Old.Mode.IsRegular(), t.New.Mode.IsRegular()
			}
		}
	}
	if err := a.objects.ReadBlobs(ctx, want); err != nil {
		return err
	}
	for n := len(touching) - 1; n >= 0 && len(a.open) > 0; n-- {
		commit := line[touching[n]]
		for _, t := range commit.Touched {
			if a.paths[t.Path] {
				if err := a.look(ctx, commit, t); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// look handles what a commit did to one file.
func (a *authors) look(ctx context.Context, commit mainline.Commit, t mainline.Touch) error {
	var texts [2][]byte
	for i, v := range []mainline.Version{t.Old, t.New} {
		if v.Mode.IsRegular() {
			var err error
			if texts[i], err = a.objects.Blob(ctx, v.ID); err != nil {
				return err
			}
		}
	}
	for i := range a.open {
		if a.lines[i].File == t.Path && a.lines[i].alteredBetween(texts[0], texts[1]) {
			a.lines[i].By = commit.By()
			delete(a.open, i)
		}
	}
	return nil
}

// alteredBetween reports whether a file's new text has the line more often than the old one; for a removed line, less
// often.
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
