package script

import (
	"path"
	"regexp"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/patternmatcher"

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

	at     spot
	to     place
	folder bool // the copies go into to
}

// bound is a folder that a RUN mounts.
type bound struct{ target, source, from string }

// copy follows COPY and ADD of files beside the Dockerfile, of here-documents and of other stages.
func (d *docker) copy(at spot, c copied) {
	m := d.m
	c2 := &call{spot: at, name: "COPY"}
	to, known := m.place(c.DestPath, true)
	switch {
	case !known || isMarked(c.DestPath) && to.disk != inTree:
		m.unclear(at, word{s: c.DestPath}.doubt())
		return
	case c.parents:
		m.undecided(at, "not expressible: the import does not follow COPY --parents")
		return
	}
	how := copying{deep: true, into: true}
	if c.chmod != "" {
		if how.mode = modeFrom(c.chmod, tree.Regular); how.mode == 0 {
			m.unclear(at, "the mode "+c.chmod)
			return
		}
	}
	many := len(c.SourcePaths)+len(c.SourceContents) > 1
	folder := strings.HasSuffix(c.DestPath, "/") || many || m.world.isFolder(to)
	c.at, c.to, c.folder = at, to, folder
	source := &machine{ctx: m.ctx, src: m.src, world: m.world, log: m.log, cwd: start}
	if c.from != "" {
		n := d.find(c.from)
		if n < 0 {
			m.undecided(at, "overlay?: it copies from the image %s, which is not here", c.from)
			return
		}
		d.uses(len(d.done), n)
		source.world, source.cwd = d.done[n].world, "/"
	}
	var pairs []pair
	for _, content := range c.SourceContents {
		d.content(at, content, to, folder, how)
	}
	for _, s := range c.SourcePaths {
		if strings.Contains(s, "://") || strings.HasPrefix(s, "git@") {
			m.undecided(at, "overlay?: it downloads %s; put the file beside the Dockerfile, or add it as an overlay", s)
			continue
		}
		if c.add && archive.MatchString(s) {
			m.undecided(at, "overlay?: ADD unpacks the archive %s; unpack it and import the folder's files", s)
			continue
		}
		pairs = append(pairs, d.sources(source, c, s)...)
	}
	if len(pairs) > 0 {
		m.copyFrom(c2, source.world, pairs, how)
	}
}

var archive = regexp.MustCompile(`\.(tar|tar\.(gz|bz2|xz|zst)|tgz|tbz2?|txz)$`)

// content writes a here-document of COPY.
func (d *docker) content(at spot, s instructions.SourceContent, to place, folder bool, how copying) {
	m := d.m
	if folder {
		to.name = path.Join(to.name, s.Path)
	}
	data := s.Data
	if isMarked(data) {
		m.doubt(at, to, word{s: data}.doubt())
		m.unclear(at, word{s: data}.doubt())
		return
	}
	f := &file{data: []byte(data), mode: tree.Regular}
	if how.mode != 0 {
		f.mode = how.mode
	}
	m.put(at, &effect{kind: replaced}, map[place]*file{to: f}, []place{to})
}

// sources pairs what one source of COPY names with its copies. Of a folder its content is copied.
func (d *docker) sources(source *machine, c copied, s string) []pair {
	m, at, to, folder := d.m, c.at, c.to, c.folder
	name := s
	if c.from == "" {
		name = path.Join(start, path.Clean("/"+s))
	}
	var found []place
	if strings.ContainsAny(s, "*?[") {
		found = source.globPlaces(name)
	} else if p := source.placeOf(name, c.from == ""); source.world.exists(p) {
		found = []place{p}
	}
	ignored := d.ignored(c)
	var out []pair
	for _, p := range found {
		if source.world.read(p) != nil {
			if p.disk == beside && ignored(p.name) {
				continue
			}
			one := to
			if folder || len(found) > 1 {
				one.name = path.Join(to.name, path.Base(p.name))
			}
			out = append(out, pair{p, one})
			continue
		}
		if c.from != "" && p == to && p.disk == inTree { // the same part of the tree: what the stage changed there
			for q, f := range source.world.over {
				if _, inside := below(p.name, q.name); q.disk == inTree && (inside || p.name == "") {
					m.world.over[q] = f
				}
			}
			m.harmless(at)
			return nil
		}
		for _, one := range source.below(p, to, ".", false) {
			if one.from.disk != beside || !ignored(one.from.name) {
				out = append(out, one)
			}
		}
	}
	if len(out) == 0 && len(found) == 0 {
		if folder {
			to.name = path.Join(to.name, path.Base(s))
		}
		if to.disk == inTree {
			m.doubt(at, to, s+" is not here")
			m.undecided(at, "overlay?: %s is not beside the Dockerfile; put it there, or add it as an overlay", clear(s))
			return nil
		}
		m.doubt(at, to, clear(s)+", which is not beside the Dockerfile")
		m.harmless(at)
	}
	return out
}

// ignored says which files .dockerignore and --exclude leave out.
func (d *docker) ignored(c copied) func(string) bool {
	var patterns []string
	if data, found := d.m.world.own(".dockerignore"); found && c.from == "" {
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
func (m *machine) placeOf(name string, own bool) place {
	if rest, inside := below(start, name); own && inside {
		return place{beside, rest}
	}
	p, _ := m.place(name, false)
	return p
}

// globPlaces are the places that a pattern of COPY finds.
func (m *machine) globPlaces(name string) []place {
	dir, pat := path.Split(name)
	if strings.ContainsAny(dir, "*?[") {
		return nil
	}
	p := m.placeOf(path.Clean(dir), strings.HasPrefix(name, start))
	var out []place
	for _, one := range m.world.list(p) {
		if one = strings.TrimSuffix(one, "/"); nameMatches(pat, one) {
			out = append(out, place{p.disk, path.Join(p.name, one)})
		}
	}
	return out
}

// copyFrom copies files of another stage's disk, or of this one's.
func (m *machine) copyFrom(c *call, from *world, pairs []pair, how copying) {
	files, order := map[place]*file{}, []place{}
	for _, p := range pairs {
		f := from.read(p.from)
		if f == nil {
			continue
		}
		if f.why != "" {
			m.doubt(c.spot, p.to, m.certain(f))
			continue
		}
		if now := m.world.read(p.to); now != nil && same(now, f) && how.mode == 0 {
			continue
		}
		next := *f
		if how.mode != 0 {
			next.mode = how.mode
		}
		files[p.to] = &next
		order = append(order, p.to)
	}
	if len(order) == 0 {
		m.harmless(c.spot)
		return
	}
	m.put(c.spot, &effect{kind: replaced}, files, order)
}
