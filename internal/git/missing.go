package git

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// Missing lists the objects of a commit's tree that are not stored here; with paths, those of the files and folders at
// them. git itself is asked for no path: it would walk over all commits that leave the paths alone.
func (r *Repo) Missing(ctx context.Context, commit tree.ID, paths ...string) ([]tree.ID, error) {
	if len(paths) == 0 {
		return r.missing(ctx, "--max-count=1", string(commit))
	}
	at, err := r.At(ctx, commit)
	if err != nil {
		return nil, err
	}
	var files []tree.ID
	var folders []string
	for _, path := range paths {
		e, err := at.Lookup(ctx, path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, err
		case e.Mode.IsFolder():
			folders = append(folders, string(e.ID))
		case e.Mode.IsRegular() || e.Mode == tree.Symlink:
			files = append(files, e.ID)
		}
	}
	missing, err := r.Absent(ctx, files)
	if err != nil || len(folders) == 0 {
		return missing, err
	}
	below, err := r.missing(ctx, slices.Compact(slices.Sorted(slices.Values(folders)))...)
	return append(missing, below...), err
}

// MissingBetween lists the objects that the commits from base to head brought and that are not stored here.
func (r *Repo) MissingBetween(ctx context.Context, base, head tree.ID) ([]tree.ID, error) {
	return r.missing(ctx, string(base)+".."+string(head))
}

// missing asks git once for what it reaches from some objects, or by a range of commits.
func (r *Repo) missing(ctx context.Context, revs ...string) ([]tree.ID, error) {
	key := strings.Join(revs, "\x00")
	if _, whole := recall(&r.known, &r.known.whole, key); whole {
		return nil, nil
	}
	args := []string{"rev-list", "--objects", "--no-object-names", "--missing=print"}
	out, err := r.Run(ctx, append(args, revs...)...)
	if err != nil {
		return nil, err
	}
	var ids []tree.ID
	for line := range strings.Lines(string(out)) {
		if id, ok := strings.CutPrefix(strings.TrimSpace(line), "?"); ok {
			ids = append(ids, tree.ID(id))
		}
	}
	if len(ids) == 0 {
		learn(&r.known, &r.known.whole, key, true)
	}
	return ids, nil
}

// MissingFiles lists the files at paths of some commits that are not stored here. It reads all commits at once, then
// their folders, a level at once, each folder once. A folder at a path is no file, and a commit that is not stored has
// none.
func (r *Repo) MissingFiles(ctx context.Context, paths map[tree.ID][]string) ([]tree.ID, error) {
	var files []tree.ID
	level, err := r.roots(ctx, paths)
	for err == nil && len(level) > 0 {
		level, err = r.descend(ctx, level, &files)
	}
	if err != nil {
		return nil, err
	}
	return r.Absent(ctx, files)
}

// sought is a folder, and the paths below it that are looked for.
type sought struct {
	folder tree.ID
	paths  []string
}

// roots are the commits' own folders.
func (r *Repo) roots(ctx context.Context, paths map[tree.ID][]string) (level []sought, err error) {
	var commits []tree.ID
	for commit := range paths {
		commits = append(commits, commit)
	}
	slices.Sort(commits)
	err = r.batch.readAll(ctx, commits, func(id tree.ID, kind string, data []byte) {
		rest, ok := strings.CutPrefix(string(data[:min(len(data), len("tree ")+40)]), "tree ")
		if kind == "commit" && ok {
			level = append(level, sought{tree.ID(rest), slices.Sorted(slices.Values(paths[id]))})
		}
	})
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	return level, err
}

// descend goes one folder down, and adds the files that it comes to.
func (r *Repo) descend(ctx context.Context, level []sought, files *[]tree.ID) (below []sought, err error) {
	var ask []tree.ID
	for _, s := range level {
		ask = append(ask, s.folder)
	}
	if err := r.ReadAheadFolders(ctx, slices.Compact(slices.Sorted(slices.Values(ask)))); err != nil {
		return nil, err
	}
	for _, s := range level {
		entries, err := r.Tree(ctx, s.folder)
		if err != nil {
			return nil, err
		}
		in := map[string]tree.Entry{}
		for _, e := range entries {
			in[e.Name] = e
		}
		var last string
		for _, path := range s.paths { // sorted, so that those below one folder follow each other
			name, rest, deeper := strings.Cut(path, "/")
			e, there := in[name]
			switch {
			case !there:
			case !deeper && (e.Mode.IsRegular() || e.Mode == tree.Symlink):
				*files = append(*files, e.ID)
			case deeper && e.Mode.IsFolder() && name == last:
				below[len(below)-1].paths = append(below[len(below)-1].paths, rest)
			case deeper && e.Mode.IsFolder():
				below, last = append(below, sought{e.ID, []string{rest}}), name
			}
		}
	}
	return below, nil
}
