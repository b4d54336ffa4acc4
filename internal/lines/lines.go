// Package lines cuts texts into lines and finds which lines of one give way to which of another, as git does. Bytes go
// in, changes come out; it knows neither diffs nor files.
package lines

import (
	"bytes"
	"hash/maphash"
)

var newline = []byte{'\n'}

// Text is a text cut behind every line feed; its last line may lack one.
type Text struct {
	Data   []byte
	Starts []int // where each line begins, and at last where the text ends
}

// New cuts a text.
func New(data []byte) Text {
	starts := make([]int, 1, bytes.Count(data, newline)+2)
	for at := 0; at < len(data); {
		if n := bytes.IndexByte(data[at:], '\n'); n >= 0 {
			at += n + 1
		} else {
			at = len(data)
		}
		starts = append(starts, at)
	}
	return Text{Data: data, Starts: starts}
}

// Len is how many lines the text has.
func (t Text) Len() int { return len(t.Starts) - 1 }

// Line is line i, counted from 0, with its line feed.
func (t Text) Line(i int) []byte { return t.Data[t.Starts[i]:t.Starts[i+1]:t.Starts[i+1]] }

// Between are the lines from i up to j, without j.
func (t Text) Between(i, j int) []byte { return t.Data[t.Starts[i]:t.Starts[j]:t.Starts[j]] }

// Pool numbers lines, equal ones alike, so that texts are then compared by numbers.
type Pool struct {
	seed  maphash.Seed
	lines []pooled
	slots []int32 // open addressing: an index of lines plus one, 0 where free; a power of two, at most half full
}

type pooled struct {
	hash uint64
	line []byte
}

// NewPool returns a pool for at most so many lines.
func NewPool(lines int) *Pool {
	size := 16
	for size < 2*lines {
		size *= 2
	}
	return &Pool{seed: seed, lines: make([]pooled, 0, lines), slots: make([]int32, size)}
}

var seed = maphash.MakeSeed()

// Intern returns the number of each line of a text.
func (p *Pool) Intern(t Text) []int32 {
	out := make([]int32, t.Len())
	mask := uint64(len(p.slots) - 1)
	for i := range out {
		line := t.Line(i)
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

// Side numbers the lines of a text that is to be compared.
func (p *Pool) Side(t Text) Side { return Side{IDs: p.Intern(t), Text: t} }

// Len is how many numbers are in use: from 0 to one below it.
func (p *Pool) Len() int { return len(p.lines) }

// Find is the number of a line, -1 where the pool has none.
func (p *Pool) Find(line []byte) int32 {
	mask := uint64(len(p.slots) - 1)
	h := maphash.Bytes(p.seed, line)
	for at := h & mask; ; at = (at + 1) & mask {
		id := p.slots[at] - 1
		if id < 0 || p.lines[id].hash == h && bytes.Equal(p.lines[id].line, line) {
			return id
		}
	}
}
