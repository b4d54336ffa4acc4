package importer

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/quilt"
	"github.com/howdah/howdah/internal/series"
)

// maxBelow limits how many files below a folder are looked at.
const maxBelow = 10_000

// maxPath limits the length of a path in a quilt series, in bytes.
const maxPath = 4096

// maxUnpacked limits the size of all compressed patches of a folder after unpacking, in bytes.
const maxUnpacked = 16 << 20

// Source says how patches are read.
type Source struct {
	Upstream *patchform.Upstream // decides between readings of a path by upstream's files; nil: do not
	Prefix   string              // of the names of a folder's changes: with "ours" they are ours-…
}

// Folder imports a quilt series or a folder of patches. The patches are converted to git's form. A patch that cannot
// be imported is left out with the reason; the others are imported.
func (src Source) Folder(ctx context.Context, f series.Folder) (*Import, error) {
	entries, err := fs.ReadDir(f.FS, ".")
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the folder: %w", err).At(f.Name, 0)
	}
	has := func(name string) bool {
		return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name && !e.IsDir() })
	}
	if has("series.toml") {
		return nil, fault.New(fault.Usage, "%q is a series.toml already", path.Join(f.Name, "series.toml")).
			WithHint("name its folder in patches")
	}
	out := &Import{Files: map[string][]byte{}}
	var lines []quilt.Line
	list := quilt.List(has)
	known := map[string]bool{list: true}
	if list != "" {
		data, err := f.ReadFile(list)
		if err != nil {
			return nil, err
		}
		lines = quilt.Read(data)
	} else {
		for _, e := range entries {
			switch {
			case e.IsDir():
			case strings.HasPrefix(e.Name(), ".") && quilt.IsPatch(e.Name()):
				known[e.Name()] = true
				out.Notes = append(out.Notes, e.Name()+" is hidden, and not imported")
			case quilt.IsPatch(e.Name()), holdsPatch(f, e):
				lines = append(lines, quilt.Line{Name: e.Name(), Strip: 1, Line: 1})
			}
		}
	}
	if len(lines) > maxPatches {
		return nil, fault.New(fault.Usage, "the folder has %d patches, at most %d are allowed at once", len(lines),
			maxPatches).At(f.Name, 0).WithHint("%s", inParts)
	}
	for _, q := range lines {
		known[q.Name] = true
		if q.Off {
			if has(q.Name) || quilt.IsPatch(q.Name) { // a file name; in a sentence it would be the first word
				out.Notes = append(out.Notes, fmt.Sprintf("%s is commented out in %s, and not imported", q.Name, list))
			}
			continue
		}
		if len(q.Name) > maxPath {
			why := fault.New(fault.Usage, "a name of %d bytes, at most %d are allowed", len(q.Name), maxPath)
			out.leave(q.Name[:60]+"…", why.At(path.Join(f.Name, list), q.Line))
			continue
		}
		if q.Wrong != "" {
			why := fault.New(fault.Usage, "%s", q.Wrong).WithHint("%s", q.Hint)
			out.leave(q.Name, why.At(path.Join(f.Name, list), q.Line))
			continue
		}
		data, err := f.ReadFile(q.Name)
		if err != nil {
			out.leave(q.Name, err)
			continue
		}
		if err := src.importFile(ctx, out, f, q, data); err != nil {
			return nil, err
		}
	}
	return out, src.recordRest(out, f, listed{list, known})
}

// holdsPatch reports whether the content of a file is a patch, for files whose name does not say so: "0001-limit",
// "a.txt".
func holdsPatch(f series.Folder, e fs.DirEntry) bool {
	if !quilt.MayHold(e) {
		return false
	}
	data, err := f.ReadFile(e.Name())
	if err != nil || bytes.HasPrefix(data, []byte("#!")) {
		return false
	}
	kind, _ := patchform.Look(data)
	return kind == patchform.IsPatch
}

func (src Source) importFile(ctx context.Context, out *Import, f series.Folder, q quilt.Line, data []byte) error {
	file := path.Join(f.Name, q.Name)
	data, program := patchform.Unpack(data, series.MaxFile)
	if program != "" {
		if out.unpacked += len(data); out.unpacked > maxUnpacked {
			out.leave(q.Name, fault.New(fault.Usage, "the packed patches of the folder have more than %d MiB",
				maxUnpacked>>20).At(file, 0))
			return nil
		}
		out.Notes = append(out.Notes, q.Name+": unpacked with "+program)
	}
	if patchform.IsCover(q.Name, data) {
		out.offer(q.Name, "a cover letter, without a diff")
		return nil
	}
	if kind, why := patchform.Look(data); kind == patchform.IsWrong {
		out.leave(q.Name, fault.New(fault.Usage, "reading the patch: %s", why).At(file, 1))
		return nil
	}
	name := Prefixed(src.Prefix, series.PatchName(path.Base(q.Name)))
	if name == "" {
		out.leave(q.Name, fault.New(fault.Usage, "no name for a change can be made from %q", q.Name).At(file, 1))
		return nil
	}
	return src.importMails(ctx, out,
		patchFile{file: file, label: q.Name, name: name, patch: patchform.Patch{Data: data, Strip: q.Strip, Stated: q.Stated,
			Reverse: q.Reverse}})
}

// listed has the patches of a folder that are known already.
type listed struct {
	list  string // the file that lists the patches; "" if there is none
	known map[string]bool
}

// recordRest records the files of the folder that were not imported.
func (src Source) recordRest(out *Import, f series.Folder, r listed) error {
	below := map[string]int{}
	var folders, others []string
	seen := 0
	err := fs.WalkDir(f.FS, ".", func(name string, e fs.DirEntry, err error) error {
		if seen++; seen > maxBelow {
			return fs.SkipAll
		}
		switch {
		case err != nil:
			out.leave(name, fault.New(fault.Usage, "reading the folder: %w", err).At(path.Join(f.Name, name), 0))
			return fs.SkipDir
		case name == "." || r.known[name]:
		case e.IsDir() && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case e.IsDir():
		case quilt.IsPatch(name) && path.Dir(name) == ".":
			out.offer(name, "%s does not name it", r.list)
		case path.Ext(name) == ".rej":
			out.leave(name, rejected(path.Join(f.Name, name)))
		case quilt.IsPatch(name):
			if below[path.Dir(name)]++; below[path.Dir(name)] == 1 {
				folders = append(folders, path.Dir(name))
			}
		case path.Dir(name) == "." && holdsPatch(f, e):
			out.offer(name, "%s does not name it", r.list)
		case path.Dir(name) == "." && !strings.HasPrefix(name, "."):
			others = append(others, name)
		}
		return nil
	})
	for _, dir := range folders {
		left := out.offer(dir+"/", "%s in it %s left out", plural.Of(below[dir], "patch"),
			plural.Verb(below[dir], "is", "are"))
		hint := fault.Command{Target: "patch:import",
			Args: []string{path.Join(f.Name, dir), "-prefix=" + series.Slug(strings.ReplaceAll(dir, ".", "-"))}}
		left.Why = left.Why.WithHint("to take them too: %s", hint)
	}
	if len(others) > 0 {
		out.Notes = append(out.Notes, fmt.Sprintf("not a patch, so left out: %s", strings.Join(others, ", ")))
	}
	if errors.Is(err, fs.SkipAll) {
		return nil
	}
	return err
}
