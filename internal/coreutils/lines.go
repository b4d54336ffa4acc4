package coreutils

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// count is the number of an option, with the sign that stands before it.
func count(s string) (n int, sign byte, ok bool) {
	if s != "" && (s[0] == '+' || s[0] == '-') {
		sign, s = s[0], s[1:]
	}
	n, err := strconv.Atoi(s)
	return n, sign, err == nil && n >= 0
}

// counted reads the options of head and tail.
func counted(a *arguments) (n int, sign byte, inBytes, ok bool) {
	n = 10
	for o := a.option(); o != ""; o = a.option() {
		switch {
		case o == "n", o == "lines", o == "c", o == "bytes":
			if n, sign, ok = count(a.value()); !ok {
				return 0, 0, false, false
			}
			inBytes = o == "c" || o == "bytes"
		case o == "q":
		case strings.Trim(o, "0123456789") == "" && len(o) == 1: // -5
			if n, _, ok = count(o + a.short); !ok {
				return 0, 0, false, false
			}
			a.short = ""
		default:
			return 0, 0, false, false
		}
	}
	return n, sign, inBytes, len(a.rest) <= 1
}

func head(a *arguments) (Filter, bool) {
	n, sign, inBytes, ok := counted(a)
	if !ok {
		return Filter{}, false
	}
	return a.each(func(text []byte) []byte {
		if inBytes {
			if sign == '-' {
				return text[:max(0, len(text)-n)]
			}
			return text[:min(n, len(text))]
		}
		all := lines(text)
		if sign == '-' {
			return joined(all[:max(0, len(all)-n)])
		}
		return joined(all[:min(n, len(all))])
	})
}

func tail(a *arguments) (Filter, bool) {
	n, sign, inBytes, ok := counted(a)
	if !ok {
		return Filter{}, false
	}
	from := func(size int) int {
		if sign == '+' {
			return min(max(n-1, 0), size)
		}
		return max(0, size-n)
	}
	return a.each(func(text []byte) []byte {
		if inBytes {
			return text[from(len(text)):]
		}
		all := lines(text)
		return joined(all[from(len(all)):])
	})
}

func tac(a *arguments) (Filter, bool) {
	if a.option() != "" || len(a.rest) > 1 {
		return Filter{}, false
	}
	return a.each(func(text []byte) []byte {
		all := lines(text)
		slices.Reverse(all)
		return joined(all)
	})
}

func uniq(a *arguments) (Filter, bool) {
	kind := a.option()
	if kind != "" && kind != "c" && kind != "d" && kind != "u" || a.option() != "" || len(a.rest) > 1 {
		return Filter{}, false
	}
	return a.each(func(text []byte) []byte {
		var out []byte
		all := lines(text)
		for i := 0; i < len(all); {
			line, n := ended(all[i]), 0
			for ; i < len(all) && bytes.Equal(ended(all[i]), line); i++ {
				n++
			}
			switch {
			case kind == "c":
				out = fmt.Appendf(out, "%7d %s", n, line)
			case kind == "", kind == "d" && n > 1, kind == "u" && n == 1:
				out = append(out, line...)
			}
		}
		return out
	})
}

// sorted is sort. Where the order of two lines differs between the usual locales, the result is not certain.
func sorted(a *arguments) (Filter, bool) {
	unique, reverse, numeric, end := false, false, false, "\n"
	for o := a.option(); o != ""; o = a.option() {
		switch o {
		case "u", "unique":
			unique = true
		case "r", "reverse":
			reverse = true
		case "n", "numeric-sort":
			numeric = true
		case "z", "zero-terminated":
			end = "\x00"
		default:
			return Filter{}, false
		}
	}
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) {
		var all []string
		for _, text := range texts {
			if len(text) > 0 {
				all = append(all, strings.Split(strings.TrimSuffix(string(text), end), end)...)
			}
		}
		order := strings.Compare
		if numeric {
			order = byNumber
		}
		slices.SortStableFunc(all, order)
		for i := 1; i < len(all); i++ {
			if numeric && !plainNumbers(all[i-1], all[i]) || !numeric && !sameOrder(all[i-1], all[i]) {
				return nil, false
			}
		}
		if unique {
			all = slices.Compact(all)
		}
		if reverse {
			slices.Reverse(all)
		}
		var out []byte
		for _, line := range all {
			out = append(append(out, line...), end...)
		}
		return out, true
	}}, true
}

func byNumber(a, b string) int {
	x, _ := strconv.Atoi(a)
	y, _ := strconv.Atoi(b)
	return cmp.Or(cmp.Compare(x, y), strings.Compare(a, b))
}

// plainNumbers reports whether both lines are numbers in the same spelling, so that equal ones are equal lines.
func plainNumbers(a, b string) bool {
	for _, s := range []string{a, b} {
		if n, err := strconv.Atoi(s); err != nil || strconv.Itoa(n) != s {
			return false
		}
	}
	return true
}

// sameOrder reports whether a stands before b, as it does by bytes, in the other usual locales too. Those compare
// letters without their case, and have signs before digits and these before letters.
func sameOrder(a, b string) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		x, y := lower(a[i]), lower(b[i])
		if x == y {
			continue
		}
		p, q := class(x), class(y)
		return p != 0 && q != 0 && (p < q && a[i] < b[i] || p == q && p > 1 && x < y && a[i] < b[i])
	}
	return len(a) < len(b) || a == b
}

// lower is an ASCII letter without its case. Bytes keep their places so, in a text that is not UTF-8 too.
func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c + 'a' - 'A'
	}
	return c
}

// class is what kind of character a byte is: 0 one outside of ASCII, 1 a sign, 2 a digit, 3 a letter.
func class(c byte) int {
	switch {
	case c >= 0x80:
		return 0
	case c >= '0' && c <= '9':
		return 2
	case c >= 'a' && c <= 'z':
		return 3
	}
	return 1
}
