package content

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/layout"

	"github.com/howdah/howdah/internal/fault"
)

// Layout is an OCI layout on disk. It trusts no file: sizes are compared when one is opened, digests when it is read.
type Layout struct{ Dir string }

var _ Source = Layout{}

// Index returns the index of a digest in the layout. An empty digest stands for the only one there.
func (l Layout) Index(digest string) (v1.ImageIndex, error) {
	root, err := layout.ImageIndexFromPath(l.Dir)
	if err != nil {
		return nil, fault.New(fault.Build, "reading the layout %q: %w", l.Dir, err)
	}
	m, err := root.IndexManifest()
	if err != nil {
		return nil, fault.New(fault.Build, "reading the layout %q: %w", l.Dir, err)
	}
	for _, d := range m.Manifests {
		if digest != "" && d.Digest.String() != digest || digest == "" && len(m.Manifests) > 1 {
			continue
		}
		if err := l.small(d); err != nil {
			return nil, err
		}
		if d.MediaType.IsImage() { // a builder may write a single platform without an index around it
			return indexAround(root, d)
		}
		return root.ImageIndex(d.Digest)
	}
	return nil, fault.New(fault.Build, "the layout %q has no index %q", l.Dir, digest)
}

// small checks a manifest's file: go-containerregistry reads whatever is there.
func (l Layout) small(d v1.Descriptor) error {
	f, err := l.Open(context.Background(), Blob{Digest: d.Digest, Size: d.Size})
	if err != nil {
		return err
	}
	defer f.Close()
	return Check(io.NewSectionReader(f, 0, d.Size), d.Digest, l.Path(d.Digest))
}

func (l Layout) Open(_ context.Context, b Blob) (File, error) {
	f, err := os.Open(l.Path(b.Digest))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Gate, "the layout %q lacks %s", l.Dir, b.Digest).
			WithHint("the build was interrupted: build the image again")
	}
	if err != nil {
		return nil, fmt.Errorf("opening a blob: %w", err)
	}
	info, err := f.Stat()
	if err == nil && info.Size() != b.Size {
		err = fault.New(fault.Gate, "%q: expected %d bytes, found %d", f.Name(), b.Size, info.Size()).
			WithHint("the file is incomplete or was changed: build the image again")
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// Path is where the layout keeps a blob.
func (l Layout) Path(h v1.Hash) string { return filepath.Join(l.Dir, "blobs", h.Algorithm, h.Hex) }

// Check reads every blob of a content and compares the digests: a whole layout, or the first file that is not.
func (l Layout) Check(ctx context.Context, c Content) error {
	for _, b := range c.Blobs {
		if b.Data != nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := l.Open(ctx, b)
		if err != nil {
			return err
		}
		err = Check(io.NewSectionReader(f, 0, b.Size), b.Digest, l.Path(b.Digest))
		f.Close()
		if err != nil {
			return err
		}
	}
	return nil
}

// Check reads r to its end and fails unless its bytes have the digest; name is for the message.
func Check(r io.Reader, want v1.Hash, name string) error {
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return fmt.Errorf("reading %q: %w", name, err)
	}
	if got := hex.EncodeToString(h.Sum(nil)); got != want.Hex {
		return mismatch(name, want, got)
	}
	return nil
}

func mismatch(name string, want v1.Hash, got string) error {
	return fault.New(fault.Gate, "%s: expected the content of %s, found that of sha256:%s", name, want, got)
}
