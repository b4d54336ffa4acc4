package coreutils

import (
	"bytes"
	"strconv"
	"strings"
)

// span is a part of cut's list: 2, 2-4, -4, 2-.
type span struct{ from, to int }

func spans(list string) (out []span, ok bool) {
	for _, part := range strings.Split(list, ",") {
		first, last, isRange := strings.Cut(part, "-")
		one := span{1, 1 << 30}
		var err error
		if first != "" {
			one.from, err = strconv.Atoi(first)
		}
		if !isRange {
			last = first
		}
		if last != "" && err == nil {
			one.to, err = strconv.Atoi(last)
		}
		if err != nil || part == "-" || part == "" || one.from < 1 || one.to < one.from {
			return nil, false
		}
		out = append(out, one)
	}
	return out, true
}

// cut selects fields, or bytes where all text is ASCII.
func cut(a *arguments) (Filter, bool) {
	var list []span
	delimiter, kind, only, ok := "\t", "", false, false
	for o := a.option(); o != ""; o = a.option() {
		switch o {
		case "d", "delimiter":
			delimiter = a.value()
		case "f", "fields", "c", "characters", "b", "bytes":
			if kind != "" {
				return Filter{}, false
			}
			kind = o[:1]
			if list, ok = spans(a.value()); !ok {
				return Filter{}, false
			}
		case "s", "only-delimited":
			only = true
		default:
			return Filter{}, false
		}
	}
	if kind == "" || len(delimiter) != 1 {
		return Filter{}, false
	}
	takes := func(n int) bool {
		for _, s := range list {
			if n >= s.from && n <= s.to {
				return true
			}
		}
		return false
	}
	return Filter{a.rest, func(texts [][]byte) ([]byte, bool) {
		var out []byte
		for _, line := range lines(joined(texts)) {
			body := bytes.TrimSuffix(line, []byte("\n"))
			separator := ""
			parts := bytes.Split(body, nil)
			if kind == "f" {
				separator = delimiter
				if parts = bytes.Split(body, []byte(delimiter)); len(parts) == 1 {
					if !only {
						out = append(append(out, body...), '\n')
					}
					continue
				}
			} else if strings.IndexFunc(string(body), func(r rune) bool { return r >= 0x80 }) >= 0 {
				return nil, false
			}
			var kept [][]byte
			for i, p := range parts {
				if takes(i + 1) {
					kept = append(kept, p)
				}
			}
			out = append(append(out, bytes.Join(kept, []byte(separator))...), '\n')
		}
		return out, true
	}}, true
}

// tr replaces, deletes and squeezes bytes.
func tr(a *arguments) (Filter, bool) {
	deletes, squeezes, complement := false, false, false
	for o := a.option(); o != ""; o = a.option() {
		switch o {
		case "d", "delete":
			deletes = true
		case "s", "squeeze-repeats":
			squeezes = true
		case "c", "C", "complement":
			complement = true
		default:
			return Filter{}, false
		}
	}
	if len(a.rest) == 0 || len(a.rest) > 2 || deletes == (len(a.rest) == 2) && deletes || complement && !deletes ||
		squeezes && (deletes || len(a.rest) == 2) || !deletes && !squeezes && len(a.rest) == 1 {
		return Filter{}, false
	}
	first, ok := byteSet(a.rest[0])
	if !ok {
		return Filter{}, false
	}
	var in [256]bool
	var to [256]byte
	for i := range to {
		to[i] = byte(i)
	}
	for _, c := range first {
		in[c] = true
	}
	if len(a.rest) == 2 {
		second, ok := byteSet(a.rest[1])
		if !ok || len(second) == 0 {
			return Filter{}, false
		}
		for i, c := range first {
			to[c] = second[min(i, len(second)-1)]
		}
	}
	a.rest = nil
	return a.each(func(text []byte) []byte {
		var out []byte
		for i, c := range text {
			switch {
			case deletes && in[c] != complement, squeezes && in[c] && i > 0 && text[i-1] == c:
				continue
			}
			out = append(out, to[c])
		}
		return out
	})
}

// classes are the sets that have a name.
var classes = map[string]string{"lower": "a-z", "upper": "A-Z", "digit": "0-9", "alpha": "A-Za-z", "alnum": "0-9A-Za-z",
	"space": "\t-\r ", "blank": "\t "}

// byteSet reads a set of tr.
func byteSet(s string) (out []byte, ok bool) {
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c >= 0x80:
			return nil, false
		case strings.HasPrefix(s[i:], "[:"):
			name, _, found := strings.Cut(s[i+2:], ":]")
			set, known := byteSet(classes[name])
			if !found || !known || classes[name] == "" {
				return nil, false
			}
			out = append(out, set...)
			i += len(name) + 3
			continue
		case c == '[' && strings.ContainsAny(s[i:], "*="):
			return nil, false
		case c == '\\' && i+1 < len(s):
			i++
			if at := strings.IndexByte(`ntrabfv\-`, s[i]); at >= 0 {
				out = append(out, "\n\t\r\a\b\f\v\\-"[at])
				continue
			}
			end := i
			for end < len(s) && end < i+3 && '0' <= s[end] && s[end] <= '7' {
				end++
			}
			n, err := strconv.ParseUint(s[i:end], 8, 8) // up to three octal digits
			if err != nil {
				return nil, false
			}
			out = append(out, byte(n))
			i = end - 1
			continue
		}
		if i+2 < len(s) && s[i+1] == '-' && s[i+2] != '\\' {
			if s[i+2] < c {
				return nil, false
			}
			for b := int(c); b <= int(s[i+2]); b++ {
				out = append(out, byte(b))
			}
			i += 2
			continue
		}
		out = append(out, c)
	}
	return out, true
}
