package release

import (
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// judgeWords looks at what commands print: no time that nobody set, and no name or list that is empty.
func (w *world) judgeWords(outcomes []outcome) {
	for _, o := range outcomes {
		text := fmt.Sprint(o.err, " ", fault.HintOf(o.err))
		if o.res != nil {
			text += " " + strings.Join(o.res.Warnings, " ")
			for _, r := range o.res.Registries {
				text += " " + r.Error
			}
		}
		for _, wrong := range []string{"00010101T", "0001-01-01", "lacks :", "lacks ;", `""`, "%!", "<nil> <nil>"} {
			if strings.Contains(text, wrong) && (o.err != nil || wrong != "<nil> <nil>") {
				w.problem("a message has a gap", "%s: %q in %s", o.command, wrong, text)
			}
		}
	}
}
