package mainline

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// Line is a run of upstream's first-parent commits, oldest first, each the first parent of the next.
type Line []Commit

// Read returns the first-parent commits of to that from does not contain; from "" means all. It caches them, and asks
// git only for what is missing.
func (u Upstream) Read(ctx context.Context, from, to tree.ID) (Line, error) {
	if from == to {
		return nil, nil
	}
	kept := u.Log.load(u)
	had := len(kept.line)
	if kept.line.Index(to) < 0 {
		follows, err := kept.extend(ctx, u.Repo, to)
		if err != nil {
			return nil, err
		}
		if !follows { // nothing cached, an older commit, another branch, or a rewound upstream: start anew
			fresh, err := readLong(ctx, u.Repo, from, to)
			if err == nil && len(fresh.line) > 0 {
				fresh.file = kept.file
				fresh.save()
				u.Log.store(fresh)
			}
			return fresh.line, err
		}
	}
	begin, err := kept.line.Begin(ctx, u.Repo, from, to)
	if err != nil {
		return nil, err
	}
	if begin < 0 {
		older, err := readLong(ctx, u.Repo, from, kept.line[0].Parent)
		if err != nil {
			return nil, err
		}
		kept.line = append(older.line, kept.line...)
		kept.texts = slices.Concat(kept.texts, older.texts)
		begin = 0
	}
	if len(kept.line) != had {
		kept.save()
		u.Log.store(kept)
	}
	end := kept.line.Index(to) + 1
	return kept.line[min(begin, end):end], nil
}

// Begin returns the index of the first commit that from does not contain, -1 if that is before the line.
func (m Line) Begin(ctx context.Context, repo *git.Repo, from, to tree.ID) (int, error) {
	switch {
	case m[0].Parent == from:
		return 0, nil
	case from == "":
		return -1, nil
	}
	if i := m.Index(from); i >= 0 {
		return i + 1, nil
	}
	// A merge base on a side branch, or one before the line.
	commits, err := firstParents(ctx, repo, from, to)
	if err != nil {
		return 0, fmt.Errorf("finding what upstream has since %s: %w", from.Short(), err)
	}
	if len(commits) == 0 {
		return m.Index(to) + 1, nil // nothing: from contains all of it
	}
	return m.Index(tree.ID(commits[0])), nil
}

// Since returns the newest first-parent commit before a time, "" if there is none.
func (u Upstream) Since(ctx context.Context, to tree.ID, at time.Time) (tree.ID, error) {
	out, err := u.Repo.Run(ctx, "rev-list", "--first-parent", "--max-count=1",
		"--before="+at.UTC().Format(time.RFC3339), string(to), "--")
	if err != nil {
		return "", fmt.Errorf("finding upstream's commit of %s: %w", at.Format(time.DateOnly), err)
	}
	return tree.ID(strings.TrimSpace(string(out))), nil
}

// SinceEach is Since for several times, in their order, with two calls of git however many they are.
func (u Upstream) SinceEach(ctx context.Context, to tree.ID, at []time.Time) ([]tree.ID, error) {
	if len(at) == 0 {
		return nil, nil
	}
	newestFirst := make([]int, len(at))
	for i := range at {
		newestFirst[i] = i
	}
	slices.SortStableFunc(newestFirst, func(a, b int) int { return at[b].Compare(at[a]) })
	oldest := at[newestFirst[len(at)-1]]
	last, err := u.Since(ctx, to, oldest)
	if err != nil {
		return nil, err
	}
	out := make([]tree.ID, len(at))
	for i := range out {
		out[i] = last
	}
	if at[newestFirst[0]].Equal(oldest) {
		return out, nil
	}
	args := []string{"rev-list", "--first-parent", "--no-commit-header", "--format=%H %ct", string(to)}
	if last != "" {
		args = append(args, "^"+string(last))
	}
	text, err := u.Repo.Run(ctx, append(args, "--")...)
	if err != nil {
		return nil, fmt.Errorf("finding upstream's commits since %s: %w", oldest.Format(time.DateOnly), err)
	}
	n := 0
	for line := range strings.Lines(string(text)) {
		id, seconds, _ := strings.Cut(strings.TrimSuffix(line, "\n"), " ")
		date, err := strconv.ParseInt(seconds, 10, 64)
		if err != nil {
			return nil, fmt.Errorf("finding upstream's commits since %s: unexpected answer %q",
				oldest.Format(time.DateOnly), line)
		}
		for ; n < len(newestFirst) && date <= at[newestFirst[n]].Unix(); n++ {
			out[newestFirst[n]] = tree.ID(id)
		}
	}
	return out, nil
}

// Index returns the index of a commit, or -1.
func (m Line) Index(id tree.ID) int {
	for i := len(m) - 1; i >= 0; i-- {
		if m[i].ID == id {
			return i
		}
	}
	return -1
}

// Tip returns the newest commit; "" for an empty line.
func (m Line) Tip() tree.ID {
	if len(m) == 0 {
		return ""
	}
	return m[len(m)-1].ID
}

// Touching returns the indexes of the commits that touch one of the paths.
func (m Line) Touching(paths map[string]bool) []int {
	var out []int
	for i, c := range m {
		if c.Touches(paths) {
			out = append(out, i)
		}
	}
	return out
}

// Touched has, by path, the indexes of the commits of a line that touch it, in order.
type Touched map[string][]int

// ByPath is for several questions about one line; [Line.Touching] answers one.
func (m Line) ByPath() Touched {
	out := Touched{}
	for i, c := range m {
		for _, t := range c.Touched {
			out[t.Path] = append(out[t.Path], i)
		}
	}
	return out
}

// Touching returns the indexes of the commits that touch one of the paths, in order.
func (t Touched) Touching(paths map[string]bool) (out []int) {
	for name := range paths {
		out = append(out, t[name]...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func (c Commit) Touches(paths map[string]bool) bool {
	return slices.ContainsFunc(c.Touched, func(t Touch) bool { return paths[t.Path] })
}

// DateOf returns a commit's date, the committer's.
func (u Upstream) DateOf(ctx context.Context, id tree.ID) (time.Time, error) {
	out, err := u.Repo.Run(ctx, "rev-list", "--max-count=1", "--no-commit-header", "--format=%cI", string(id), "--")
	if err != nil {
		return time.Time{}, err
	}
	return time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
}
