package diff

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Binary is the content of a binary patch: what makes the new file and, if the diff has it, the old one.
type Binary struct {
	Forward, Reverse *Chunk
}

// Chunk is a file as it is, or a delta that makes it from the other side.
type Chunk struct {
	Delta bool
	Data  []byte // inflated
}

// maxInflated bounds what a few bytes of a patch may become.
const maxInflated = 64 << 20

// binary reads what follows "GIT binary patch".
func (p *parser) binary(f *File) error {
	f.Binary = &Binary{}
	forward, err := p.part()
	if err != nil {
		return err
	}
	if f.Binary.Forward = forward; forward == nil {
		return p.wrong("the binary patch has no content")
	}
	if line, ok := p.peek(); ok && (strings.HasPrefix(line, "literal ") || strings.HasPrefix(line, "delta ")) {
		f.Binary.Reverse, err = p.part()
	}
	return err
}

// part reads "literal N" or "delta N" and its base85 lines up to an empty one.
func (p *parser) part() (*Chunk, error) {
	line, ok := p.peek()
	kind, count, _ := strings.Cut(line, " ")
	if !ok || kind != "literal" && kind != "delta" {
		return nil, nil
	}
	size, err := strconv.Atoi(count)
	if err != nil || size < 0 || size > maxInflated {
		return nil, p.wrong("binary content of size %q", count)
	}
	var packed []byte
	for p.at++; ; p.at++ {
		line, ok := p.peek()
		if !ok || line == "" {
			break
		}
		if packed, err = base85Line(packed, line); err != nil {
			return nil, p.wrong("binary content: %v", err)
		}
	}
	p.at++
	z, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, p.wrong("binary content: %v", err)
	}
	data, err := io.ReadAll(io.LimitReader(z, int64(size)+1))
	if err != nil {
		return nil, p.wrong("binary content: %v", err)
	}
	if len(data) != size {
		return nil, p.wrong("binary content inflates to another size than %d", size)
	}
	return &Chunk{Delta: kind == "delta", Data: data}, nil
}

const alphabet85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

// base85Line decodes a line of git's base85: a letter for the length, then five digits for four bytes.
func base85Line(out []byte, line string) ([]byte, error) {
	n := 0
	switch c := line[0]; {
	case c >= 'A' && c <= 'Z':
		n = int(c-'A') + 1
	case c >= 'a' && c <= 'z':
		n = int(c-'a') + 27
	default:
		return nil, fmt.Errorf("length %q", c)
	}
	digits := line[1:]
	if len(digits) != (n+3)/4*5 {
		return nil, errors.New("a line of the wrong length")
	}
	for ; n > 0; digits = digits[5:] {
		var v uint64
		for i := range 5 {
			d := strings.IndexByte(alphabet85, digits[i])
			if d < 0 {
				return nil, fmt.Errorf("digit %q", digits[i])
			}
			v = v*85 + uint64(d)
		}
		if v > 1<<32-1 {
			return nil, errors.New("digits out of range")
		}
		word := []byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, word[:min(n, 4)]...)
		n -= min(n, 4)
	}
	return out, nil
}

// apply makes the file from the other side's.
func (c *Chunk) apply(base []byte) ([]byte, error) {
	if !c.Delta {
		return c.Data, nil
	}
	return applyDelta(base, c.Data)
}

var errDelta = errors.New("malformed binary delta")

// applyDelta carries out git's copy and insert instructions (gitformat-pack, "Deltified representation").
func applyDelta(base, delta []byte) ([]byte, error) {
	from, delta, err := varint(delta)
	if err != nil {
		return nil, err
	}
	to, delta, err := varint(delta)
	if err != nil || to > maxInflated {
		return nil, errDelta
	}
	if from != len(base) {
		return nil, fmt.Errorf("the binary delta is for a file of %d bytes, not %d", from, len(base))
	}
	out := make([]byte, 0, to)
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		if op == 0 {
			return nil, errDelta
		}
		if op&0x80 == 0 {
			if int(op) > len(delta) {
				return nil, errDelta
			}
			out, delta = append(out, delta[:op]...), delta[op:]
			continue
		}
		var at, n int
		for i := range 7 {
			if op&(1<<i) == 0 {
				continue
			}
			if len(delta) == 0 {
				return nil, errDelta
			}
			if i < 4 {
				at |= int(delta[0]) << (8 * i)
			} else {
				n |= int(delta[0]) << (8 * (i - 4))
			}
			delta = delta[1:]
		}
		if n == 0 {
			n = 0x10000
		}
		if at+n > len(base) || len(out)+n > to {
			return nil, errDelta
		}
		out = append(out, base[at:at+n]...)
	}
	if len(out) != to {
		return nil, errDelta
	}
	return out, nil
}

func varint(b []byte) (n int, rest []byte, err error) {
	for shift := 0; len(b) > 0 && shift < 35; shift += 7 {
		n |= int(b[0]&0x7f) << shift
		if b[0]&0x80 == 0 {
			return n, b[1:], nil
		}
		b = b[1:]
	}
	return 0, nil, errDelta
}

// format writes the chunk as git does, without looking for a delta.
func (c *Chunk) format(b *bytes.Buffer) {
	kind := "literal"
	if c.Delta {
		kind = "delta"
	}
	fmt.Fprintf(b, "%s %d\n", kind, len(c.Data))
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write(c.Data) // a buffer takes everything
	_ = z.Close()
	for data := packed.Bytes(); len(data) > 0; {
		n := min(len(data), 52)
		if n <= 26 {
			b.WriteByte(byte('A' + n - 1))
		} else {
			b.WriteByte(byte('a' + n - 27))
		}
		for word := data[:n]; len(word) > 0; {
			var v uint32
			for i := range 4 {
				v <<= 8
				if i < len(word) {
					v |= uint32(word[i])
				}
			}
			var five [5]byte
			for i := 4; i >= 0; i-- {
				five[i] = alphabet85[v%85]
				v /= 85
			}
			b.Write(five[:])
			word = word[min(4, len(word)):]
		}
		b.WriteByte('\n')
		data = data[n:]
	}
	b.WriteByte('\n')
}
