package textcommand

import (
	"bytes"
	"strings"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
)

// inserted puts the content of the files that sed's command r reads into the script as text of its command a, which
// prints at the same moment: sed's sandbox reads no other file. It reports why it cannot.
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
				return m.World.Shown(p) + " is uncertain: " + m.Certain(f)
			case f != nil && len(f.Data) > 0 && (f.Data[len(f.Data)-1] != '\n' || bytes.IndexByte(f.Data, 0) >= 0):
				return "sed's command r reads " + m.World.Shown(p) + ", which does not end in a line feed"
			}
			out.WriteString(s.Text[last:c.From])
			if f == nil || len(f.Data) == 0 { // sed passes over it
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
