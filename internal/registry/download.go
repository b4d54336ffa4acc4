package registry

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/content"
)

// Download writes an index with its blobs from the repository to a folder as a layout. It skips blobs that the folder
// has, and writes last what refers to them.
func (r *Repo) Download(ctx context.Context, index v1.ImageIndex, dir string) error {
	l := content.Layout{Dir: dir}
	source := r.Source(dir) // fetches to where the layout keeps its blobs
	whole, err := content.Gather(index, source)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755); err != nil {
		return fmt.Errorf("making a layout: %w", err)
	}
	for _, b := range whole.Blobs {
		if b.Data != nil {
			err = os.WriteFile(l.Path(b.Digest), b.Data, 0o644)
		} else {
			var f content.File
			if f, err = source.Open(ctx, b); err == nil {
				err = f.Close()
			}
		}
		if err != nil {
			return fmt.Errorf("making a layout: %w", err)
		}
	}
	for _, m := range whole.Manifests {
		if err := os.WriteFile(l.Path(m.Digest), m.Data, 0o644); err != nil {
			return fmt.Errorf("making a layout: %w", err)
		}
	}
	root := whole.Root()
	top, err := json.Marshal(v1.IndexManifest{
		SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{{MediaType: root.Type, Size: int64(len(root.Data)), Digest: root.Digest}},
	})
	if err != nil {
		return err
	}
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o644),
		os.WriteFile(filepath.Join(dir, "index.json"), top, 0o644),
	); err != nil {
		return fmt.Errorf("making a layout: %w", err)
	}
	return nil
}
