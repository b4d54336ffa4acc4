package dockerfile

import (
	"path"
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/patternmatcher"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/filecommand"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
	"github.com/howdah/howdah/internal/tree"
)

// copied is COPY or ADD.
type copied struct {
	instructions.SourcesAndDest
	from    string
	chmod   string
	exclude []string
	parents bool
	add     bool

	use    use // of the other stage
	at     scriptchanges.Spot
	to     scriptfiles.Place
	folder bool // the copies go into to
}

// copy follows COPY and ADD of files beside the Dockerfile, of here-documents and of other stages.
func (d *docker) copy(at scriptchanges.Spot, c copied) {
	m := d.m
	c2 := &shell.Call{Spot: at, Name: "COPY"}
	to, known := m.Place(c.DestPath, true)
	switch {
	case !known || placeholder.In(c.DestPath) && to.Disk != scriptfiles.InTree:
		m.Unclear(at, shell.Word{Text: c.DestPath}.Doubt())
		return
	case c.parents:
		m.Undecided(at, "not expressible: the import does not follow COPY --parents")
		return
	}
	how := filecommand.Copying{Deep: true, Into: true}
	if c.chmod != "" {
		if how.Mode = filecommand.ModeFrom(c.chmod, tree.Regular); how.Mode == 0 {
			m.Unclear(at, "the mode "+c.chmod)
			return
		}
	}
	many := len(c.SourcePaths)+len(c.SourceContents) > 1
	folder := strings.HasSuffix(c.DestPath, "/") || many || m.World.IsFolder(to)
	c.at, c.to, c.folder = at, to, folder
	defer func(image bool) { m.Image = image }(m.Image)
	m.Image = m.Image && !d.isTakenFrom(c)
	source := &shell.Machine{Ctx: m.Ctx, Src: m.Src, World: m.World, Log: m.Log, Cwd: placeholder.Folder}
	if c.from != "" {
		n := d.find(c.from)
		if n < 0 {
			d.copyImage(c)
			return
		}
		c.use = use{len(d.done), n}
		d.uses(c.use)
		source.World, source.Cwd = d.done[n].world, "/"
	}
	var pairs []filecommand.Pair
	for _, content := range c.SourceContents {
		d.content(at, content, to, folder, how)
	}
	for _, s := range c.SourcePaths {
		fetched := strings.Contains(s, "://") || strings.HasPrefix(s, "git@")
		if (fetched || c.add && archive.MatchString(s)) && d.isOnlyOfImage(to) {
			m.Log.Nothing(at, true)
			continue
		}
		if fetched {
			m.Undecided(at, "overlay?: it downloads %s, and imports have no network; download it beside the Dockerfile, and "+
				"copy it from there", s)
			continue
		}
		if c.add && archive.MatchString(s) {
			m.Undecided(at, "overlay?: ADD unpacks the archive %s; unpack it and import the folder's files", s)
			continue
		}
		pairs = append(pairs, d.sources(source, c, s)...)
	}
	if len(pairs) > 0 && !filecommand.TooMuch(source, at, pairs) {
		copyFrom(m, c2, source.World, pairs, how)
	}
}

var archive = regexp.MustCompile(`\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2?|txz)$`)

// content writes a here-document of COPY.
func (d *docker) content(at scriptchanges.Spot, s instructions.SourceContent, to scriptfiles.Place, folder bool,
	how filecommand.Copying) {
	m := d.m
	if folder {
		to.Name = path.Join(to.Name, s.Path)
	}
	data := s.Data
	if placeholder.In(data) {
		m.Doubt(at, to, shell.Word{Text: data}.Doubt())
		m.Unclear(at, shell.Word{Text: data}.Doubt())
		return
	}
	f := &scriptfiles.File{Data: []byte(data), Mode: tree.Regular}
	if how.Mode != 0 {
		f.Mode = how.Mode
	}
	m.Put(at, &scriptchanges.Effect{Kind: scriptchanges.Replaced}, map[scriptfiles.Place]*scriptfiles.File{to: f},
		[]scriptfiles.Place{to})
}

