package upstream

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Count returns the number of first-parent commits from one commit to another.
func (m *Mirror) Count(ctx context.Context, from, to tree.ID) (int, error) {
	out, err := m.Repo.Run(ctx, "rev-list", "--count", "--first-parent", string(from)+".."+string(to))
	if err != nil {
		return 0, fmt.Errorf("counting upstream's commits: %w", err)
	}
	return strconv.Atoi(strings.TrimSpace(string(out)))
}

// Files returns the names of the files in folders of a commit, sorted; it is used for upstream's migrations.
func (m *Mirror) Files(ctx context.Context, t *tree.Tree, folders ...string) ([]string, error) {
	var names []string
	for _, dir := range folders {
		if _, err := t.Lookup(ctx, dir); err != nil {
			continue // an upstream without this folder
		}
		entries, err := t.ReadDir(ctx, dir)
		if err != nil {
			return nil, err
		}
		for _, e := range entries {
			if !e.Mode.IsFolder() {
				names = append(names, dir+"/"+e.Name)
			}
		}
	}
	slices.Sort(names)
	return names, nil
}

// Watched is a file that a distribution follows by hand, and what upstream did to it.
type Watched struct {
	Path          string
	before, after tree.ID // blobs; "" if the file does not exist
	Diff          string  // as git diff prints it
}

// Drift compares watched files of a commit with the blobs that a person has acknowledged.
func (m *Mirror) Drift(ctx context.Context, t *tree.Tree, acknowledged map[string]tree.ID,
	paths []string) ([]Watched, error) {
	var out []Watched
	for _, p := range paths {
		w := Watched{Path: p, before: acknowledged[p]}
		if e, err := t.Lookup(ctx, p); err == nil {
			w.after = e.ID
		}
		if w.before == w.after {
			continue
		}
		var err error
		if w.Diff, err = m.diff(ctx, w); err != nil {
			return nil, err
		}
		out = append(out, w)
	}
	return out, nil
}

func (m *Mirror) diff(ctx context.Context, w Watched) (string, error) {
	if w.before == "" || w.after == "" {
		return "", nil
	}
	if _, err := m.Repo.Blobs(ctx, []tree.ID{w.before, w.after}); err != nil {
		return "", fmt.Errorf("reading %q: %w", w.Path, err)
	}
	out, err := m.Repo.Run(ctx, "diff", "--no-color", "--no-ext-diff", "--no-textconv", string(w.before), string(w.after))
	if err != nil {
		return "", fmt.Errorf("comparing %q: %w", w.Path, err)
	}
	text := strings.ReplaceAll(string(out), string(w.before), w.Path)
	return strings.ReplaceAll(text, string(w.after), w.Path), nil
}
