package treediff

import (
	"context"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/renames"
	"github.com/howdah/howdah/internal/tree"
)

// renamed is a file that has another path.
type renamed struct {
	from, to string
	similar  int // in percent
}

// findRenames pairs files that deltas remove from base with files that they add to head, as git does.
func findRenames(ctx context.Context, base, head *tree.Tree, deltas []tree.Delta) ([]renamed, error) {
	var gone, added []tree.Delta
	for _, d := range deltas {
		switch {
		case d.New.ID == "" && d.Old.Mode.IsRegular():
			gone = append(gone, d)
		case d.Old.ID == "" && d.New.Mode.IsRegular():
			added = append(added, d)
		}
	}
	if len(gone) == 0 || len(added) == 0 {
		return nil, nil
	}
	old, err := blobs(ctx, base, gone, func(d tree.Delta) tree.Entry { return d.Old })
	if err != nil {
		return nil, err
	}
	fresh, err := blobs(ctx, head, added, func(d tree.Delta) tree.Entry { return d.New })
	if err != nil {
		return nil, err
	}
	return pair(old, fresh, func(b renames.Blob) ([]byte, error) {
		data, err := head.Blob(ctx, tree.ID(b.ID))
		if err != nil {
			data, err = base.Blob(ctx, tree.ID(b.ID))
		}
		return data, err
	})
}

// blobs returns one side of deltas as package diff takes it.
func blobs(ctx context.Context, t *tree.Tree, deltas []tree.Delta,
	side func(tree.Delta) tree.Entry) ([]renames.Blob, error) {
	var ids []tree.ID
	for _, d := range deltas {
		ids = append(ids, side(d).ID)
	}
	sizes, err := t.Sizes(ctx, ids)
	if err != nil {
		return nil, err
	}
	var out []renames.Blob
	for _, d := range deltas {
		e := side(d)
		out = append(out, renames.Blob{Name: d.Path, Mode: uint32(e.Mode), ID: string(e.ID), Size: sizes[e.ID]})
	}
	return out, nil
}

func pair(old, fresh []renames.Blob, read func(renames.Blob) ([]byte, error)) ([]renamed, error) {
	found, err := renames.Find(old, fresh, read)
	var moves []renamed
	for _, r := range found {
		moves = append(moves, renamed{old[r.Old].Name, fresh[r.New].Name, r.Similarity})
	}
	return moves, err
}

// media are the endings of files whose content is compressed: what is alike in them says nothing of another format.
var media = strings.Fields(".7z .avif .br .bz2 .eot .flac .gif .gz .heic .heif .ico .jpeg .jpg .m4a .mkv .mov .mp3 " +
	".mp4 .oga .ogg .ogv .opus .otf .pdf .png .tar .tgz .ttf .wasm .wav .webm .webp .woff .woff2 .xz .zip .zst")

// Comparable reports whether the content of a file can be like that of one of another path: a picture, a font or an
// archive is only compared with its own format. A partial clone then need not fetch it to find where a script went.
func Comparable(from, to string) bool { return Kind(from) == Kind(to) }

// Kind is what Comparable goes by: the ending of a picture, a font or an archive, "" of any other path.
func Kind(name string) string {
	if ext := strings.ToLower(path.Ext(name)); slices.Contains(media, ext) {
		return ext
	}
	return ""
}
