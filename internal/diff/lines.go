package diff

import (
	"bytes"
	"hash/maphash"
)

var newline = []byte{'\n'}

// text is a text cut behind every line feed; its last line may lack one.
type text struct {
	data   []byte
	starts []int // where each line begins, and at last where the text ends
	work   *int  // lines compared while hunks are placed, at most maxCompared
	known  *lineIndex
}

func newText(data []byte) text {
	starts := make([]int, 1, bytes.Count(data, newline)+2)
	for at := 0; at < len(data); {
		if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
			at += n + 1
		} else {
			at = len(data)
		}
		starts = append(starts, at)
	}
	return text{data: data, starts: starts}
}

func (t text) len() int { return len(t.starts) - 1 }

func (t text) line(i int) []byte { return t.data[t.starts[i]:t.starts[i+1]:t.starts[i+1]] }

// between are the lines from i up to j.
func (t text) between(i, j int) []byte { return t.data[t.starts[i]:t.starts[j]:t.starts[j]] }

// pool gives equal lines equal numbers, so that texts are compared by numbers from there on.
type pool struct {
	seed  maphash.Seed
	lines []pooled
	slots []int32 // open addressing: an index of lines plus one, 0 where free; a power of two, at most half full
}

type pooled struct {
	hash uint64
	line []byte
}

// newPool makes a pool for at most so many lines.
func newPool(lines int) *pool {
	size := 16
	for size < 2*lines {
		size *= 2
	}
	return &pool{seed: seed, lines: make([]pooled, 0, lines), slots: make([]int32, size)}
}

var seed = maphash.MakeSeed()

func (p *pool) intern(t text) []int32 {
	out := make([]int32, t.len())
	mask := uint64(len(p.slots) - 1)
	for i := range out {
		line := t.line(i)
		h := maphash.Bytes(p.seed, line)
		for at := h & mask; ; at = (at + 1) & mask {
			id := p.slots[at] - 1
			if id < 0 {
				id = int32(len(p.lines))
				p.lines = append(p.lines, pooled{h, line})
				p.slots[at] = id + 1
			} else if known := &p.lines[id]; known.hash != h || !bytes.Equal(known.line, line) {
				continue
			}
			out[i] = id
			break
		}
	}
	return out
}

// find is the number of a line, -1 where the pool has none.
func (p *pool) find(line []byte) int32 {
	mask := uint64(len(p.slots) - 1)
	h := maphash.Bytes(p.seed, line)
	for at := h & mask; ; at = (at + 1) & mask {
		id := p.slots[at] - 1
		if id < 0 || p.lines[id].hash == h && bytes.Equal(p.lines[id].line, line) {
			return id
		}
	}
}
