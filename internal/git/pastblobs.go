package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// pastArgs are git's for what each commit changed: it reads trees only, no content.
var pastArgs = []string{"log", "--raw", "-z", "--no-abbrev", "--no-renames", "--no-color", "--no-notes", "--format=",
	"--diff-merges=first-parent", "--full-history"}

// PastBlobs lists the contents that a path has had in the history of revs ("--all": every ref), each once.
func (r *Repo) PastBlobs(ctx context.Context, path string, revs ...string) (map[tree.ID]bool, error) {
	found := map[string]map[tree.ID]bool{}
	err := r.Stream(ctx, func(out io.Reader) error { return readPast(out, found) },
		slices.Concat(pastArgs, revs, []string{"--", ":(literal)" + path})...)
	if err != nil {
		return nil, fmt.Errorf("reading the history of %q: %w", path, err)
	}
	return found[path], nil
}

// AllPastBlobs is PastBlobs for all paths at once: one walk over all commits, whichever files they touch.
func (r *Repo) AllPastBlobs(ctx context.Context, revs ...string) (map[string]map[tree.ID]bool, error) {
	found := map[string]map[tree.ID]bool{}
	err := r.Stream(ctx, func(out io.Reader) error { return readPast(out, found) },
		slices.Concat(pastArgs, revs, []string{"--"})...)
	if err != nil {
		return nil, fmt.Errorf("reading the history of all files: %w", err)
	}
	return found, nil
}

// readPast adds the contents of pairs of fields: modes, contents and what was done; the path.
func readPast(out io.Reader, found map[string]map[tree.ID]bool) error {
	fields := bufio.NewReader(out)
	for {
		line, err := fields.ReadString(0)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		parts := strings.Fields(strings.TrimSuffix(line, "\x00"))
		if len(parts) != 5 || parts[0][0] != ':' {
			continue
		}
		path, err := fields.ReadString(0)
		if err != nil {
			return fmt.Errorf("unexpected end after %q: %w", line, err)
		}
		path = path[:len(path)-1]
		for _, id := range parts[2:4] {
			if !tree.ID(id).Valid() || strings.Trim(id, "0") == "" {
				continue
			}
			if found[path] == nil {
				found[path] = map[tree.ID]bool{}
			}
			found[path][tree.ID(strings.Clone(id))] = true
		}
	}
}
