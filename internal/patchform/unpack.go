package patchform

import (
	"bytes"
	"compress/bzip2"
	"compress/gzip"
	"io"

	"github.com/klauspost/compress/zstd"
)

// packers are the programs that pack one file, with what packed data begins with.
var packers = []struct {
	program, magic string
	open           func(io.Reader) (io.Reader, error)
}{
	{"gzip", "\x1f\x8b\x08", func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }},
	{"bzip2", "BZh", func(r io.Reader) (io.Reader, error) { return bzip2.NewReader(r), nil }},
	{"zstd", "\x28\xb5\x2f\xfd", func(r io.Reader) (io.Reader, error) {
		d, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxWindow))
		if err != nil {
			return nil, err
		}
		return d.IOReadCloser(), nil
	}},
}

const maxWindow = 16 << 20 // bytes that zstd may keep of what it unpacked

// Unpack returns a packed patch as it was, of at most limit bytes, and the program that packed it. What is not packed,
// is larger, or cannot be unpacked comes back as it is, with no program.
func Unpack(data []byte, limit int64) (plain []byte, program string) {
	for _, p := range packers {
		if !bytes.HasPrefix(data, []byte(p.magic)) {
			continue
		}
		r, err := p.open(bytes.NewReader(data))
		if err != nil {
			return data, ""
		}
		plain, err := io.ReadAll(io.LimitReader(r, limit+1))
		if c, ok := r.(io.Closer); ok {
			_ = c.Close() // all was read
		}
		if err != nil || int64(len(plain)) > limit {
			return data, ""
		}
		return plain, p.program
	}
	return data, ""
}
