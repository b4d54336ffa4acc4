package history

import (
	"context"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// reader reads upstream's history up to the pin, once for all explainers.
type reader struct {
	upstream mainline.Upstream
	pin      tree.ID
	memo     *apply.Memo
	src      *mainline.Objects
	trees    *treeVerdicts
	lines    map[tree.ID]mainline.Line

	halved, mostHalved int // judgements by bisections
	looked, mostLooked int // judgements by walks back

	past    *pastPaths
	deep    []tree.ID                        // see depths
	touched map[tree.ID]mainline.Touched     // of each line, by its first commit
	last    map[tree.ID]map[string]lastTouch // of each line, by its first commit
	moves   *mainline.Moves

	compared map[[2]tree.ID]bool // see arrived
	fetched  map[tree.ID]bool
}

// reader returns that of an earlier question up to the same pin, or a new one.
func (q Question) reader(u mainline.Upstream) *reader {
	if r := q.Settings.reader; r != nil && r.pin == q.Pin && r.upstream.Repo == u.Repo {
		return r
	}
	return newReader(u, q.Pin)
}

func newReader(u mainline.Upstream, pin tree.ID) *reader {
	src := mainline.NewObjects(u.Repo)
	return &reader{upstream: u, pin: pin, mostLooked: mostLooked, mostHalved: mostHalved, memo: new(apply.Memo),
		src: src, lines: map[tree.ID]mainline.Line{},
		trees: loadTreeVerdicts(u.Cache, u.Repo.Dir()),
		last:  map[tree.ID]map[string]lastTouch{}, touched: map[tree.ID]mainline.Touched{},
		moves: mainline.NewMoves(u, src), compared: map[[2]tree.ID]bool{}, fetched: map[tree.ID]bool{}}
}

// since returns the line from a commit to the pin.
func (r *reader) since(ctx context.Context, from tree.ID) (mainline.Line, error) {
	line, known := r.lines[from]
	if known {
		return line, nil
	}
	line, err := r.upstream.Read(ctx, from, r.pin)
	if err == nil {
		r.lines[from] = line
	}
	return line, err
}

// touchedSince returns when each path was touched on the line from a commit to the pin.
func (r *reader) touchedSince(from tree.ID, line mainline.Line) mainline.Touched {
	touched, known := r.touched[from]
	if !known {
		touched = line.ByPath()
		r.touched[from] = touched
	}
	return touched
}

// depths returns the commits to go back to, one after the other: most changes broke in the last year.
func (r *reader) depths(ctx context.Context) []tree.ID {
	if r.deep != nil {
		return r.deep
	}
	if at, err := r.upstream.DateOf(ctx, r.pin); err == nil {
		for _, years := range []int{1, 3} {
			if id, err := r.upstream.Since(ctx, r.pin, at.AddDate(-years, 0, 0)); err == nil && id != "" {
				r.deep = append(r.deep, id)
			}
		}
	}
	r.deep = append(r.deep, "")
	return r.deep
}
