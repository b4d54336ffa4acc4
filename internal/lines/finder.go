package lines

import (
	"bytes"
	"regexp"
	"slices"
)

// From a line's beginning a Finder looks at so many bytes, and at so many lines.
const (
	window = 4096
	height = 3
)

// Finder finds the lines at which an expression matches. It asks the expression only where a line begins with one of
// the words, and only about three lines or 4,096 bytes from there on, so that a text of many megabytes takes
// milliseconds; the expression alone, with (?m)^, takes a second for each ten megabytes.
type Finder struct {
	begins     []string // in lower case where fold is set
	fold       bool
	first      [256]bool // the bytes with which a word begins
	expression *regexp.Regexp
}

// NewFinder returns a Finder of an expression, which matches from a line's beginning on, and of the words of which one
// begins each such line. $ is the end of a line.
func NewFinder(expression string, begins ...string) *Finder {
	f := &Finder{begins: begins, expression: regexp.MustCompile(`(?m)\A(?:` + expression + `)`)}
	for _, word := range begins {
		f.first[word[0]] = true
	}
	return f
}

// NewFoldingFinder is NewFinder for words and an expression whose case does not matter; the words are in lower case.
func NewFoldingFinder(expression string, begins ...string) *Finder {
	f := NewFinder("(?i:"+expression+")", begins...)
	f.fold = true
	for _, word := range begins {
		f.first[bytes.ToUpper([]byte(word))[0]] = true
	}
	return f
}

// Matches reports whether the expression matches at any line.
func (f *Finder) Matches(data []byte) bool { return f.First(data) != nil }

// Begins reports whether the expression matches at the first line.
func (f *Finder) Begins(data []byte) bool { return len(data) > 0 && f.at(data, 0) != nil }

// First is what FindSubmatchIndex returns of an expression with (?m)^; nil when it matches at no line.
func (f *Finder) First(data []byte) []int {
	for start := 0; start >= 0 && start < len(data); start = next(data, start) {
		if at := f.at(data, start); at != nil {
			return at
		}
	}
	return nil
}

// All is what FindAllSubmatchIndex returns of an expression with (?m)^.
func (f *Finder) All(data []byte) (all [][]int) {
	end := 0
	for start := 0; start >= 0 && start < len(data); start = next(data, start) {
		if start < end {
			continue
		}
		if at := f.at(data, start); at != nil {
			all = append(all, at)
			end = at[1]
		}
	}
	return all
}

// at matches the expression at one line. A match that ends with the window, in the middle of the line, is none.
func (f *Finder) at(data []byte, start int) []int {
	if !f.first[data[start]] ||
		!slices.ContainsFunc(f.begins, func(word string) bool { return f.has(data[start:], word) }) {
		return nil
	}
	end := start
	for n := 0; n < height && end < len(data); n++ {
		if i := bytes.IndexByte(data[end:min(len(data), start+window)], '\n'); i >= 0 {
			end += i + 1
		} else {
			end = min(len(data), start+window)
		}
	}
	at := f.expression.FindSubmatchIndex(data[start:end])
	if at == nil || start+at[1] == end && end < len(data) && data[end] != '\n' && data[end-1] != '\n' {
		return nil
	}
	for i := range at {
		if at[i] >= 0 {
			at[i] += start
		}
	}
	return at
}

func (f *Finder) has(line []byte, word string) bool {
	if !f.fold {
		return bytes.HasPrefix(line, []byte(word))
	}
	return len(line) >= len(word) && bytes.EqualFold(line[:len(word)], []byte(word))
}

// next is the beginning of the next line, -1 behind the last.
func next(data []byte, start int) int {
	i := bytes.IndexByte(data[start:], '\n')
	if i < 0 {
		return -1
	}
	return start + i + 1
}
