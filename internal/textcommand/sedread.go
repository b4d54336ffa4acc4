package textcommand

import (
	"bytes"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// inserted replaces sed's command r (append a file) with its command a (append a text) that has the file's content:
// sed's sandbox cannot read other files. Both print at the same time. It returns why, if it cannot.
func inserted(m *shell.Machine, a *sedArgs) (why string) {
	for i, s := range a.call.Scripts {
		if !strings.Contains(s.Text, "r") {
			continue
		}
		commands, ok := sed.Reads(s.Text)
		if len(commands) == 0 {
			continue
		}
		if !ok || strings.HasSuffix(s.Text, `\`) {
			return "sed's command r in a script of a form that is not followed"
		}
		var out strings.Builder
		last := 0
		for _, c := range commands {
			name := strings.TrimLeft(s.Text[c.From+1:c.To], " \t")
			if name == "" || strings.HasPrefix(name, "/dev/") {
				return "sed's command r reads " + name
			}
			p, known := m.Place(name, false)
			f := m.World.Read(p)
			switch {
			case !known || f == nil && p.Disk == scriptfiles.Outside:
				return "sed's command r reads " + placeholder.Shown(name) + ", which is not beside the script"
			case f != nil && f.Why != "":
				return m.World.Shown(p) + " is uncertain: " + f.Doubt()
			case f != nil && len(f.Data) > 0 && (f.Data[len(f.Data)-1] != '\n' || bytes.IndexByte(f.Data, 0) >= 0):
				return "sed's command r reads " + m.World.Shown(p) + ", which does not end in a line feed"
			}
			out.WriteString(s.Text[last:c.From])
			if f == nil || len(f.Data) == 0 { // sed ignores a file that is missing or empty
				out.WriteString("{}")
			} else {
				out.WriteString("a\\\n" + sed.AppendedText(string(f.Data)))
			}
			last = c.To
		}
		a.call.Scripts[i].Text = out.String() + s.Text[last:]
	}
	return ""
}
