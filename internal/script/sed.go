package script

import (
	"bytes"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// sedArgs is a sed command as it is called.
type sedArgs struct {
	call    SedCall
	suffix  string // of the backups
	silent  bool
	ext     bool
	files   []word
	macos   bool
	follows bool // a link leads to the file that is edited
	unknown string
	refused string
}

// sedCommand runs a sed command on copies of the files that it names.
func (m *machine) sedCommand(c *call) status {
	if len(c.args) == 1 && (c.args[0].s == "--version" || c.args[0].s == "--help") { // asks whether it is GNU's
		m.printsUnknown("sed")
		return m.nothing(c)
	}
	a := m.sedArgs(c)
	switch {
	case a.refused != "":
		m.printsUnknown("sed")
		m.doubtNamed(c)
		return m.undecided(c.spot, "not expressible: %s", a.refused)
	case a.unknown != "":
		m.printsUnknown("sed")
		if a.call.InPlace {
			for _, w := range a.files {
				if p, known := m.place(w.s, true); known && m.world.read(p) != nil {
					m.doubt(c.spot, p, "it uses a value that is known only at run time: "+a.unknown)
				}
			}
		}
		return m.unclear(c.spot, a.unknown)
	}
	if why := m.inserted(a); why != "" {
		m.printsUnknown("sed")
		for _, w := range a.files {
			if p, known := m.place(w.s, true); known && a.call.InPlace && m.world.read(p) != nil {
				m.doubt(c.spot, p, "a command on it is not followed")
			}
		}
		return m.undecided(c.spot, "not expressible: %s; -run runs the script in BuildKit's sandbox", why)
	}
	if !a.call.InPlace {
		return m.sedPrints(c, a)
	}
	var targets []sedTarget
	result := succeeded
	for _, w := range a.files {
		if result.code == 4 { // sed ends at what is no file
			break
		}
		p, known := m.entry(w.s)
		if !known || w.why != "" && !startsMarked(w.s) {
			m.unclear(c.spot, w.doubt())
			continue
		}
		f := m.world.read(p)
		if f != nil && f.mode == tree.Symlink && a.follows {
			p, _ = m.place(w.s, true)
			f = m.world.read(p)
		}
		switch {
		case f == nil && p.disk == inTree && m.world.isFolder(p):
			m.undecided(c.spot, "not expressible: %s is a folder", m.world.shown(p))
			result = status{code: 4}
		case f == nil:
			result = m.gone(c.spot, p)
		case f.why != "":
			m.undecided(c.spot, "%s is uncertain: %s", m.world.shown(p), m.certain(f))
		case f.mode == tree.Symlink:
			m.undecided(c.spot, "not expressible: %s is a symbolic link", m.world.shown(p))
		default:
			targets = append(targets, sedTarget{p, w})
			a.call.Files = append(a.call.Files, SedFile{m.sedName(w.s, p), f.data})
			continue
		}
	}
	if len(targets) == 0 {
		return result
	}
	if s := m.sedInPlace(c, a, targets); s.code != 0 {
		return s
	}
	return result
}

// sedName is the name under which sed sees a file: the script's own, for sed's command F, where it is a plain one.
func (m *machine) sedName(s string, p place) string {
	if path.Clean(s) == s && !strings.HasPrefix(s, "/") && !strings.HasPrefix(s, "..") && !strings.HasPrefix(s, "-") &&
		!isMarked(s) {
		return s
	}
	return path.Clean(strings.TrimPrefix(clear(p.name), "/"))
}

// sedTarget is a file that sed edits, and the word that names it.
type sedTarget struct {
	place place
	word  word
}

// sedInPlace edits files and records what each of the script's commands did.
func (m *machine) sedInPlace(c *call, a *sedArgs, targets []sedTarget) status {
	steps := m.sedSteps(a)
	before := a.call.Files
	final, ok := m.runSed(c, a, a.call.Scripts, before)
	if !ok {
		for _, t := range targets {
			m.doubt(c.spot, t.place, "sed's sandbox did not run a command on it")
		}
		return status{code: 1}
	}
	states := [][]SedFile{before}
	if len(steps) > 1 {
		for i := range steps[:len(steps)-1] {
			next, ok := m.runSed(nil, a, steps[i].scripts, before)
			if !ok {
				steps = nil
				break
			}
			states = append(states, next)
		}
	}
	if len(steps) <= 1 {
		steps = []sedStep{{text: wholeScript(a.call.Scripts)}}
		states = states[:1]
	}
	states = append(states, final)
	for k, step := range steps {
		e := &effect{kind: edited, sed: step.text, ext: a.ext}
		if len(steps) > 1 {
			e.label = step.text
		}
		if a.macos {
			e.note = "written for the sed of macOS"
		} else if a.suffix != "" && k == 0 {
			e.note = "the copies that end in " + a.suffix + " are not kept"
		}
		m.sedEffect(c, e, targets, states[k], states[k+1])
	}
	if a.suffix != "" {
		for i, t := range targets {
			m.world.write(place{t.place.disk, backupName(t.place.name, a.suffix)},
				&file{data: before[i].Data, mode: m.modeOf(t.place), scratch: true})
		}
	}
	return succeeded
}

func wholeScript(scripts []SedScript) string {
	var parts []string
	for _, s := range scripts {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, "\n")
}

// backupName is where sed -i keeps the old file.
func backupName(name, suffix string) string {
	if strings.Contains(suffix, "*") {
		return path.Join(path.Dir(name), strings.ReplaceAll(suffix, "*", path.Base(name)))
	}
	return name + suffix
}

// sedEffect records what one command did to the files; where it did nothing, that is noted.
func (m *machine) sedEffect(c *call, e *effect, targets []sedTarget, before, after []SedFile) {
	files, order := map[place]*file{}, []place{}
	var missed []string
	quiet := true
	for i, t := range targets {
		p := t.place
		if bytes.Equal(before[i].Data, after[i].Data) {
			missed = append(missed, m.world.shown(p))
			quiet = quiet && (t.word.globbed || m.log.globbed[t.word.s])
			continue
		}
		old := m.world.read(p)
		if p.disk == inTree && path.Base(p.name) == "Gemfile.lock" && m.perhaps == "" {
			if line, try := rewrite.Orphaned(p.name, before[i].Data, after[i].Data); line != "" {
				m.doubt(c.spot, p, "a command on it is not taken in")
				said := "would orphan lines in Gemfile.lock: " + line
				m.log.say(importer.ScriptLine{Line: c.line, Text: c.text, Said: said, Try: try})
				continue
			}
		}
		files[p] = &file{data: after[i].Data, mode: old.mode, scratch: old.scratch}
		order = append(order, p)
	}
	if len(order) > 0 {
		m.put(c.spot, e, files, order)
	}
	if len(missed) == 0 || len(order) > 0 && quiet {
		return
	}
	m.miss(c, e, missed, quiet)
}

// miss notes files in which a sed command finds nothing.
func (m *machine) miss(c *call, e *effect, missed []string, quiet bool) {
	if m.perhaps != "" {
		m.undecided(c.spot, "not expressible: whether it runs is known only at run time: %s", m.perhaps)
		return
	}
	for _, name := range missed {
		m.log.misses = append(m.log.misses, missing{c.spot, e.label, name, quiet})
	}
}

// missing is a sed command that matches nothing in a file.
type missing struct {
	spot
	label, name string
	quiet       bool
}

// runSed runs sed; a command that it refuses is noted, where c is one.
func (m *machine) runSed(c *call, a *sedArgs, scripts []SedScript, files []SedFile) ([]SedFile, bool) {
	call := a.call
	call.Scripts, call.Files = scripts, files
	r, err := m.sed.run(m.ctx, call)
	if err != nil {
		m.world.fail(err)
		return nil, false
	}
	if r.Errors != "" && r.Code != 0 {
		if c != nil {
			m.undecided(c.spot, "not expressible: %s", sedSays(r.Errors))
		}
		return nil, false
	}
	out := make([]SedFile, len(files))
	for i := range files {
		out[i] = SedFile{files[i].Name, r.Files[i]}
	}
	return out, true
}

// sedSays is what sed printed as it refused a script.
func sedSays(s string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	if strings.Contains(first, "sandbox") {
		return "sed's commands e, r and w run programs and reach other files, which its sandbox refuses; -run runs the " +
			"script in BuildKit's"
	}
	return first
}

// edit proposes how series.toml says what a sed command did to a file; nil where nothing short does.
func (e *effect) edit(w written) []series.Edit {
	if w.before == nil || w.after == nil || w.before.mode != w.after.mode {
		return nil
	}
	for _, one := range proposals(e, w) {
		one.File = w.name
		out, n, err := one.Do(w.before.data)
		if err != nil || !bytes.Equal(out, w.after.data) {
			continue
		}
		one.Count = n
		return []series.Edit{one}
	}
	return rewrite.LiteralEdits(w.name, w.before.data, w.after.data, maxBlocks)
}

// maxBlocks is how many places of a file are said as edits; more read better as a patch.
const maxBlocks = 8
