package gitcommand

import (
	"path"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/quilt"
	"github.com/howdah/howdah/internal/shell"
)

// quiltProgram is quilt push -a: it applies the patches of its list, as patch(1) does. Which patches other commands of
// quilt apply or take back depends on those before them.
func quiltProgram(m *shell.Machine, c *shell.Call) shell.Status {
	options, rest := arguments.Split(c.Args, "")
	folder, list := quiltSetting(m, "QUILT_PATCHES", "patches"), quiltSetting(m, "QUILT_SERIES", quilt.Series)
	in := m.Input(shell.Word{Text: path.Join(folder, list)})
	plain := len(rest) == 1 && rest[0].Text == "push" && options.Has("a")
	for o := range options {
		plain = plain && (o == "a" || o == "q" || o == "v")
	}
	if !plain || in == nil || in.Why != "" {
		m.DoubtNamed(c)
		m.Offer(c.Spot, alone(m, folder), "patch?: the import follows quilt push -a alone, where %s is here",
			path.Join(folder, list))
		return shell.Status{Why: "what quilt does"}
	}
	one := *c
	one.Name = "patch"
	for _, line := range quilt.Read(in.Data) {
		if line.Off {
			continue
		}
		name := path.Join(folder, line.Name)
		if line.Wrong != "" {
			m.Offer(c.Spot, alone(m, folder), "patch?: line %d of %s: %s", line.Line, list, line.Wrong)
			return shell.Status{Why: "what quilt does"}
		}
		p := patching{name: name, strip: line.Strip, reverse: line.Reverse}
		if s := applyPatch(m, &one, p, m.Input(shell.Word{Text: name}), shell.Word{Text: "."}); s != shell.Succeeded {
			return s // quilt stops there
		}
	}
	return shell.Succeeded
}

// quiltSetting is a variable by which quilt is set up; the environment of whoever runs the script counts as empty.
func quiltSetting(m *shell.Machine, name, otherwise string) string {
	if why, uncertain := m.Doubts[name]; uncertain {
		return placeholder.For(why)
	}
	if v, set := m.Vars[name]; set && v.String() != "" {
		return v.String()
	}
	return otherwise
}
