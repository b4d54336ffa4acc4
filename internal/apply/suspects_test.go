package apply_test

import (
	"fmt"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/verdict"
)

// TestSuspects: a change needs the first one of the series, which is left out. It is found if it is among the 64
// nearest changes that touch the same file; otherwise the change is reported as failing by itself.
func TestSuspects(t *testing.T) {
	for between, want := range map[int]string{63: string(verdict.Blocked), 64: string(verdict.Count)} {
		var list, file strings.Builder
		add := func(name, find, replace, days string) {
			fmt.Fprintf(&list, "[[change]]\nname = %q\n%sedit = [ { file = \"f\", find = %q, replace = %q } ]\n", name, days,
				find, replace)
		}
		const never = "from = \"1999-01-01\"\nuntil = \"1999-01-02\"\n"
		add("first", "one", "two", never)
		for i := range between {
			add(fmt.Sprintf("between-%d", i), fmt.Sprintf("word %d.", i), "x", never)
			fmt.Fprintf(&file, "word %d.\n", i)
		}
		add("last", "two", "three", "")
		w := applytest.New(t, txtar.Parse([]byte("lock\n-- patches/series.toml --\n"+list.String()+"-- upstream/f --\none\n"+
			file.String())))
		_, r, err := w.Apply(t)
		if err != nil {
			t.Fatal(err)
		}
		if last := r.Outcomes[len(r.Outcomes)-1]; string(last.Verdict) != want {
			t.Errorf("with %d between them: %s (%s), want %s", between, last.Verdict, last.Message, want)
		}
	}
}
