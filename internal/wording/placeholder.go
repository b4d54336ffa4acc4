package wording

import "strings"

// maxVariants bounds how many forms of one translation are compared.
const maxVariants = 16

// variants are the forms of a translation, each as the texts between its placeholders. There is a placeholder between
// each and the next. A plural or a choice (https://unicode-org.github.io/icu/userguide/format_parse/messages/) gives a
// form for each of its branches.
func variants(value string) [][]string {
	var all [][]string
	pending := []string{value}
	for len(pending) > 0 && len(all)+len(pending) <= maxVariants {
		next := pending[0]
		pending = pending[1:]
		if chosen := branches(next); chosen != nil {
			pending = append(pending, chosen...)
			continue
		}
		all = append(all, pieces(next))
	}
	if len(pending) > 0 { // too many: a plural counts as one placeholder
		all = append(all, pieces(value))
	}
	return all
}

// branches replaces the first plural or choice of a text by each of its branches; nil if there is none.
func branches(text string) (all []string) {
	for i := 0; i < len(text); i++ {
		if text[i] != '{' {
			continue
		}
		end := closing(text, i)
		if end < 0 {
			return nil
		}
		block := text[i+1 : end]
		parts := strings.SplitN(block, ",", 3)
		if len(parts) < 3 {
			i = end
			continue
		}
		for rest := parts[2]; ; {
			open := strings.IndexByte(rest, '{')
			if open < 0 {
				return all
			}
			shut := closing(rest, open)
			if shut < 0 {
				return all
			}
			all = append(all, text[:i]+strings.ReplaceAll(rest[open+1:shut], "#", "{#}")+text[end+1:])
			rest = rest[shut+1:]
		}
	}
	return nil
}

// closing is where the brace that opens at i is closed; -1 if it is not.
func closing(text string, i int) int {
	depth := 0
	for ; i < len(text); i++ {
		switch text[i] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return i
			}
		}
	}
	return -1
}

// pieces are the texts between placeholders: {name} of the web client, %{name} of the server. Tags are left out.
func pieces(text string) []string {
	all := []string{""}
	for i := 0; i < len(text); i++ {
		last := &all[len(all)-1]
		switch text[i] {
		case '{':
			if end := closing(text, i); end >= 0 {
				*last = strings.TrimSuffix(*last, "%")
				all = append(all, "")
				i = end
				continue
			}
		case '<':
			if end := strings.IndexByte(text[i:], '>'); end > 0 {
				i += end
				continue
			}
		}
		*last += string(text[i])
	}
	for i := range all {
		all[i] = foldedPiece(all[i])
	}
	return all
}

// foldedPiece is a folded text that keeps that white space stood at its ends.
func foldedPiece(text string) string {
	out := folded(text)
	if out == "" {
		return strings.Repeat(" ", min(1, len(text)))
	}
	if text[0] == ' ' {
		out = " " + out
	}
	if text[len(text)-1] == ' ' {
		out += " "
	}
	return out
}

// fills reports whether a text is what the pieces become when something is filled in between them. What is filled in
// must not be most of the text: else a translation of little more than placeholders would be everything.
func fills(text string, between []string) bool {
	known := 0
	for _, p := range between {
		known += len(strings.TrimSpace(p))
	}
	first, last := between[0], between[len(between)-1]
	if len(between) < 2 || known < 4 || 2*known < len(text) || len(text) < len(first)+len(last) ||
		!strings.HasPrefix(text, first) || !strings.HasSuffix(text, last) {
		return false
	}
	text = text[len(first) : len(text)-len(last)]
	for _, p := range between[1 : len(between)-1] {
		i := strings.Index(text, p)
		if i < 0 {
			return false
		}
		text = text[i+len(p):]
	}
	return true
}
