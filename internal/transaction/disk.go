package transaction

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/files"
)

// disk does the operations of one transaction, each as a step. No path leads out of its place: [os.Root] sees to it.
type disk struct {
	w      Writer
	places []*place
}

func (d *disk) close() {
	for _, p := range d.places {
		_ = p.root.Close()
	}
}

// step runs one operation.
func (d *disk) step(op, name string, act func() error) error {
	if d.w.Step == nil {
		return act()
	}
	return d.w.Step(op, name, act)
}

// staged is the name of a prepared file below its place.
func staged(p *place, name string) string { return filepath.Join(p.stage, name) }

// has reports whether a prepared file is there.
func (p *place) has(name string) bool { return p.there(staged(p, name)) }

func (p *place) there(name string) bool {
	_, err := p.root.Lstat(name)
	return err == nil
}

// staged is one of an operation's prepared files below its place.
func (op operation) staged(kind string) string { return filepath.FromSlash(op.Stage + kind) }

// sum is the checksum of a file's content; of a link to nothing, or out of the folder, that of its text.
func (p *place) sum(name string) (string, error) {
	if info, err := p.root.Lstat(name); err == nil && info.Mode()&fs.ModeSymlink != 0 {
		text, err := p.root.Readlink(name)
		return sum([]byte(text)), err
	}
	data, err := files.Read(p.dir, name, files.MaxResult)
	return sum(data), err
}

// create writes a new file to the disk. A date other than zero becomes its time of modification.
func (d *disk) create(p *place, name string, data []byte, mode fs.FileMode, date time.Time) error {
	var f *os.File
	if err := d.step("create", name, func() (err error) {
		f, err = p.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		return err
	}); err != nil {
		return err
	}
	err := d.step("write", name, func() error { _, err := f.Write(data); return err })
	if err == nil {
		err = d.step("chmod", name, func() error { return f.Chmod(mode) })
	}
	if err == nil && !date.IsZero() {
		err = d.step("times", name, func() error { return p.root.Chtimes(name, date, date) })
	}
	if err == nil {
		err = d.step("sync", name, f.Sync)
	}
	return errors.Join(err, f.Close())
}

// keep has a file's present content under another name too: by a link, or as a copy where the file system has none.
func (d *disk) keep(p *place, from, to string) error {
	err := d.step("link", to, func() error { return p.root.Link(from, to) })
	for _, none := range []error{syscall.EPERM, syscall.ENOTSUP, syscall.ENOSYS, syscall.EMLINK} {
		if errors.Is(err, none) {
			return d.copy(p, from, to)
		}
	}
	return err
}

func (d *disk) copy(p *place, from, to string) error {
	info, err := p.root.Lstat(from)
	if err != nil {
		return err
	}
	if info.Mode()&fs.ModeSymlink != 0 {
		text, err := p.root.Readlink(from)
		if err != nil {
			return err
		}
		return d.step("link", to, func() error { return p.root.Symlink(text, to) })
	}
	data, err := files.Read(p.dir, from, files.MaxResult)
	if err != nil {
		return err
	}
	return d.create(p, to, data, info.Mode().Perm(), time.Time{})
}

func (d *disk) rename(p *place, from, to string) error {
	return d.step("rename", to, func() error { return p.root.Rename(from, to) })
}

func (d *disk) remove(p *place, name string) error {
	return d.step("remove", name, func() error { return p.root.Remove(name) })
}

// mkdir creates a folder and those above it, each as a step and synced to the disk.
func (d *disk) mkdir(p *place, name string) error {
	if name == "." {
		return nil
	}
	if info, err := p.root.Stat(name); err == nil && info.IsDir() {
		return nil
	}
	if err := d.mkdir(p, filepath.Dir(name)); err != nil {
		return err
	}
	if err := d.step("mkdir", name, func() error { return p.root.Mkdir(name, 0o755) }); err != nil {
		return err
	}
	return d.sync(p, filepath.Dir(name))
}

// sync syncs a folder's entries to the disk. It ignores a file system that cannot do that.
func (d *disk) sync(p *place, name string) error {
	return d.step("sync", name, func() error {
		f, err := p.root.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		if err := f.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
			return err
		}
		return nil
	})
}

// prune removes the folders from name upwards that are empty, below the place.
func (d *disk) prune(p *place, name string) error {
	for ; name != "." && name != string(filepath.Separator); name = filepath.Dir(name) {
		if !p.there(name) {
			continue
		}
		if empty, err := p.empty(name); !empty {
			return err
		}
		if err := d.remove(p, name); err != nil {
			return err
		}
		if err := d.sync(p, filepath.Dir(name)); err != nil {
			return err
		}
	}
	return nil
}

// empty reports whether a folder has nothing in it.
func (p *place) empty(name string) (bool, error) {
	f, err := p.root.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	if _, err := f.ReadDir(1); !errors.Is(err, io.EOF) {
		return false, err
	}
	return true, nil
}

// clear removes what was prepared in all places, the first last. What cannot be removed is left for the next time.
func (d *disk) clear() {
	for _, p := range slices.Backward(d.places) {
		f, err := p.root.Open(p.stage)
		if err != nil {
			continue
		}
		entries, _ := f.ReadDir(-1)
		_ = f.Close()
		for _, e := range entries {
			if ours(e) && e.Name() != endedFile {
				_ = d.remove(p, staged(p, e.Name()))
			}
		}
		if p.has(endedFile) {
			_ = d.remove(p, staged(p, endedFile))
		}
		if d.remove(p, p.stage) == nil {
			_ = d.sync(p, ".")
		}
	}
}

// ours reports whether a file is one that a transaction prepares. Others are nobody's to remove.
func ours(e fs.DirEntry) bool {
	name := e.Name()
	kind := path.Ext(name)
	number := strings.TrimSuffix(name, kind)
	return slices.Contains(journalFiles, number) && (kind == "" || kind == newKind) ||
		(kind == newKind || kind == oldKind) && number != "" && strings.Trim(number, "0123456789") == ""
}
