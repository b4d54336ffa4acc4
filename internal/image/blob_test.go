package image

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A layer is compressed to the same bytes however many processors there are, has the media type of its compression, and
// comes out as it went in.
func TestCompress(t *testing.T) {
	var text bytes.Buffer
	for i := range 300_000 {
		text.WriteString("line ")
		text.WriteByte(byte('a' + i*i%26))
		text.WriteByte(byte(i))
	}
	unpack := map[string]func(io.Reader) (io.Reader, error){
		gzipLayers: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) },
		Zstd:       func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r) },
	}
	kinds := map[string]types.MediaType{gzipLayers: types.OCILayer, Zstd: types.OCILayerZStd}
	for compression, open := range unpack {
		var before v1.Hash
		for _, processors := range []int{1, 4} {
			dir := t.TempDir()
			if err := os.MkdirAll(filepath.Join(dir, "blobs", "sha256"), 0o755); err != nil {
				t.Fatal(err)
			}
			h, err := v1.NewHash(Sum(text.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(blobPath(dir, h), text.Bytes(), 0o644); err != nil {
				t.Fatal(err)
			}
			old := runtime.GOMAXPROCS(processors)
			d, err := compress(t.Context(), layerPaths{dir, dir}, v1.Descriptor{Digest: h}, compression)
			runtime.GOMAXPROCS(old)
			if err != nil {
				t.Fatal(err)
			}
			packed, err := os.ReadFile(blobPath(dir, d.Digest))
			if err != nil || d.Size != int64(len(packed)) || d.MediaType != kinds[compression] {
				t.Errorf("%s: %d of %d bytes, %s, %v", compression, d.Size, len(packed), d.MediaType, err)
			}
			if r, err := open(bytes.NewReader(packed)); err != nil {
				t.Error(err)
			} else if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, text.Bytes()) {
				t.Errorf("%s: %d bytes came out of %d, %v", compression, len(got), text.Len(), err)
			}
			if before != (v1.Hash{}) && before != d.Digest {
				t.Errorf("%s: %s with one processor, %s with %d", compression, before, d.Digest, processors)
			}
			before = d.Digest
		}
	}
}
