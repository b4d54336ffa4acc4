package session

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/transaction"
)

// Writer writes the distribution's files: those beside howdah.toml, and those of its folders of changes.
func (s *Session) Writer() transaction.Writer {
	w := s.WriterIn(s.Config.Root)
	for _, f := range s.Config.Patches {
		w.Places = append(w.Places, f.Abs)
	}
	return w
}

// WriterIn writes files below one folder.
func (s *Session) WriterIn(dir string) transaction.Writer {
	return transaction.Writer{Places: []string{dir}, Run: s.Run, Step: s.Step}
}

// Ended is the error of a command that a run before has done already: that was killed between its end and its exit.
type Ended struct {
	command string
	Code    fault.Code
}

func (e *Ended) Error() string { return e.command + " has been done already" }

// Lock takes the distribution's lock, and finishes what a killed run began to write, or takes it back. The error may be
// an [Ended].
func (s *Session) Lock() (*lock.Lock, error) { return s.lock(s.Writer(), s.Config.Dist) }

func (s *Session) lock(w transaction.Writer, dist string) (*lock.Lock, error) {
	held, err := lock.Take(filepath.Join(dist, ".lock"), s.Target.Name)
	if err != nil {
		return nil, err
	}
	if err := s.recover(w); err != nil {
		return nil, errors.Join(err, held.Release())
	}
	return held, nil
}

func (s *Session) recover(w transaction.Writer) error {
	done, err := w.Recover()
	command := s.Caller.Name(done.Command)
	switch {
	case err != nil:
		return err
	case done.Command == "":
	case done.Again && done.Undone:
		s.Term.Warnf("%s was killed while it wrote; its files are as they were before it, and it runs again from the start",
			command)
	case done.Again:
		s.Term.Warnf("%s was killed just after it had written everything: %s; there is nothing left to do", command,
			strings.Join(done.Files, ", "))
		return &Ended{done.Command, fault.Code(done.Exit)}
	case done.Undone && done.Why != "":
		s.Term.Warnf("%s was killed while it wrote, and cannot be finished: %s; the other files are as they were before it",
			command, done.Why)
	case done.Undone:
		s.Term.Warnf("%s could not write everything; the files are as they were before it", command)
	default:
		s.Term.Warnf("%s was killed while it wrote; it is finished now: %s", command, strings.Join(done.Files, ", "))
	}
	return nil
}

// patience is how long a run that takes no lock waits for another that is writing: that takes milliseconds.
const patience = 10 * time.Second

// Settle does for a run that takes no lock what Lock does: it takes the lock for that moment. Where another run has it
// and is writing, it waits. What a killed run prepared is cleared away, unless another run is at work.
func (s *Session) Settle(ctx context.Context) error {
	w := s.Writer()
	late := time.NewTimer(patience)
	defer late.Stop()
	for w.Pending() {
		held, err := s.Lock()
		if err == nil {
			return held.Release()
		}
		if fault.CodeOf(err) != fault.Retry {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-late.C:
			return err
		case <-time.After(20 * time.Millisecond):
		}
	}
	if !w.Left() {
		return nil
	}
	held, err := s.Lock()
	if err != nil {
		if fault.CodeOf(err) == fault.Retry {
			return nil
		}
		return err
	}
	return held.Release()
}

// Steady calls read, which reads several of the distribution's files, and calls it again if another run wrote some of
// them meanwhile. A transaction begins and ends with a file in the distribution's own folder, so that folder's time
// shows it.
func (s *Session) Steady(read func() error) error {
	for range 50 {
		before, err := os.Stat(s.Config.Root)
		if err != nil {
			return read()
		}
		failed := read()
		after, err := os.Stat(s.Config.Root)
		if err == nil && after.ModTime().Equal(before.ModTime()) && !s.Writer().Pending() {
			return failed
		}
		time.Sleep(20 * time.Millisecond)
	}
	return read()
}

// SettleNew finishes, or clears away, what a killed init left where there is no howdah.toml yet: as long as there is
// none, no distribution can be read.
func (s *Session) SettleNew(file string) error {
	if _, err := os.Lstat(s.Path(file)); !errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return s.SettleInit(filepath.Dir(file))
}

// SettleInit finishes, or clears away, what a killed init left in a folder. The error may be an [Ended].
func (s *Session) SettleInit(dir string) error {
	root := s.Path(dir)
	w := s.WriterIn(root)
	if !w.Left() {
		return nil
	}
	held, err := s.lock(w, filepath.Join(root, "dist"))
	if err != nil {
		return err
	}
	return held.Release()
}
