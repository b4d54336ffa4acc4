// Package quilt reads lists of patches: a quilt series, Mercurial's queues, the folder of stg export, Electron's
// .patches. The text of a list goes in; its lines come out, each with the options of its patch.
package quilt

import (
	"slices"
	"strings"
)

// Series is the name of quilt's list in its folder; Mercurial and StGit use it too.
const Series = "series"

// lists are the names that a list can have, by precedence.
var lists = []string{Series, ".patches"}

// Line is one patch of a list.
type Line struct {
	Name    string
	Strip   int  // -pN, or 1
	Stated  bool // -pN is there
	Reverse bool // -R is there: the patch is applied in reverse
	Off     bool // it is commented out
	Line    int  // of the list, one-based
	Wrong   string
	Hint    string // with Wrong: what to write
}

// List returns the name of the list of patches in a folder that has these files; "" if there is none.
func List(has func(name string) bool) string {
	if i := slices.IndexFunc(lists, has); i >= 0 {
		return lists[i]
	}
	return ""
}

// Read parses a list: one patch on each line, with quilt's options and with comments. A line with a guard is Wrong: it
// depends on a person's selection whether its patch counts.
func Read(data []byte) (all []Line) {
	number := 0
	for line := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		text, comment, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		if len(words) == 0 {
			if off := strings.Fields(comment); len(off) > 0 {
				all = append(all, Line{Name: off[0], Off: true, Line: number})
			}
			continue
		}
		one := Line{Name: words[0], Strip: 1, Line: number}
		if guards := prefixed(words); guards > 0 {
			one.Name = words[guards]
			one.guarded(words[:guards])
		}
		if one.Wrong == "" {
			one.options(words[1:])
		}
		if marks := strings.Fields(line[len(text):]); one.Wrong == "" && isGuard(marks) {
			one.guarded(marks)
		}
		all = append(all, one)
	}
	return all
}

func (l *Line) options(words []string) {
	for i := 0; i < len(words); i++ {
		option := words[i]
		if option == "-p" && i+1 < len(words) {
			i++
			option += words[i]
		}
		n := strings.TrimPrefix(option, "-p")
		switch {
		case option == "-R", option == "--reverse":
			l.Reverse = true
		case n == "ab":
		case n != option && len(n) == 1 && n[0] >= '0' && n[0] <= '9':
			l.Strip, l.Stated = int(n[0]-'0'), true
		default:
			l.Wrong = "unknown option \"" + option + "\""
			l.Hint = "a line is a patch's name and, where its paths need it, -pN; -R takes the patch back"
		}
	}
}

// prefixed counts the guards before a patch's name, as the program guards writes them: "+old -new limit.patch".
func prefixed(words []string) int {
	n := 0
	for n < len(words)-1 && len(words[n]) > 1 && (words[n][0] == '+' || words[n][0] == '-') {
		n++
	}
	return n
}

// isGuard reports whether the words after a patch's name are the guards of Mercurial's queues: "#+old #-new".
func isGuard(words []string) bool {
	return len(words) > 0 && !slices.ContainsFunc(words, func(w string) bool {
		return len(w) < 3 || w[0] != '#' || w[1] != '+' && w[1] != '-'
	})
}

func (l *Line) guarded(guards []string) {
	l.Wrong = "whether it is applied depends on the guards that are selected: " + strings.Join(guards, " ")
	l.Hint = "take the guard out of the line to apply the patch, or write # before the line to leave it out"
}
