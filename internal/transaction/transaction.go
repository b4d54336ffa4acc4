// Package transaction writes several files of a distribution all or nothing. Contents go in; either every file has its
// new content afterwards, or every file is as it was, whenever the process is killed or the disk refuses.
//
// All new contents are written beside the files first, in a folder of their own on the same file system, with the old
// ones kept by a link. Then a journal that names every file is renamed into place: from there on the transaction is
// finished, by this process or by [Writer.Recover] of the next one. Without a journal there is nothing to finish, and
// what was prepared is removed.
//
// The journal and the old contents stay until the command ends. So the same command, given again after a kill, takes
// back what was written and runs from the start.
package transaction

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// Staging is the folder, beside howdah.toml and with a suffix in each folder of changes, in which files are prepared.
const Staging = ".howdah-writing"

// Writer writes files below its places. Whoever uses one holds the distribution's lock.
type Writer struct {
	Places []string // absolute folders: the distribution's own, which has the journal, then others
	Run    string   // stands for the command with its arguments; "" is the same as no other
	Step   Step     // nil: every operation is just done
}

// Step runs one operation that changes the disk: "create", "write", "chmod", "times", "sync", "link", "mkdir", "rename"
// or "remove", on the file name. A test refuses one, or ends the process there.
type Step func(op, name string, act func() error) error

// Change is what a file is to become.
type Change struct {
	Path string      // absolute, below one of the writer's places
	Data []byte      // nil removes the file, and the folders that are empty then
	Mode fs.FileMode // 0 stands for 0644
}

// Put writes all changes or none. The error of a change that cannot be written says that nothing was. [Writer.End]
// ends the transaction.
func (w Writer) Put(command string, changes []Change) error {
	if len(changes) == 0 {
		return nil
	}
	if err := os.MkdirAll(w.Places[0], 0o755); err != nil {
		return w.refused(w.Places[0], err)
	}
	d, err := w.open()
	if err != nil {
		return err
	}
	defer d.close()
	if d.places[0].has(appliedFile) { // of this command: whatever another left is gone since the lock was taken
		if err := d.finish(); err != nil {
			return err
		}
	}
	if d.places[0].has(journalFile) || d.places[0].has(undoFile) {
		return fault.New(fault.Other, "%s has a journal that is not finished", Staging).WithHint("run the command again")
	}
	j, err := w.plan(d, command, changes)
	if err != nil {
		return err
	}
	if err := d.prepare(j, changes); err != nil {
		d.clear()
		return err
	}
	if err := d.record(journalFile, j); err != nil {
		// Whether the journal is in place is not known: without it nothing is.
		if d.places[0].has(journalFile) && d.remove(d.places[0], staged(d.places[0], journalFile)) != nil {
			return fault.New(fault.Other, "%w", err).WithHint("run any command again: it finishes the writing")
		}
		d.clear()
		return err
	}
	if err := d.apply(j); err != nil {
		return d.takeBack(j, err)
	}
	_ = d.turn(journalFile, appliedFile) // the files are in place, whatever the journal is called
	return nil
}

// End ends the transaction of a command that has done all its work; exit is the code with which it ends.
func (w Writer) End(exit int) error {
	if _, err := os.Lstat(filepath.Join(w.Places[0], Staging)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	d, err := w.open()
	if err != nil {
		return err
	}
	defer d.close()
	if j, state, err := d.read(); err == nil && j != nil && state != undoFile {
		j.Exit = exit
		_ = d.record(endedFile, j) // without it, the same command given again is a second one
	}
	return d.finish()
}

// takeBack undoes a transaction of which an operation failed.
func (d *disk) takeBack(j *journal, cause error) error {
	if err := d.reverse(j); err != nil {
		return fault.New(fault.CodeOf(cause), "%w", cause).
			WithHint("some files are written and others are not; the next command finishes it, once the disk allows it")
	}
	return cause
}

// plan finds the place of every change, and what its file is now.
func (w Writer) plan(d *disk, command string, changes []Change) (*journal, error) {
	j := &journal{Version: journalVersion, Command: command, Run: w.Run}
	for n, c := range changes {
		p, rel := d.placeOf(c.Path)
		if p == nil {
			return nil, fault.New(fault.Other, "%q is outside of the distribution's folders", c.Path)
		}
		op := operation{Place: p.name, Path: filepath.ToSlash(rel), Stage: fmt.Sprintf("%s/%d", p.stage, n),
			Remove: c.Data == nil, Mode: c.Mode.Perm()}
		if op.Mode == 0 {
			op.Mode = 0o644
		}
		if c.Data != nil {
			op.New = sum(c.Data)
		}
		info, err := p.root.Lstat(rel)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			if op.Remove {
				continue
			}
		case err != nil:
			return nil, w.refused(c.Path, err)
		case info.IsDir():
			return nil, fault.New(fault.Usage, "expected a file, found a folder").At(w.shown(c.Path), 0).
				WithHint("Howdah writes a file of this name: move or remove the folder")
		default:
			if op.Old, err = p.sum(rel); err != nil {
				return nil, err
			}
		}
		j.Operations = append(j.Operations, op)
	}
	return j, nil
}

// shown is a path as it is printed: relative to the distribution.
func (w Writer) shown(path string) string {
	if rel, err := filepath.Rel(w.Places[0], path); err == nil {
		return rel
	}
	return path
}

// refused is the error of a file that the disk does not let be written.
func (w Writer) refused(path string, err error) error {
	return fault.Disk(fault.New(fault.Other, "writing %q: %w; nothing was written", w.shown(path), reason(err)),
		filepath.Dir(path))
}

// reason takes the paths of temporary files out of an error: the reader knows the file that was to be written.
func reason(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	if link, ok := errors.AsType[*os.LinkError](err); ok {
		return link.Err
	}
	return err
}

func sum(data []byte) string { return fmt.Sprintf("%x", sha256.Sum256(data)) }

// place is one of a writer's folders.
type place struct {
	dir, name, stage string // absolute; relative to the first, with slashes; the folder for prepared files in it
	root             *os.Root
}

// open opens the places, those that are there.
func (w Writer) open() (*disk, error) {
	d := &disk{w: w}
	suffix := ""
	for _, dir := range w.Places {
		dir = filepath.Clean(dir)
		if slices.ContainsFunc(d.places, func(p *place) bool { return p.dir == dir }) {
			continue
		}
		root, err := os.OpenRoot(dir)
		if errors.Is(err, fs.ErrNotExist) && len(d.places) > 0 {
			continue
		}
		if err != nil {
			d.close()
			return nil, w.refused(dir, err)
		}
		name, err := filepath.Rel(w.Places[0], dir)
		if err != nil {
			name = dir
		}
		d.places = append(d.places, &place{dir: dir, name: filepath.ToSlash(name), stage: Staging + suffix, root: root})
		suffix = w.suffix()
	}
	return d, nil
}

// suffix makes the folder for prepared files another in a folder of changes for each distribution that shares it.
func (w Writer) suffix() string { return "-" + sum([]byte(filepath.Clean(w.Places[0])))[:12] }

// placeOf is the innermost place of a path, and the path below it.
func (d *disk) placeOf(path string) (best *place, rel string) {
	for _, p := range d.places {
		below, ok := strings.CutPrefix(filepath.Clean(path), p.dir+string(filepath.Separator))
		if ok && (best == nil || len(p.dir) > len(best.dir)) {
			best, rel = p, below
		}
	}
	return best, rel
}

func (d *disk) named(name string) *place {
	for _, p := range d.places {
		if p.name == name {
			return p
		}
	}
	return nil
}
