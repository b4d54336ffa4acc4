package shell

import (
	"slices"
	"strconv"
	"strings"
)

// Operands splits a command's options from its operands. Of an option in takes the next argument is its value.
func Operands(args []Word, takes string) (options map[string]Word, rest []Word) {
	options = map[string]Word{}
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a.Text == "--":
			return options, append(rest, args[i+1:]...)
		case strings.HasPrefix(a.Text, "--"):
			name, value, _ := strings.Cut(a.Text[2:], "=")
			options[name] = Word{Text: value, Why: a.Why}
		case strings.HasPrefix(a.Text, "-") && len(a.Text) > 1:
			for k := 1; k < len(a.Text); k++ {
				name := a.Text[k : k+1]
				if !strings.Contains(takes, name) {
					options[name] = Word{}
					continue
				}
				value := Word{Text: a.Text[k+1:], Why: a.Why}
				if value.Text == "" && i+1 < len(args) {
					i++
					value = args[i]
				}
				options[name] = value
				break
			}
		default:
			rest = append(rest, a)
		}
	}
	return options, rest
}

func Has(options map[string]Word, names ...string) bool {
	return slices.ContainsFunc(names, func(name string) bool { _, found := options[name]; return found })
}

func Number(s string) int {
	n, err := strconv.Atoi(s)
	if err != nil {
		return -1
	}
	return n
}
