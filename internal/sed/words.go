package sed

import (
	"errors"
	"fmt"
	"strings"
)

// word is one word of a shell's command.
type word struct {
	text     string
	known    bool   // no value is in it that only the shell knows
	quoted   bool   // some of it was quoted
	redirect string // ">" or ">>": the word is a file that is written
}

// assigns says that the word is NAME=VALUE.
func (w word) assigns() bool {
	name, _, ok := strings.Cut(w.text, "=")
	return ok && name != "" && strings.Trim(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_") == "" && (name[0] < '0' || name[0] > '9')
}

// openQuote says that a quote of a line is closed on a later one.
func openQuote(line string) bool {
	var quote byte
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote == '\'' && c == '\'', quote == '"' && c == '"':
			quote = 0
		case quote == '\'':
		case c == '\\':
			i++
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case quote == 0 && c == '#' && (i == 0 || line[i-1] == ' ' || line[i-1] == '\t'):
			return false
		}
	}
	return quote != 0
}

// split reads a line as commands of words, and the word that ends its here-document, if it has one.
func split(line string, vars map[string]string) (commands [][]word, here string, err error) {
	s := &splitter{in: line, vars: vars}
	var words []word
	end := func() {
		if len(words) > 0 {
			commands = append(commands, words)
			words = nil
		}
	}
	redirect := ""
	for {
		s.blanks()
		if s.at >= len(s.in) || s.in[s.at] == '#' {
			end()
			return commands, here, nil
		}
		rest := s.in[s.at:]
		switch {
		case strings.HasPrefix(rest, "&&"), strings.HasPrefix(rest, "||"), strings.HasPrefix(rest, ";;"):
			s.at += 2
			end()
		case rest[0] == ';', rest[0] == '\n':
			s.at++
			end()
		case strings.HasPrefix(rest, "<<<"):
			return nil, "", errors.New("a here-string")
		case strings.HasPrefix(rest, "<<"):
			s.at += 2
			if s.at < len(s.in) && s.in[s.at] == '-' {
				s.at++
			}
			s.blanks()
			w, err := s.word()
			if err != nil {
				return nil, "", err
			}
			here = w.text
		case strings.HasPrefix(rest, ">>"):
			redirect, s.at = ">>", s.at+2
		case strings.HasPrefix(rest, "&>"), strings.HasPrefix(rest, "2>"), strings.HasPrefix(rest, "1>"):
			s.at += 2
			if s.at < len(s.in) && s.in[s.at] == '>' {
				s.at++
			}
			s.blanks()
			if s.at < len(s.in) && s.in[s.at] == '&' {
				s.at++
			}
			if _, err := s.word(); err != nil {
				return nil, "", err
			}
		case rest[0] == '>':
			redirect, s.at = ">", s.at+1
		case rest[0] == '<':
			s.at++
			s.blanks()
			if _, err := s.word(); err != nil {
				return nil, "", err
			}
		case rest[0] == '|', rest[0] == '&', rest[0] == '(', rest[0] == ')':
			return nil, "", fmt.Errorf("a %q of the shell", rest[0])
		default:
			w, err := s.word()
			if err != nil {
				return nil, "", err
			}
			if w.redirect = redirect; redirect != "" && w.text == "/dev/null" {
				redirect = ""
				continue
			}
			redirect = ""
			if (w.text == "then" || w.text == "do" || w.text == "else") && !w.quoted && len(words) == 0 {
				continue
			}
			words = append(words, w)
		}
	}
}

type splitter struct {
	in   string
	at   int
	vars map[string]string
}

func (s *splitter) blanks() {
	for s.at < len(s.in) && (s.in[s.at] == ' ' || s.in[s.at] == '\t') {
		s.at++
	}
}

// word reads one word with its quotes.
func (s *splitter) word() (word, error) {
	w := word{known: true}
	var b strings.Builder
	start := s.at
	for s.at < len(s.in) {
		c := s.in[s.at]
		switch {
		case c == '\'':
			i := strings.IndexByte(s.in[s.at+1:], '\'')
			if i < 0 {
				return w, errors.New("a quote is not closed")
			}
			b.WriteString(s.in[s.at+1 : s.at+1+i])
			s.at += i + 2
			w.quoted = true
		case c == '"':
			w.quoted = true
			if err := s.double(&b, &w); err != nil {
				return w, err
			}
		case c == '\\':
			if s.at+1 < len(s.in) {
				b.WriteByte(s.in[s.at+1])
			}
			s.at += 2
		case c == '$' || c == '`':
			s.dollar(&b, &w)
		case strings.IndexByte(" \t\n;&|<>()", c) >= 0:
			if s.at == start {
				s.at++ // never without progress
			}
			w.text = b.String()
			return w, nil
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	w.text = b.String()
	return w, nil
}

// double reads a part in double quotes.
func (s *splitter) double(b *strings.Builder, w *word) error {
	for s.at++; s.at < len(s.in); {
		switch c := s.in[s.at]; {
		case c == '"':
			s.at++
			return nil
		case c == '\\' && s.at+1 < len(s.in) && strings.IndexByte("\"\\$`\n", s.in[s.at+1]) >= 0:
			if s.in[s.at+1] != '\n' {
				b.WriteByte(s.in[s.at+1])
			}
			s.at += 2
		case c == '$' || c == '`':
			s.dollar(b, w)
		default:
			b.WriteByte(c)
			s.at++
		}
	}
	return errors.New("a quote is not closed")
}

// dollar reads a variable; one that the script set to a plain text is known.
func (s *splitter) dollar(b *strings.Builder, w *word) {
	rest := s.in[s.at:]
	name := ""
	switch {
	case strings.HasPrefix(rest, "${"):
		if i := strings.IndexByte(rest, '}'); i > 0 {
			name = rest[2:i]
			s.at += i + 1
		}
	default:
		n := 1
		for n < len(rest) && (rest[n] == '_' || rest[n] >= 'A' && rest[n] <= 'Z' || rest[n] >= 'a' && rest[n] <= 'z' || rest[n] >= '0' && rest[n] <= '9') {
			n++
		}
		name = rest[1:n]
		if name != "" {
			s.at += n
		}
	}
	if name == "" { // a lone dollar sign is one, anything else is the shell's
		if len(rest) == 1 || strings.IndexByte(" \"'/|,", rest[1]) >= 0 && rest[0] == '$' {
			b.WriteByte('$')
		} else {
			w.known = false
			b.WriteByte(rest[0])
		}
		s.at++
		return
	}
	if value, ok := s.vars[name]; ok {
		b.WriteString(value)
		return
	}
	w.known = false
	b.WriteString("$" + name)
}
