package diff

import (
	"bytes"
	"errors"
	"fmt"
)

// git's base85: each line starts with a letter for its length (at most 52 bytes), then has five digits for every four
// bytes.

const digits85 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz!#$%&()*+-;<=>?@^_`{|}~"

// values85 has the value of each digit, plus one; 0 for other bytes.
var values85 = func() (values [256]byte) {
	for i := range len(digits85) {
		values[digits85[i]] = byte(i) + 1
	}
	return values
}()

const lineBytes = 52

func decode85(out, line []byte) ([]byte, error) {
	n := 0
	switch c := line[0]; {
	case c >= 'A' && c <= 'Z':
		n = int(c-'A') + 1
	case c >= 'a' && c <= 'z':
		n = int(c-'a') + 27
	default:
		return nil, fmt.Errorf("no length in %q", c)
	}
	digits := line[1:]
	if len(digits) != (n+3)/4*5 {
		return nil, errors.New("a line's length differs from what it states")
	}
	for ; n > 0; digits = digits[5:] {
		var v uint64
		for _, c := range digits[:5] {
			d := values85[c]
			if d == 0 {
				return nil, fmt.Errorf("%q is not a digit", c)
			}
			v = v*85 + uint64(d-1)
		}
		if v > 1<<32-1 {
			return nil, errors.New("digits out of range")
		}
		word := [4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)}
		out = append(out, word[:min(n, 4)]...)
		n -= 4
	}
	return out, nil
}

func encode85(b *bytes.Buffer, data []byte) {
	for len(data) > 0 {
		n := min(len(data), lineBytes)
		if n <= 26 {
			b.WriteByte(byte('A' + n - 1))
		} else {
			b.WriteByte(byte('a' + n - 27))
		}
		for rest := data[:n]; len(rest) > 0; rest = rest[min(4, len(rest)):] {
			var word [4]byte
			copy(word[:], rest)
			v := uint32(word[0])<<24 | uint32(word[1])<<16 | uint32(word[2])<<8 | uint32(word[3])
			var five [5]byte
			for i := 4; i >= 0; i-- {
				five[i] = digits85[v%85]
				v /= 85
			}
			b.Write(five[:])
		}
		b.WriteByte('\n')
		data = data[n:]
	}
}
