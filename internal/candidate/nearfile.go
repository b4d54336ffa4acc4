package candidate

import (
	"context"
	"errors"
	"io/fs"
	"path"
	"strings"

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

// NearFolder returns the first folder on the way to a file that a tree does not have, and the folder beside it that was
// most likely meant; "" if the tree has all of them, or none that is similar.
func NearFolder(ctx context.Context, t *tree.Tree, name string) (missing, near string, err error) {
	parts := strings.Split(path.Dir(name), "/")
	for i, part := range parts {
		parent, folder := path.Join(parts[:i]...), path.Join(parts[:i+1]...)
		_, err := t.Lookup(ctx, folder)
		if err == nil || part == "." {
			continue
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", "", err
		}
		entries, err := t.ReadDir(ctx, parent)
		if err != nil {
			return "", "", err
		}
		var folders []string
		for _, e := range entries {
			if e.Mode.IsFolder() {
				folders = append(folders, e.Name)
			}
		}
		if near := nearest.Name(part, folders); near != "" {
			return folder, path.Join(parent, near), nil
		}
		break
	}
	return "", "", nil
}
