package bash

import (
	"strings"
)

// PlainText is a text without the backslashes that quote its characters.
func PlainText(s string, raw bool) string {
	if raw {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		} else if s[i] == '\\' {
			continue
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// Fields splits a line as read does: into n fields, of which the last holds what is left; -1 is into all.
func Fields(s, ifs string, n int, raw bool) (out []string) {
	blank := func(c byte) bool { return (c == ' ' || c == '\t' || c == '\n') && strings.IndexByte(ifs, c) >= 0 }
	trimmed := func(s string) string {
		for s != "" && blank(s[len(s)-1]) && (raw || !strings.HasSuffix(s[:len(s)-1], `\`)) {
			s = s[:len(s)-1]
		}
		return s
	}
	for s != "" && blank(s[0]) {
		s = s[1:]
	}
	for s != "" {
		end, next := cutField(s, ifs, raw, blank)
		if n > 0 && len(out) == n-1 {
			if next < len(s) { // a separator at the very end goes only where nothing but the field stands before it
				end = len(trimmed(s))
			}
			return append(out, PlainText(trimmed(s[:end]), raw))
		}
		out = append(out, PlainText(s[:end], raw))
		s = s[next:]
	}
	return out
}

// cutField is where the first field of a text ends, and where the next begins.
func cutField(s, ifs string, raw bool, blank func(byte) bool) (end, next int) {
	for end < len(s) && (strings.IndexByte(ifs, s[end]) < 0) {
		if s[end] == '\\' && !raw && end+1 < len(s) {
			end++
		}
		end++
	}
	next = end
	for next < len(s) && blank(s[next]) {
		next++
	}
	if next < len(s) && strings.IndexByte(ifs, s[next]) >= 0 {
		next++
		for next < len(s) && blank(s[next]) {
			next++
		}
	}
	return end, next
}
