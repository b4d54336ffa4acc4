package shell

import (
	"path"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
)

// Foreign notes a program that is not followed. The files that it names are uncertain afterwards.
func (m *Machine) Foreign(c *Call) Status {
	m.PrintsUnknown(c.Name)
	m.DoubtNamed(c)
	m.doubtMentioned(c)
	m.Undecided(c.Spot, "not expressible: %s may change files", path.Base(c.Name))
	return Status{Why: "what " + path.Base(c.Name) + " does"}
}

// mentioned matches what may be a path in a program's code; in quotes, the path of a folder too.
var mentioned = regexp.MustCompile(`['"]?[\w@.+-]*(/[\w@.+-]+)*/?['"]?`)

// maxMentioned limits how much of a program's code is searched for paths, in bytes.
const maxMentioned = 256 << 10

// doubtMentioned marks the files as uncertain that the code of a program names: in an argument, in its input, and in a
// file that it is given.
func (m *Machine) doubtMentioned(c *Call) {
	var code []string
	if strings.Contains(c.Name, "/") {
		code = append(code, m.textAt(c.Name))
	}
	for _, a := range c.Args {
		if strings.ContainsAny(a.Text, "'\"() \n") {
			code = append(code, a.Text)
		} else if !strings.HasPrefix(a.Text, "-") {
			code = append(code, m.textAt(a.Text))
		}
	}
	if m.In != nil && m.In.Why == "" {
		code = append(code, string(m.In.Data))
	}
	seen := map[string]bool{}
	for _, text := range code {
		for _, word := range mentioned.FindAllString(text[:min(len(text), maxMentioned)], -1) {
			name := strings.Trim(word, `'"`)
			if name == "" || seen[word] {
				continue
			}
			seen[word] = true
			p, known := m.Place(name, true)
			switch {
			case !known || p.Disk != scriptfiles.InTree || p.Name == "":
			case m.World.IsFile(p):
				m.Doubt(c.Spot, p, path.Base(c.Name)+" may have changed it")
			case len(word) == len(name)+2 && m.World.IsFolder(p):
				for _, one := range m.World.Files(p) {
					m.Doubt(c.Spot, one, path.Base(c.Name)+" may have changed it")
				}
			}
		}
	}
}

// textAt is the content of a file that lies beside the script: a program's code.
func (m *Machine) textAt(name string) string {
	p, known := m.Source(name)
	if !known || p.Disk != scriptfiles.Beside {
		return ""
	}
	if f := m.World.Read(p); f != nil && f.Why == "" {
		return string(f.Data)
	}
	return ""
}
