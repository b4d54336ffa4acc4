package transaction

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"time"

	"github.com/howdah/howdah/internal/files"
)

// prepare writes all new contents beside their files, and keeps the old ones.
func (d *disk) prepare(j *journal, changes []Change) error {
	d.clear() // what a process left that was killed before its journal
	if err := d.stages(j); err != nil {
		return err
	}
	data := map[string][]byte{}
	for _, c := range changes {
		data[filepath.Clean(c.Path)] = c.Data
	}
	for _, op := range j.Operations {
		p, rel := d.named(op.Place), filepath.FromSlash(op.Path)
		full := filepath.Join(p.dir, rel)
		if !op.Remove {
			if err := d.create(p, op.staged(newKind), data[full], op.Mode, time.Time{}); err != nil {
				return d.w.refused(full, err)
			}
		}
		if op.Old != "" {
			if err := d.keep(p, rel, op.staged(oldKind)); err != nil {
				return d.w.refused(full, err)
			}
		}
	}
	for _, p := range d.places {
		if _, err := p.root.Lstat(p.stage); err == nil {
			if err := d.sync(p, p.stage); err != nil {
				return d.w.refused(filepath.Join(p.dir, p.stage), err)
			}
		}
	}
	return nil
}

// stages creates the folders of prepared files.
func (d *disk) stages(j *journal) error {
	for _, p := range d.places {
		if !slices.ContainsFunc(j.Operations, func(op operation) bool { return op.Place == p.name }) {
			continue
		}
		if err := d.mkdir(p, p.stage); err != nil {
			return d.w.refused(filepath.Join(p.dir, p.stage), err)
		}
	}
	return nil
}

// apply puts what was prepared in place. It goes on where an earlier one was cut off.
func (d *disk) apply(j *journal) error {
	for _, op := range j.Operations {
		p, rel := d.named(op.Place), filepath.FromSlash(op.Path)
		if err := d.put(p, rel, op); err != nil {
			return d.w.refused(filepath.Join(p.dir, rel), err)
		}
	}
	return nil
}

func (d *disk) put(p *place, rel string, op operation) error {
	if op.Remove {
		if err := d.remove(p, rel); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		return d.leave(p, rel)
	}
	if !p.there(op.staged(newKind)) {
		return nil // it is in place already
	}
	if err := d.mkdir(p, filepath.Dir(rel)); err != nil {
		return err
	}
	if err := d.rename(p, op.staged(newKind), rel); err != nil {
		return err
	}
	return d.sync(p, filepath.Dir(rel))
}

// leave makes the removal of a file last, and removes the folders that are empty then.
func (d *disk) leave(p *place, rel string) error {
	dir := filepath.Dir(rel)
	if p.there(dir) {
		if err := d.sync(p, dir); err != nil {
			return err
		}
	}
	return d.prune(p, dir)
}

// turn renames the journal to another of its names.
func (d *disk) turn(from, to string) error {
	p := d.places[0]
	if err := d.rename(p, staged(p, from), staged(p, to)); err != nil {
		return err
	}
	return d.sync(p, p.stage)
}

// reverse takes a transaction back: first the journal says so, for whoever comes next too.
func (d *disk) reverse(j *journal) error {
	for _, name := range []string{journalFile, appliedFile} {
		if d.places[0].has(name) {
			if err := d.turn(name, undoFile); err != nil {
				return err
			}
		}
	}
	if err := d.undo(j); err != nil {
		return err
	}
	return d.finish()
}

// undo puts the old contents back, last operation first. It goes on where an earlier one was cut off.
func (d *disk) undo(j *journal) error {
	for _, op := range slices.Backward(j.Operations) {
		p, rel := d.named(op.Place), filepath.FromSlash(op.Path)
		if err := d.restore(p, rel, op); err != nil {
			return d.w.refused(filepath.Join(p.dir, rel), err)
		}
	}
	return nil
}

func (d *disk) restore(p *place, rel string, op operation) error {
	now, _ := p.sum(rel)
	_, err := p.root.Lstat(rel)
	there := err == nil
	switch {
	case there && now != op.New: // not written, or changed by somebody since
		return nil
	case op.Old == "" && there:
		if p.there(op.staged(newKind)) {
			return nil // somebody else's, of the same content
		}
		if err := d.remove(p, rel); err != nil {
			return err
		}
		return d.leave(p, rel)
	case op.Old == "" || !p.there(op.staged(oldKind)):
		return d.prune(p, filepath.Dir(rel)) // folders that were made for it
	}
	if err := d.mkdir(p, filepath.Dir(rel)); err != nil {
		return err
	}
	if err := d.rename(p, op.staged(oldKind), rel); err != nil {
		return err
	}
	return d.sync(p, filepath.Dir(rel))
}

// finish removes the journal, which ends the transaction, and then what was prepared. That the command ended is the
// last to go.
func (d *disk) finish() error {
	p := d.places[0]
	for _, name := range []string{journalFile, undoFile, appliedFile} {
		if !p.has(name) {
			continue
		}
		if err := d.remove(p, staged(p, name)); err != nil {
			return d.w.refused(filepath.Join(p.dir, p.stage, name), err)
		}
		if err := d.sync(p, p.stage); err != nil {
			return d.w.refused(filepath.Join(p.dir, p.stage), err)
		}
	}
	d.clear()
	return nil
}

// reversible reports whether an operation can be taken back: nobody has changed its file since.
func (d *disk) reversible(op operation) bool {
	p, rel := d.named(op.Place), filepath.FromSlash(op.Path)
	if _, err := p.root.Lstat(rel); errors.Is(err, fs.ErrNotExist) {
		return op.Old == "" || op.Remove && p.there(op.staged(oldKind))
	}
	now, err := p.sum(rel)
	switch {
	case err != nil:
		return false
	case now == op.New && !op.Remove:
		return op.Old == "" || now == op.Old || p.there(op.staged(oldKind))
	}
	return op.Old != "" && now == op.Old
}

// whole reports whether everything that an operation needs to be finished is as it was left, and nobody has changed its
// file since.
func (d *disk) whole(op operation) bool {
	p, rel := d.named(op.Place), filepath.FromSlash(op.Path)
	if !op.Remove && !p.there(op.staged(newKind)) {
		return true // done
	}
	if !op.Remove {
		data, err := files.Read(p.dir, op.staged(newKind), files.MaxResult)
		if err != nil || sum(data) != op.New {
			return false
		}
	}
	if _, err := p.root.Lstat(rel); errors.Is(err, fs.ErrNotExist) {
		return op.Remove || op.Old == ""
	}
	now, err := p.sum(rel)
	return err == nil && now == op.Old
}
