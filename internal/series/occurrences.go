package series

import "bytes"

// maxSwept is the length of the longest text that package bytes searches in linear time. For longer ones bytes.Index
// compares a part of the text at each place that starts like it.
const maxSwept = 63

// occurrences returns the places of text in data, from left to right; they do not overlap.
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

// longOccurrences finds text by the algorithm of Knuth, Morris and Pratt.
func longOccurrences(data, text []byte) (spans [][]int) {
	start := bytes.Index(data, text[:maxSwept])
	if start < 0 {
		return nil
	}
	back := make([]int32, len(text)+1) // by prefix: the length of its longest proper suffix that is a prefix
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
