package candidate

import (
	"context"
	"errors"
	"io/fs"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/tree"
)

// NearFile returns what a path that names no file of a tree was most likely meant to be: a folder's files, or the file
// with the most similar path. The hint is empty if there is a file, if none is similar, or if the tree cannot be read.
func NearFile(ctx context.Context, t *tree.Tree, name string) fault.Hint {
	switch e, err := t.Lookup(ctx, name); {
	case err == nil && e.Mode.IsFolder():
		return fault.Hintf("%s is a folder: name a file in it", name)
	case !errors.Is(err, fs.ErrNotExist):
		return fault.Hint{}
	}
	var files []string
	err := t.Walk(ctx, func(name string, e tree.Entry) error {
		if e.Mode.IsRegular() {
			files = append(files, name)
		}
		return nil
	})
	if near := nearest.Name(name, files); err == nil && near != "" {
		return fault.Hintf("did you mean %s?", near)
	}
	return fault.Hint{}
}
