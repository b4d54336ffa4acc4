package transaction

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"

	"github.com/howdah/howdah/internal/fault"
)

// Recovered is what became of a transaction that a killed process left.
type Recovered struct {
	Command string   // the target that began it; "" when nothing was left but prepared files
	Files   []string // relative to the distribution
	Undone  bool     // the files are as they were before, rather than finished
	Why     string   // of one that was undone
	Again   bool     // it was this command: it runs from the start now, if it was undone; else it had ended with Exit
	Exit    int
}

// Pending reports whether there is a journal that somebody has to finish.
func (w Writer) Pending() bool {
	for _, name := range []string{journalFile, undoFile} {
		if _, err := os.Lstat(filepath.Join(w.Places[0], Staging, name)); err == nil {
			return true
		}
	}
	return false
}

// Left reports whether a killed process left anything at all.
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
	j, state, err := d.read()
	if err != nil {
		return out, err
	}
	if j == nil {
		d.clear()
		return out, nil
	}
	again := w.Run != "" && w.Run == j.Run
	if state == endedFile && !again {
		return out, d.finish() // it had said so itself
	}
	out.Command, out.Again, out.Exit = j.Command, again && state != undoFile, j.Exit
	for _, op := range j.Operations {
		out.Files = append(out.Files, path.Join(op.Place, op.Path))
	}
	switch {
	case state == endedFile:
		err = d.finish()
	case out.Again && !slices.ContainsFunc(j.Operations, func(op operation) bool { return !d.reversible(op) }):
		out.Undone, err = true, d.reverse(j)
	default:
		out.Again = false
		err = d.settle(j, state, &out)
	}
	if err != nil {
		return out, fault.New(fault.CodeOf(err), "finishing what %s began, which was killed: %w", j.Command, err).
			WithHint("make the distribution's folder writable for this user, with some room on its disk")
	}
	return out, nil
}

// settle finishes what another command began, or takes it back.
func (d *disk) settle(j *journal, state string, out *Recovered) error {
	for _, op := range j.Operations {
		if state == journalFile && !d.whole(op) {
			out.Undone, out.Why = true, path.Join(op.Place, op.Path)+" was changed since"
			return d.reverse(j)
		}
	}
	switch state {
	case undoFile:
		out.Undone = true
		return d.reverse(j)
	case journalFile:
		if err := d.apply(j); err != nil {
			return err
		}
	}
	return d.finish()
}

// safe refuses a folder for prepared files that is none: a commit can bring a file or a link of that name.
func (d *disk) safe() error {
	for _, p := range d.places {
		info, err := p.root.Lstat(p.stage)
		if err == nil && !info.IsDir() {
			return fault.New(fault.Usage, "expected a folder, found something else").At(path.Join(p.name, p.stage), 0).
				WithHint("Howdah needs this name for a folder of its own: remove what is there")
		}
	}
	return nil
}
