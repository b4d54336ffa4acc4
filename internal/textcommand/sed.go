package textcommand

import (
	"bytes"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// sedArgs is a parsed sed command.
type sedArgs struct {
	call    sed.Call
	suffix  string // of the backups
	silent  bool
	ext     bool
	files   []shell.Word
	macos   bool
	follows bool // edit the file that a link points to
	unknown string
	refused string
}

// sedCommand runs a sed command on copies of the files that it names.
func sedCommand(m *shell.Machine, c *shell.Call) shell.Status {
	if len(c.Args) == 1 && (c.Args[0].Text == "--version" || c.Args[0].Text == "--help") { // a check for GNU sed
		m.PrintsUnknown("sed")
		return m.Nothing(c)
	}
	a := readSedArgs(m, c)
	switch {
	case a.refused != "":
		m.PrintsUnknown("sed")
		m.DoubtNamed(c)
		return m.Undecided(c.Spot, "not expressible: %s", a.refused)
	case a.unknown != "":
		m.PrintsUnknown("sed")
		if a.call.InPlace {
			for _, w := range a.files {
				if p, known := m.Place(w.Text, true); known && m.World.Read(p) != nil {
					m.Doubt(c.Spot, p, "it uses a value that is known only at run time: "+a.unknown)
				}
			}
		}
		return m.Unclear(c.Spot, a.unknown)
	}
	if why := inserted(m, a); why != "" {
		m.PrintsUnknown("sed")
		for _, w := range a.files {
			if p, known := m.Place(w.Text, true); known && a.call.InPlace && m.World.Read(p) != nil {
				m.Doubt(c.Spot, p, "a command on it is not followed")
			}
		}
		return m.Undecided(c.Spot, "not expressible: %s; -run runs the script in BuildKit's sandbox", why)
	}
	if !a.call.InPlace {
		return sedPrints(m, c, a)
	}
	var targets []sedTarget
	result := shell.Succeeded
	for _, w := range a.files {
		if result.Code == 4 { // exit code 4: an argument is not a file
			break
		}
		p, known := m.Entry(w.Text)
		if !known || w.Why != "" && !placeholder.Begins(w.Text) {
			m.Unclear(c.Spot, w.Doubt())
			continue
		}
		f := m.World.Read(p)
		if f != nil && f.Mode == tree.Symlink && a.follows {
			p, _ = m.Place(w.Text, true)
			f = m.World.Read(p)
		}
		switch {
		case f == nil && p.Disk == scriptfiles.InTree && m.World.IsFolder(p):
			m.Undecided(c.Spot, "not expressible: %s is a folder", m.World.Shown(p))
			result = shell.Status{Code: 4}
		case f == nil:
			result = m.Gone(c.Spot, p)
		case f.Why != "":
			m.Undecided(c.Spot, "%s is uncertain: %s", m.World.Shown(p), f.Doubt())
		case f.Mode == tree.Symlink:
			m.Undecided(c.Spot, "not expressible: %s is a symbolic link", m.World.Shown(p))
		default:
			targets = append(targets, sedTarget{p, w})
			a.call.Files = append(a.call.Files, sed.File{Name: sedName(w.Text, p), Data: f.Data})
			continue
		}
	}
	if len(targets) == 0 {
		return result
	}
	if s := sedInPlace(m, c, a, targets); s.Code != 0 {
		return s
	}
	return result
}

// sedName returns the name under which sed sees a file. It is the script's own name if that is plain, because sed's
// command F prints it.
func sedName(s string, p scriptfiles.Place) string {
	if path.Clean(s) == s && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "..") && !strings.HasPrefix(s, "-") &&
		!placeholder.In(s) {
		return s
	}
	return path.Clean(strings.TrimPrefix(placeholder.Shown(p.Name), "/"))
}

// sedTarget is a file that sed edits, and the argument that names it.
type sedTarget struct {
	place scriptfiles.Place
	word  shell.Word
}

