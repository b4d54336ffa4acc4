package renames

import (
	"cmp"
	"slices"
	"sync"

	"github.com/howdah/howdah/internal/diff"
)

// Pieces keeps what files consist of, by id, from one comparison to the next: each file is read and hashed once,
// however many others it is compared with. It may be used by several goroutines.
type Pieces struct {
	mu    sync.Mutex
	spans map[string]spans
}

// Similarity is how much two files have in common, in percent; 0 where that is less than Find asks of a pair.
func (p *Pieces) Similarity(a, b Blob, read func(Blob) ([]byte, error)) (int, error) {
	n, err := p.score(a, b, read)
	if n < leastScore {
		n = 0
	}
	return n * 100 / maxScore, err
}

// Has reports whether a file was read.
func (p *Pieces) Has(id string) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.spans[id]
	return ok
}

// score is the part of the larger file that is in both, of maxScore; 0 where the sizes alone keep it too small.
func (p *Pieces) score(a, b Blob, read func(Blob) ([]byte, error)) (int, error) {
	large, small := max(a.Size, b.Size), min(a.Size, b.Size)
	if !a.regular() || !b.regular() || large == 0 || large*(maxScore-leastScore) < (large-small)*maxScore {
		return 0, nil
	}
	left, err := p.of(a, read)
	if err != nil {
		return 0, err
	}
	right, err := p.of(b, read)
	if err != nil {
		return 0, err
	}
	return int(left.common(right) * maxScore / large), nil
}

func (p *Pieces) of(b Blob, read func(Blob) ([]byte, error)) (spans, error) {
	p.mu.Lock()
	s, ok := p.spans[b.ID]
	p.mu.Unlock()
	if ok {
		return s, nil
	}
	data, err := read(b)
	if err != nil {
		return nil, err
	}
	s = newSpans(data)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.spans == nil {
		p.spans = map[string]spans{}
	}
	p.spans[b.ID] = s
	return s, nil
}

// span counts the bytes of pieces of one hash.
type span struct{ hash, bytes uint32 }

// spans are a text's pieces, lines cut every 64 bytes, by hash. git's hash is kept, since pieces that share one count
// as the same (diffcore-delta.c).
type spans []span

const (
	maxPiece   = 64
	spanHashes = 107_927
)

func newSpans(data []byte) spans {
	text := !diff.IsBinary(data)
	var out spans
	var low, high, n uint32
	for i, c := range data {
		if text && c == '\r' && i+1 < len(data) && data[i+1] == '\n' {
			continue
		}
		low, high = low<<7^high>>25, high<<7^low>>25
		low += uint32(c)
		if n++; n == maxPiece || c == '\n' || i == len(data)-1 {
			out = append(out, span{(low + high*0x61) % spanHashes, n})
			low, high, n = 0, 0, 0
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.hash, b.hash) })
	joined := out[:0]
	for _, s := range out {
		if n := len(joined) - 1; n >= 0 && joined[n].hash == s.hash {
			joined[n].bytes += s.bytes
			continue
		}
		joined = append(joined, s)
	}
	return joined
}

// common counts the bytes that both have.
func (s spans) common(t spans) (n int64) {
	for len(s) > 0 && len(t) > 0 {
		switch {
		case s[0].hash < t[0].hash:
			s = s[1:]
		case s[0].hash > t[0].hash:
			t = t[1:]
		default:
			n += int64(min(s[0].bytes, t[0].bytes))
			s, t = s[1:], t[1:]
		}
	}
	return n
}
