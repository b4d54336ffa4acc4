package patchimport

import (
	"bytes"
	"fmt"
	"path"
	"regexp"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/view"
)

// allowLine matches the line of an entry in a comment by which a person allows its paths.
var allowLine = regexp.MustCompile(`(?m)^# (allow\s*= .*)$`)

// showLeftOut prints what was corrected, and prints and returns what was left out and why. Of an entry that waits for a
// person's word it says where that is written: text is what file will be.
func (m *Importer) showLeftOut(i *importer.Import, file string, text []byte) (out []view.NotImported) {
	for _, note := range i.Notes {
		m.s.Term.Answerf("note: %s", note)
	}
	for _, l := range i.Left {
		reason := l.Why.Err.Error()
		m.s.Term.Answerf("left out %s: %s", l.Name, reason)
		hint := m.s.Caller.Hint(l.Why.Hint)
		if entry := l.Entry(); entry != nil {
			from := 1 + bytes.Count(text[:max(0, bytes.Index(text, entry))], []byte("\n"))
			hint = fmt.Sprintf("%s:%d: if you mean it, remove the # from lines %d to %d, which have %s; %s is kept for it",
				file, from, from, from+bytes.Count(entry, []byte("\n"))-1, allowLine.FindSubmatch(entry)[1],
				path.Join(path.Dir(file), l.Waiting.Patch.Name))
			reason += "; " + hint
		}
		out = append(out, view.NotImported{Name: l.Name, Reason: reason})
		if hint != "" {
			m.s.Term.Answerf("    %s", hint)
		}
	}
	return out
}