// sedInPlace edits files, and records what each of the commands of the sed script did.
func sedInPlace(m *shell.Machine, c *shell.Call, a *sedArgs, targets []sedTarget) shell.Status {
	steps := sedSteps(a)
	before := a.call.Files
	final, ok := runSed(m, c, a, a.call.Scripts, before)
	if !ok {
		for _, t := range targets {
			m.Doubt(c.Spot, t.place, "sed's sandbox did not run a command on it")
		}
		return shell.Status{Code: 1}
	}
	states := [][]sed.File{before}
	if len(steps) > 1 {
		for i := range steps[:len(steps)-1] {
			next, ok := runSed(m, nil, a, steps[i].scripts, before)
			if !ok {
				steps = nil
				break
			}
			states = append(states, next)
		}
	}
	if len(steps) <= 1 {
		steps = []sedStep{{text: sed.Joined(a.call.Scripts)}}
		states = states[:1]
	}
	states = append(states, final)
	for k, step := range steps {
		e := &scriptchanges.Effect{Kind: scriptchanges.Edited, Sed: step.text, Ext: a.ext}
		if len(steps) > 1 {
			e.Label = step.text
		}
		if a.macos {
			e.Note = "written for the sed of macOS"
		} else if a.suffix != "" && k == 0 {
			e.Note = "the copies that end in " + a.suffix + " are not kept"
		}
		sedEffect(m, c, e, targets, states[k:k+2])
	}
	if a.suffix != "" {
		for i, t := range targets {
			m.World.Write(scriptfiles.At(t.place.Disk, backupName(t.place.Name, a.suffix)),
				&scriptfiles.File{Data: before[i].Data, Mode: m.World.ModeOf(t.place), Scratch: true})
		}
	}
	return shell.Succeeded
}

// backupName returns the name that sed -i renames the old file to.
func backupName(name, suffix string) string {
	if strings.Contains(suffix, "*") {
		return path.Join(path.Dir(name), strings.ReplaceAll(suffix, "*", path.Base(name)))
	}
	return name + suffix
}

// sedEffect records what one command changed in the files, between two states of them. If it changed nothing, it
// records that.
func sedEffect(m *shell.Machine, c *shell.Call, e *scriptchanges.Effect, targets []sedTarget, states [][]sed.File) {
	before, after := states[0], states[1]
	files, order := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}
	var missed []string
	quiet := true
	for i, t := range targets {
		p := t.place
		if bytes.Equal(before[i].Data, after[i].Data) {
			missed = append(missed, m.World.Shown(p))
			quiet = quiet && (t.word.Globbed || m.Log.Globbed[t.word.Text])
			continue
		}
		old := m.World.Read(p)
		if p.Disk == scriptfiles.InTree && path.Base(p.Name) == "Gemfile.lock" && m.Perhaps == "" {
			if line, try := rewrite.Orphaned(p.Name, before[i].Data, after[i].Data); line != "" {
				m.Doubt(c.Spot, p, "the import leaves out a command on it")
				said := "would orphan lines in Gemfile.lock: " + line
				m.Log.Say(importer.ScriptLine{Line: c.Line, Text: c.Text, Said: said, Try: try})
				continue
			}
		}
		files[p] = &scriptfiles.File{Data: after[i].Data, Mode: old.Mode, Scratch: old.Scratch}
		order = append(order, p)
	}
	if len(order) > 0 {
		m.Put(c.Spot, e, files, order)
	}
	if len(missed) == 0 || len(order) > 0 && quiet {
		return
	}
	miss(m, c, e, missed, quiet)
}

// miss records files in which a sed command finds no match.
func miss(m *shell.Machine, c *shell.Call, e *scriptchanges.Effect, missed []string, quiet bool) {
	if m.Perhaps != "" {
		m.Undecided(c.Spot, "not expressible: whether it runs is known only at run time: %s", m.Perhaps)
		return
	}
	for _, name := range missed {
		m.Log.Misses = append(m.Log.Misses, scriptchanges.Miss{Spot: c.Spot, Label: e.Label, Name: name, Quiet: quiet})
	}
}

// runSed runs sed. If sed rejects the script and c is not nil, it records the error.
func runSed(m *shell.Machine, c *shell.Call, a *sedArgs, scripts []sed.Script, files []sed.File) ([]sed.File, bool) {
	call := a.call
	call.Scripts, call.Files = scripts, files
	r, err := m.Sed.Run(m.Ctx, call)
	if err != nil {
		m.World.Fail(err)
		return nil, false
	}
	if r.Errors != "" && r.Code != 0 {
		if c != nil {
			m.Undecided(c.Spot, "not expressible: %s", sedSays(r.Errors))
		}
		return nil, false
	}
	out := make([]sed.File, len(files))
	for i := range files {
		out[i] = sed.File{Name: files[i].Name, Data: r.Files[i]}
	}
	return out, true
}

// sedSays returns the message with which sed rejected a script, without its prefix.
func sedSays(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if strings.Contains(first, "sandbox") {
		return "sed's commands e, r and w run programs and reach other files, which its sandbox refuses; -run runs the " +
			"script in BuildKit's"
	}
	return first
}
