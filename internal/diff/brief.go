package diff

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

// Brief returns a diff for a person to read: of binary content only its sizes before and after. What cannot be read
// stays as it is.
func Brief(data []byte) []byte {
	var out bytes.Buffer
	for len(data) > 0 {
		line, rest, _ := bytes.Cut(data, newline)
		if string(line) == "GIT binary patch" {
			if before, after, behind, ok := binarySizes(rest); ok {
				fmt.Fprintf(&out, "Binary files differ: %d bytes before, %d bytes after\n", before, after)
				data = behind
				continue
			}
		}
		out.Write(data[:len(data)-len(rest)])
		data = rest
	}
	return out.Bytes()
}

// binarySizes reads the two blocks of a binary patch: the sizes of both sides, and what follows.
func binarySizes(data []byte) (before, after int, rest []byte, ok bool) {
	_, after, rest, ok = blockSizes(data)
	if !ok {
		return 0, 0, nil, false
	}
	_, before, rest, ok = blockSizes(rest)
	return before, after, rest, ok
}

// blockSizes reads one block: the sizes of the file that it is for, where it is a delta, and of the one that it makes.
func blockSizes(data []byte) (from, to int, rest []byte, ok bool) {
	head, body, _ := bytes.Cut(data, newline)
	kind, count, _ := strings.Cut(string(head), " ")
	size, err := strconv.Atoi(count)
	if err != nil || size < 0 || size > maxChunk || kind != "literal" && kind != "delta" {
		return 0, 0, nil, false
	}
	var packed []byte
	for len(body) > 0 {
		var line []byte
		line, body, _ = bytes.Cut(body, newline)
		if len(line) == 0 {
			break
		}
		if kind == "delta" {
			if packed, err = decode85(packed, line); err != nil {
				return 0, 0, nil, false
			}
		}
	}
	if kind == "literal" {
		return 0, size, body, true
	}
	delta, err := inflate(packed, size)
	if err != nil {
		return 0, 0, nil, false
	}
	from, delta, ok = deltaSize(delta)
	if !ok {
		return 0, 0, nil, false
	}
	to, _, ok = deltaSize(delta)
	return from, to, body, ok
}
