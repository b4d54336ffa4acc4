package series

import "bytes"

// maxSwept is how long a text is at most that package bytes finds in time that grows with what is searched alone: with
// a longer one it compares a part of it at each place that is like its beginning.
const maxSwept = 63

// occurrences are the places of a text in data, from left to right, none within another.
func occurrences(data, text []byte) [][]int {
	if len(text) > maxSwept {
		return longOccurrences(data, text)
	}
	n := min(bytes.Count(data, text), maxMatches)
	spans, ends := make([][]int, 0, n), make([]int, 2*n)
	for at := 0; len(spans) < n; {
		span := ends[:2:2]
		ends = ends[2:]
		span[0] = at + bytes.Index(data[at:], text)
		at = span[0] + len(text)
		span[1] = at
		spans = append(spans, span)
	}
	return spans
}

// longOccurrences finds a text as Knuth, Morris and Pratt do.
func longOccurrences(data, text []byte) (spans [][]int) {
	start := bytes.Index(data, text[:maxSwept])
	if start < 0 {
		return nil
	}
	back := make([]int32, len(text)+1) // of so many bytes, how many of the last are like the first
	for i, k := 1, int32(0); i < len(text); i++ {
		for k > 0 && text[i] != text[k] {
			k = back[k]
		}
		if text[i] == text[k] {
			k++
		}
		back[i+1] = k
	}
	k := int32(0)
	for i := start; i < len(data) && len(spans) < maxMatches; i++ {
		for k > 0 && data[i] != text[k] {
			k = back[k]
		}
		if data[i] == text[k] {
			k++
		}
		if int(k) == len(text) {
			spans = append(spans, []int{i + 1 - len(text), i + 1})
			k = 0
		}
	}
	return spans
}