// sources pairs what one source of COPY names with its copies. Of a folder its content is copied.
func (d *docker) sources(source *shell.Machine, c copied, s string) []filecommand.Pair {
	m, at, to, folder := d.m, c.at, c.to, c.folder
	name := s
	if c.from == "" {
		name = path.Join(placeholder.Folder, path.Clean("/"+s))
	}
	var found []scriptfiles.Place
	if strings.ContainsAny(s, "*?[") {
		found = globPlaces(source, name)
	} else if p := placeOf(source, name, c.from == ""); source.World.Exists(p) {
		found = []scriptfiles.Place{p}
	}
	ignored := d.ignored(c)
	var out []filecommand.Pair
	for _, p := range found {
		if c.from != "" && p.Disk == scriptfiles.InTree && d.otherVersion(source.World, c, p) {
			return nil
		}
		if source.World.Read(p) != nil {
			if p.Disk == scriptfiles.Beside && ignored(p.Name) {
				continue
			}
			one := to
			if folder || len(found) > 1 {
				one.Name = path.Join(to.Name, path.Base(p.Name))
			}
			if f := source.World.Over[p]; c.from != "" && p == one && p.Disk == scriptfiles.InTree && f != nil && c.chmod == "" {
				m.World.Over[p] = f // what the stage made of this file
				d.uses(c.use).files[p] = true
				m.Harmless(at)
				continue
			}
			out = append(out, filecommand.Pair{From: p, To: one})
			continue
		}
		// the same part of the tree: what the stage changed there
		if c.from != "" && p == to && p.Disk == scriptfiles.InTree {
			for q, f := range source.World.Over {
				if _, inside := scriptfiles.Below(p.Name, q.Name); q.Disk == scriptfiles.InTree && (inside || p.Name == "") {
					m.World.Over[q] = f
					d.uses(c.use).files[q] = true
				}
			}
			m.Harmless(at)
			return nil
		}
		root, same := strings.CutSuffix(to.Name, strings.TrimSuffix("/"+p.Name, "/"))
		if c.from != "" && p.Disk == scriptfiles.InTree && to.Disk == scriptfiles.Outside && same && root != "" {
			m.World.Note(root, scriptfiles.Strong) // the tree, or a folder of it under its own name
			m.Harmless(at)
			return nil
		}
		out = append(out, filecommand.PairsBelow(source, at, p, to, ignored)...)
	}
	if len(found) == 0 {
		d.missing(c, s)
	}
	return out
}

// missing notes that what one source of COPY names is not known: no file beside the Dockerfile, or one of another stage
// that was made by what is not followed.
func (d *docker) missing(c copied, s string) {
	m, at, to, shown := d.m, c.at, c.to, placeholder.Shown(s)
	if c.from != "" {
		why := shown + " of the stage " + c.from + ", which made it by what is not followed"
		m.Doubt(at, to, why)
		if to.Disk == scriptfiles.InTree {
			m.Undecided(at, "overlay?: it copies %s", why)
			return
		}
		d.outside(at, to)
		return
	}
	if c.folder {
		to.Name = path.Join(to.Name, path.Base(s))
	}
	if to.Disk == scriptfiles.InTree {
		m.Doubt(at, to, s+" is not here")
		m.Offer(at, importer.Next{Path: to.Name, File: s}, "overlay?: there is no %s beside the Dockerfile", shown)
		return
	}
	m.Doubt(at, to, shown+", which is not beside the Dockerfile")
	d.outside(at, to)
}

// ignored says which files .dockerignore and --exclude leave out.
func (d *docker) ignored(c copied) func(string) bool {
	var patterns []string
	if data, found := d.m.World.Own(".dockerignore"); found && c.from == "" {
		for line := range strings.Lines(string(data)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") {
				patterns = append(patterns, path.Clean(strings.TrimPrefix(line, "/")))
			}
		}
	}
	patterns = append(patterns, c.exclude...)
	pm, err := patternmatcher.New(patterns)
	if err != nil || len(patterns) == 0 {
		return func(string) bool { return false }
	}
	return func(name string) bool {
		yes, err := pm.MatchesOrParentMatches(name)
		return err == nil && yes
	}
}

// placeOf is where a source of COPY lies: in the folder of the Dockerfile, or on the disk of another stage.
func placeOf(m *shell.Machine, name string, own bool) scriptfiles.Place {
	if rest, inside := scriptfiles.Below(placeholder.Folder, name); own && inside {
		return scriptfiles.At(scriptfiles.Beside, rest)
	}
	p, _ := m.Place(name, false)
	return p
}

// globPlaces are the places that a pattern of COPY finds.
func globPlaces(m *shell.Machine, name string) []scriptfiles.Place {
	dir, pat := path.Split(name)
	if strings.ContainsAny(dir, "*?[") {
		return nil
	}
	p := placeOf(m, path.Clean(dir), strings.HasPrefix(name, placeholder.Folder))
	var out []scriptfiles.Place
	for _, one := range m.World.List(p) {
		if one = strings.TrimSuffix(one, "/"); bash.NameMatches(pat, one) {
			out = append(out, scriptfiles.At(p.Disk, path.Join(p.Name, one)))
		}
	}
	return out
}

// copyFrom copies files of another stage's disk, or of this one's.
func copyFrom(m *shell.Machine, c *shell.Call, from *scriptfiles.World, pairs []filecommand.Pair,
	how filecommand.Copying) {
	files, order, doubtful := map[scriptfiles.Place]*scriptfiles.File{}, []scriptfiles.Place{}, false
	for _, p := range pairs {
		f := from.Read(p.From)
		if f == nil {
			continue
		}
		if f.Why != "" {
			m.Doubt(c.Spot, p.To, f.Doubt())
			if p.To.Disk == scriptfiles.InTree && !doubtful {
				m.Undecided(c.Spot, "not expressible: %s is uncertain: %s", m.World.Shown(p.From), f.Doubt())
				doubtful = true // one file speaks for all
			}
			continue
		}
		if now := m.World.Read(p.To); now != nil && scriptchanges.Same(now, f) && how.Mode == 0 {
			continue
		}
		next := *f
		if how.Mode != 0 {
			next.Mode = how.Mode
		}
		files[p.To] = &next
		order = append(order, p.To)
	}
	if len(order) == 0 {
		m.Harmless(c.Spot)
		return
	}
	m.Put(c.Spot, &scriptchanges.Effect{Kind: scriptchanges.Replaced}, files, order)
}
