package script

import (
	"bytes"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/shell"
	"mvdan.cc/sh/v3/expand"
)

// tooDeep is the line on which more brackets and compound commands are open, or more commands joined, than are
// followed, 0 for none: whoever reads or walks them needs memory for each. It counts those in texts too, of which a
// script has few without their ends.
func tooDeep(data []byte) int {
	depth, linked, number := 0, 0, 0
	for line := range bytes.Lines(data) {
		number++
		linked += bytes.Count(line, []byte("|")) + bytes.Count(line, []byte("&&"))
		if linked > maxLinked {
			return number
		}
		if end := bytes.TrimSpace(line); len(end) == 0 || !bytes.ContainsRune([]byte(`|&\`), rune(end[len(end)-1])) {
			linked = 0
		}
		if bytes.HasPrefix(bytes.TrimSpace(line), []byte("#")) {
			continue
		}
		for i := 0; i < len(line); {
			if c := line[i]; !isLower(c) {
				switch c {
				case '(', '{':
					if depth++; depth > maxNested {
						return number
					}
				case ')', '}':
					depth = max(0, depth-1)
				}
				i++
				continue
			}
			begin := i
			for i < len(line) && isLower(line[i]) {
				i++
			}
			switch string(line[begin:i]) {
			case "if", "for", "while", "until", "case", "select":
				if depth++; depth > maxNested {
					return number
				}
			case "fi", "done", "esac":
				depth = max(0, depth-1)
			}
		}
	}
	return 0
}

func isLower(c byte) bool { return 'a' <= c && c <= 'z' }

// length is how many bytes a variable's value has.
func length(v expand.Variable) int {
	n := len(v.Str)
	for _, s := range v.List {
		n += len(s) + 1
	}
	for k, s := range v.Map {
		n += len(k) + len(s)
	}
	return n
}

// expander puts the stage's variables into a word; one that is not known becomes a stand-in.
func (d *docker) expander(word string) (string, error) {
	var env []string
	for k, v := range d.m.vars {
		if v.Set {
			env = append(env, k+"="+v.Str)
		}
	}
	for k := range d.m.doubts {
		env = append(env, k+"="+unknown(k))
	}
	longest := 0
	for _, kv := range env {
		longest = max(longest, len(kv))
		*d.m.steps += len(kv) / valueStep
	}
	if *d.m.steps += strings.Count(word, "$") * longest / valueStep; *d.m.steps > maxSteps {
		return "", nil // broken says so
	}
	out, _, err := shell.NewLex(d.escape).ProcessWord(word, shell.EnvsFromSlice(env))
	return out, err
}
