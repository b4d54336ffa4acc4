package image

import (
	"bytes"
	"context"
	"fmt"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/tree"
)

// BuildOne builds one image.
func BuildOne(ctx context.Context, b *builder.Builder, spec Spec, dir string, show Progress) (Result, error) {
	results, err := Build(ctx, b, []Job{{Spec: spec, Dir: dir}}, show)
	return results[0], err
}

// ContextFS is t as BuildKit's frontend takes it: what the ignore file (the content of
// a .dockerignore; nil for the tree's own) leaves out is left out.
func ContextFS(ctx context.Context, t *tree.Tree, ignore []byte) (fsutil.FS, error) {
	all, err := newContextFS(ctx, t)
	if err != nil {
		return nil, err
	}
	if ignore == nil {
		if file, err := t.ReadFile(ctx, ".dockerignore"); err == nil {
			ignore = file.Data
		}
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(ignore))
	if err != nil {
		return nil, fmt.Errorf("reading .dockerignore: %w", err)
	}
	filtered, err := fsutil.NewFilterFS(all, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		return nil, fmt.Errorf("reading .dockerignore: %w", err)
	}
	return filtered, nil
}

// LayersOf writes a layout of an image whose layers have these files, and returns its folder.
var LayersOf = layersOf
