package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// gzipLevel is on klauspost's scale: nearly as small as zlib's 6, several times as fast.
const gzipLevel = 5

// zstdLevel is on klauspost's scale: smaller than gzip's, faster to pack, and three times as fast to unpack.
const zstdLevel = zstd.SpeedBetterCompression

// layerPaths are the layouts from and to which a layer goes.
type layerPaths struct{ from, to string }

// compressor returns a compressing writer. Its output is the same on any machine, however many processors it has.
func compressor(w io.Writer, compression string) (io.WriteCloser, types.MediaType, error) {
	if compression == Zstd {
		z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstdLevel), zstd.WithEncoderConcurrency(1))
		return z, types.OCILayerZStd, err
	}
	z, err := gzip.NewWriterLevel(w, gzipLevel)
	return z, types.OCILayer, err
}

func blobPath(dir string, h v1.Hash) string { return filepath.Join(dir, "blobs", h.Algorithm, h.Hex) }

// moveBlob moves a blob from one layout to another, unless it is there, after reading it once to check it.
func moveBlob(from, to string, h v1.Hash) error {
	if _, err := os.Stat(blobPath(to, h)); err == nil {
		return nil
	}
	got, err := fileDigest(blobPath(from, h))
	if errors.Is(err, fs.ErrNotExist) { // another layer with the same content has just moved it
		if _, there := os.Stat(blobPath(to, h)); there == nil {
			return nil
		}
	}
	if err != nil {
		return err
	}
	if got != h.String() {
		return fmt.Errorf("expected the content of blob %s, found that of %s", h, got)
	}
	return os.Rename(blobPath(from, h), blobPath(to, h))
}

// compress writes a layer of one layout, compressed, into another, and returns its new descriptor.
func compress(ctx context.Context, at layerPaths, d v1.Descriptor, compression string) (_ v1.Descriptor, err error) {
	src, err := os.Open(blobPath(at.from, d.Digest))
	if err != nil {
		return d, err
	}
	defer src.Close()
	read, written := sha256.New(), &counter{hash: sha256.New()}
	err = placeLayer(at.to, func(dst *os.File) (v1.Hash, error) {
		written.to = dst
		z, kind, err := compressor(written, compression)
		if err != nil {
			return v1.Hash{}, err
		}
		if _, err := io.Copy(z, io.TeeReader(&stoppable{ctx, src}, read)); err != nil {
			return v1.Hash{}, err
		}
		if err := errors.Join(z.Close(), sameLayer(d.Digest, read)); err != nil {
			return v1.Hash{}, err
		}
		d.MediaType, d.Size = kind, written.n
		d.Digest = v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(written.hash.Sum(nil))}
		return d.Digest, nil
	})
	return d, err
}

// sameLayer returns an error if what was read of a layer does not have its digest.
func sameLayer(want v1.Hash, read hash.Hash) error {
	if got := hex.EncodeToString(read.Sum(nil)); got != want.Hex {
		return fmt.Errorf("expected the content of layer %s, found that of sha256:%s", want, got)
	}
	return nil
}

// placeLayer writes a layer beside the blobs of a folder, and then moves it to the place of its digest.
func placeLayer(folder string, write func(*os.File) (v1.Hash, error)) error {
	dst, err := os.CreateTemp(folder, "layer-*")
	if err != nil {
		return err
	}
	defer func() {
		_ = dst.Close()
		_ = os.Remove(dst.Name()) // after a success it is gone already
	}()
	digest, err := write(dst)
	if err != nil {
		return err
	}
	return errors.Join(dst.Close(), os.Chmod(dst.Name(), 0o644), os.Rename(dst.Name(), blobPath(folder, digest)))
}

// writeBlob writes a value as JSON.
func writeBlob(dir string, kind types.MediaType, value any) (v1.Descriptor, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return v1.Descriptor{}, err
	}
	h, err := v1.NewHash(Sum(data))
	if err != nil {
		return v1.Descriptor{}, err
	}
	return v1.Descriptor{MediaType: kind, Size: int64(len(data)), Digest: h}, os.WriteFile(blobPath(dir, h), data, 0o644)
}

type counter struct {
	hash hash.Hash
	to   io.Writer
	n    int64
}

func (c *counter) Write(p []byte) (int, error) {
	c.hash.Write(p)
	n, err := c.to.Write(p)
	c.n += int64(n)
	return n, err
}

// stoppable is a reader that ends with its context.
type stoppable struct {
	ctx context.Context
	r   io.Reader
}

func (s *stoppable) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.r.Read(p)
}
