package diff

import (
	"bytes"
	"compress/zlib"
	"crypto/sha1"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Binary is the content of a binary patch: how to build the new file and, if the diff has it, the old one.
type Binary struct {
	Forward, reverse *Chunk
}

// Chunk is the content of a file, or a delta that builds it from the other side.
type Chunk struct {
	Delta  bool
	Data   []byte // inflated
	packed []byte // deflated, as the diff had it: Format writes the same bytes
}

// Unpacked returns the size of the binary contents of both sides, in bytes.
func (f *File) Unpacked() (n int64) {
	if f.Binary == nil {
		return 0
	}
	for _, c := range []*Chunk{f.Binary.Forward, f.Binary.reverse} {
		if c != nil {
			n += int64(len(c.Data))
		}
	}
	return n
}

// maxChunk limits the size to which a chunk may inflate, in bytes.
const maxChunk = 16 << 20

// binary reads what follows "GIT binary patch".
func (p *parser) binary(f *File) error {
	p.advance()
	forward, err := p.chunk()
	if err != nil {
		return err
	}
	if forward == nil {
		return p.wrong("the binary patch has no content")
	}
	reverse, err := p.chunk()
	f.Binary = &Binary{forward, reverse}
	return err
}

// chunk reads "literal N" or "delta N" and its lines up to an empty one; nil if there is none.
func (p *parser) chunk() (*Chunk, error) {
	kind, count, _ := strings.Cut(string(p.line), " ")
	if kind != "literal" && kind != "delta" {
		return nil, nil
	}
	size, err := strconv.ParseUint(count, 10, 31)
	if err != nil || size > maxChunk {
		return nil, p.wrong("binary content of size %.40q, more than %d MiB or none", count, maxChunk>>20)
	}
	if p.inflated += int(size); p.inflated > maxInflated {
		return nil, p.wrong("more than %d MiB of binary content", maxInflated>>20)
	}
	c := &Chunk{Delta: kind == "delta"}
	for p.advance(); !p.done && len(p.line) > 0; p.advance() {
		if c.packed, err = decode85(c.packed, p.line); err != nil {
			return nil, p.wrong("malformed binary content: %v", err)
		}
	}
	if p.done {
		return nil, p.wrong("the binary content ends early")
	}
	if c.Data, err = inflate(c.packed, int(size)); err != nil {
		return nil, p.wrong("malformed binary content: %v", err)
	}
	p.advance()
	return c, nil
}

// mostDeflated is the largest number of bytes that one deflated byte can inflate to.
const mostDeflated = 1032

func inflate(packed []byte, size int) ([]byte, error) {
	src := bytes.NewReader(packed)
	z, err := zlib.NewReader(src)
	if err != nil {
		return nil, err
	}
	var data bytes.Buffer
	data.Grow(min(size, mostDeflated*len(packed)) + bytes.MinRead)
	_, err = data.ReadFrom(io.LimitReader(z, int64(size)+1))
	switch {
	case err != nil:
		return nil, err
	case data.Len() != size:
		return nil, fmt.Errorf("inflates to another size than %d", size)
	case src.Len() > 0:
		return nil, errors.New("it holds more than it states")
	}
	return data.Bytes(), nil
}

// applyBinary returns the new file, if old is the one that the diff was made for.
func (f *File) applyBinary(old []byte) ([]byte, error) {
	if f.Binary.Forward == nil {
		return nil, errors.New("the binary patch has no content in this direction")
	}
	if !isBlob(f.OldID, old) {
		return nil, fmt.Errorf("the binary file is not the one that the diff is for (%.9s)", f.OldID)
	}
	fresh := f.Binary.Forward.Data
	if f.Binary.Forward.Delta {
		var err error
		if fresh, err = applyDelta(old, fresh); err != nil {
			return nil, err
		}
	}
	if !isBlob(f.NewID, fresh) {
		return nil, fmt.Errorf("the binary patch does not make the file that it names (%.9s)", f.NewID)
	}
	return fresh, nil
}

// isBlob reports whether data has this id; an id of zeros means that there is no file.
func isBlob(id string, data []byte) bool {
	if strings.Trim(id, "0") == "" {
		return len(data) == 0
	}
	return strings.HasPrefix(blobID(data), id)
}

// blobID returns a content's id in git.
func blobID(data []byte) string {
	h := sha1.New()
	fmt.Fprintf(h, "blob %d\x00", len(data))
	h.Write(data)
	return hex.EncodeToString(h.Sum(nil))
}

// format writes the chunk as git does.
func (c *Chunk) format(b *bytes.Buffer) {
	kind := "literal"
	if c.Delta {
		kind = "delta"
	}
	fmt.Fprintf(b, "%s %d\n", kind, len(c.Data))
	packed := c.packed
	if packed == nil {
		packed = deflate(c.Data)
	}
	encode85(b, packed)
	b.WriteByte('\n')
}

func deflate(data []byte) []byte {
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(data) // a buffer never fails
	_ = z.Close()
	return packed.Bytes()
}

// sides returns the contents before and after a binary patch, of which it has at least one as it is.
func (b *Binary) sides() (old, fresh []byte, ok bool) {
	old, fresh = b.reverse.Data, b.Forward.Data
	var err error
	switch {
	case b.reverse.Delta && b.Forward.Delta:
		return nil, nil, false
	case b.reverse.Delta:
		old, err = applyDelta(fresh, old)
	case b.Forward.Delta:
		fresh, err = applyDelta(old, fresh)
	}
	return old, fresh, err == nil
}
