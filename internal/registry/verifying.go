package registry

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"

	"github.com/howdah/howdah/internal/content"
)

// verifying returns a reader that hashes a blob while it is read.
func verifying(rc io.ReadCloser, b content.Blob, from *Repo) io.ReadCloser {
	return &verifier{ReadCloser: rc, want: b, from: from, hash: sha256.New()}
}

type verifier struct {
	io.ReadCloser
	want content.Blob
	from *Repo
	hash hash.Hash
	n    int64
}

func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.ReadCloser.Read(p)
	v.hash.Write(p[:n])
	if v.n += int64(n); v.n > v.want.Size {
		return n,
			v.from.flawed(v.want.Digest, fmt.Sprintf("%s returns more than the %d bytes of %s", v.from, v.want.Size,
				v.want.Digest))
	}
	if err == io.EOF {
		if v.n < v.want.Size {
			return n, io.ErrUnexpectedEOF
		}
		if got := hex.EncodeToString(v.hash.Sum(nil)); got != v.want.Digest.Hex {
			return n, v.from.flawed(v.want.Digest, fmt.Sprintf("%s returns sha256:%s for %s: do not trust this "+
				"registry", v.from, got,
				v.want.Digest))
		}
	}
	return n, err
}
