package target

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// TestHelp explains every target at three widths, in both forms: no line is wider, and every argument and option is
// there with its words.
func TestHelp(t *testing.T) {
	for _, width := range []int{80, 100, 120} {
		for _, words := range []bool{true, false} {
			for _, one := range All() {
				help := Help(one, "go tool mage", width, words)
				plain := strings.Join(strings.Fields(help), " ")
				for line := range strings.Lines(help + Space(one.Namespace(), "howdah", width)) {
					if n := utf8.RuneCountInString(strings.TrimSuffix(line, "\n")); n > width {
						t.Errorf("%s at %d: %d columns: %s", one.Name, width, n, line)
					}
				}
				if space := one.Namespace(); !strings.Contains(Space(space, "howdah", width), one.Verb()) {
					t.Errorf("the help of %q lacks %s", space, one.Verb())
				}
				for _, a := range one.Args {
					if !strings.Contains(plain, a.Name+" "+a.Doc) {
						t.Errorf("%s: its help lacks %s: %s", one.Name, a.Name, help)
					}
				}
				for _, o := range one.Options {
					if !strings.Contains(plain, o.Usage()+" "+o.Doc) {
						t.Errorf("%s: its help lacks %s: %s", one.Name, o.Usage(), help)
					}
				}
			}
		}
	}
}
