package diff

import (
	"errors"
	"fmt"
)

var errDelta = errors.New("malformed binary delta")

// applyDelta executes git's copy and insert instructions (gitformat-pack, "Deltified representation").
func applyDelta(base, delta []byte) ([]byte, error) {
	from, delta, ok := deltaSize(delta)
	to, delta, ok2 := deltaSize(delta)
	if !ok || !ok2 || to > maxChunk {
		return nil, errDelta
	}
	if from != len(base) {
		return nil, fmt.Errorf("the binary delta is for a file of %d bytes, not %d", from, len(base))
	}
	out := make([]byte, 0, min(to, len(base)+len(delta)))
	for len(delta) > 0 {
		op := delta[0]
		delta = delta[1:]
		if op&0x80 == 0 {
			n := int(op)
			if n == 0 || n > len(delta) || len(out)+n > to {
				return nil, errDelta
			}
			out, delta = append(out, delta[:n]...), delta[n:]
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
			n = 1 << 16
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

// deltaSize reads a number with seven bits per byte, the lowest first.
func deltaSize(b []byte) (n int, rest []byte, ok bool) {
	for i := 0; i < len(b) && i < 5; i++ {
		n |= int(b[i]&0x7f) << (7 * i)
		if b[i]&0x80 == 0 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}
