package transaction

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/howdah/howdah/internal/fault"
)

// Recovered is what became of a transaction that a killed process left.
type Recovered struct {
	Command string   // the target that began it; "" when nothing was left but prepared files
	Files   []string // relative to the distribution
	Undone  bool     // the files are as they were before, rather than finished
	Why     string   // of one that was undone
}

// Pending says whether there is a journal that somebody has to finish.
func (w Writer) Pending() bool {
	for _, name := range []string{journalFile, undoFile} {
		if _, err := os.Lstat(filepath.Join(w.Places[0], Staging, name)); err == nil {
			return true
		}
	}
	return false
}

// Left says whether a killed process left anything at all.
func (w Writer) Left() bool {
	suffix := ""
	for _, dir := range w.Places {
		if _, err := os.Lstat(filepath.Join(dir, Staging+suffix)); err == nil {
			return true
		}
		suffix = w.suffix()
	}
	return false
}

// Recover finishes what a killed process began, or takes it back where it cannot be finished: a file was changed since,
// or something that was prepared is damaged. Without a journal it removes what was prepared.
func (w Writer) Recover() (Recovered, error) {
	var out Recovered
	if _, err := os.Lstat(w.Places[0]); errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	d, err := w.open()
	if err != nil {
		return out, err
	}
	defer d.close()
	if err := d.safe(); err != nil {
		return out, err
	}
	j, undo, err := d.read()
	if err != nil {
		return out, err
	}
	if j == nil {
		d.clear()
		return out, nil
	}
	out.Command, out.Undone = j.Command, undo
	for _, op := range j.Operations {
		out.Files = append(out.Files, path.Join(op.Place, op.Path))
		if !undo && out.Why == "" && !d.whole(op) {
			out.Undone, out.Why = true, path.Join(op.Place, op.Path)+" was changed since"
		}
	}
	switch {
	case !out.Undone:
		err = d.apply(j)
	case !undo:
		if err = d.turn(j); err == nil {
			err = d.undo(j)
		}
	default:
		err = d.undo(j)
	}
	if err == nil {
		err = d.finish()
	}
	if err != nil {
		return out, fault.New(fault.CodeOf(err), "finishing what %s began, which was killed: %w", j.Command, err).
			WithHint("make the distribution's folder writable for this user, with some room on its disk")
	}
	return out, nil
}

// safe refuses a folder for prepared files that is none: a commit can bring a file or a link of that name.
func (d *disk) safe() error {
	for _, p := range d.places {
		info, err := p.root.Lstat(p.stage)
		if err == nil && !info.IsDir() {
			return fault.New(fault.Usage, "expected a folder, found something else").At(path.Join(p.name, p.stage), 0).
				WithHint("Howdah prepares files there; remove it")
		}
	}
	return nil
}
