package diff

import "bytes"

// lines cuts a text behind every line feed; the last line may lack one.
func lines(text []byte) [][]byte {
	out := make([][]byte, 0, bytes.Count(text, newline)+1)
	for len(text) > 0 {
		n := bytes.IndexByte(text, '\n') + 1
		if n == 0 {
			n = len(text)
		}
		out = append(out, text[:n:n])
		text = text[n:]
	}
	return out
}

var newline = []byte{'\n'}

// pool gives equal lines equal numbers, so that texts are compared by numbers from there on.
type pool struct {
	ids map[string]int32
}

func newPool(size int) *pool { return &pool{ids: make(map[string]int32, size)} }

func (p *pool) intern(text [][]byte) []int32 {
	out := make([]int32, len(text))
	for i, line := range text {
		id, ok := p.ids[string(line)]
		if !ok {
			id = int32(len(p.ids))
			p.ids[string(line)] = id
		}
		out[i] = id
	}
	return out
}
