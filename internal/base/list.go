package base

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
)

// Base is a base image on this machine.
type Base struct {
	Layout string `json:"layout"` // the OCI layout's folder; in made.json its name in the suite's folder
	Digest string `json:"digest"`
}

// madeList is the file made.json beside the layouts: the bases, and the key of what they were made from. It is written
// when all layouts that it names are in their places, whose names hold their digests: whenever a run is interrupted,
// the list that is there names layouts that are there.
type madeList struct {
	Format int             `json:"format"` // 0, whose layouts are absolute paths, or listFormat
	Key    string          `json:"key"`
	Bases  map[string]Base `json:"bases"`
}

const (
	listName   = "made.json"
	listFormat = 1
)

// unplaced ends the name of a layout that is built, but not yet in its place.
const unplaced = ".new"

// List returns the bases that were made for a suite, by the repository that each one replaces, and what is wrong with
// those that cannot be used. A suite without bases is not an error.
func List(dir, suite string) (made map[string]Base, bad []error) {
	m, bad := load(filepath.Join(dir, suite))
	return m.Bases, bad
}

// load reads the list of a suite's folder, without the bases that are not as it says.
func load(dir string) (m madeList, bad []error) {
	name := filepath.Join(dir, listName)
	data, err := files.ReadAt(name, files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		if err = json.Unmarshal(data, &m); err != nil {
			err = fmt.Errorf("reading %q: %w", name, err)
		}
	}
	switch {
	case err != nil:
	case m.Format > listFormat:
		err = fmt.Errorf("reading %q: expected format %d, found %d: a newer Howdah wrote it", name, listFormat, m.Format)
	case len(m.Bases) == 0:
		err = fmt.Errorf("reading %q: it lists no base image", name)
	}
	if err != nil {
		return madeList{}, []error{err}
	}
	for _, repo := range slices.Sorted(maps.Keys(m.Bases)) {
		b := m.Bases[repo]
		if !filepath.IsAbs(b.Layout) {
			b.Layout = filepath.Join(dir, b.Layout)
		}
		m.Bases[repo] = b
		if err := b.check(name); err != nil {
			bad = append(bad, err)
			delete(m.Bases, repo)
		}
	}
	return m, bad
}

// check refuses a base whose layout is damaged or another than the one that was listed.
func (b Base) check(list string) error {
	if err := image.Check(b.Layout); err != nil {
		return err
	}
	digest, err := image.Digest(b.Layout)
	if err == nil && digest != b.Digest {
		err = fmt.Errorf("the layout %q is not the one that %q lists: expected %s, found %s", b.Layout, list, b.Digest,
			digest)
	}
	return err
}

// place is what moves layouts that were built to their places, step by step: a run that is interrupted after any of
// them leaves the bases of before, or all of the new ones. Those of before stay until the next are made, because
// another run may be building from them.
func (o Options) place(dir string, debian Base, built []image.Result, before madeList) (steps []func() error) {
	m := madeList{Format: listFormat, Key: o.key(), Bases: map[string]Base{
		"debian": {Layout: filepath.Base(debian.Layout), Digest: debian.Digest},
	}}
	keep := map[string]bool{filepath.Base(debian.Layout): true}
	for i, target := range targets {
		digest := built[i].Digest
		name := target + "-" + strings.TrimPrefix(digest, "sha256:")[:12]
		place := filepath.Join(dir, name)
		m.Bases[target] = Base{Layout: name, Digest: digest}
		keep[name] = true
		if (Base{Layout: place, Digest: digest}).check(listName) == nil {
			continue // the same was made before; what was built now is removed below
		}
		steps = append(steps, func() error { return os.RemoveAll(place) },
			func() error { return os.Rename(built[i].Dir, place) })
	}
	for _, b := range before.Bases {
		keep[filepath.Base(b.Layout)] = true
	}
	return append(steps, func() error {
		data, err := json.MarshalIndent(m, "", "  ")
		if err != nil {
			return err
		}
		return files.Write(filepath.Join(dir, listName), append(data, '\n'))
	}, func() error { return removeOthers(dir, keep) })
}

// removeOthers removes layouts of older bases, and what interrupted runs left.
func removeOthers(dir string, keep map[string]bool) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if e.IsDir() && !keep[e.Name()] || strings.HasPrefix(e.Name(), "."+listName) {
			err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
		}
	}
	return err
}
