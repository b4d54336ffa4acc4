// Package lock keeps a second run out of a folder: a path and what the run does go in, a lock comes out, or an error
// that names who holds it. The kernel lets go of it however its process ends, so it is never stale.
package lock

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Lock is held until Release, or until the process ends.
type Lock struct {
	file    *os.File
	release func() error
}

// holder is what the lock's file says while it is held. Only the kernel's lock counts: a file left behind by a run that
// was killed means nothing.
type holder struct {
	PID   int       `json:"pid"`
	What  string    `json:"what"`
	Since time.Time `json:"since"`
}

// nameless is how often, every ten milliseconds, Take looks again at a lock whose holder has not written its name yet,
// or has taken it out to let go.
const nameless = 100

// Take takes the lock at path, or fails with code 75: at once where the lock names its holder.
func Take(path, what string) (*Lock, error) { return take(path, what, nameless) }

func take(path, what string, looks int) (*Lock, error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return nil, fault.Disk(fault.New(fault.Other, "locking %q: %w", path, err), filepath.Dir(path))
	}
	// The file is never removed: a run that waits on a removed file would hold another lock than the next one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|syscall.O_NOFOLLOW, 0o644)
	if err != nil {
		return nil, fault.Disk(fault.New(fault.Other, "locking %q: %w", path, err), filepath.Dir(path))
	}
	err = flock(f, syscall.LOCK_EX)
	for ; errors.Is(err, syscall.EWOULDBLOCK) && looks > 0 && holderOf(f) == nil; looks-- {
		time.Sleep(10 * time.Millisecond)
		err = flock(f, syscall.LOCK_EX)
	}
	if err != nil {
		defer f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, busy(path, f)
		}
		return nil, fault.New(fault.Other, "locking %q: %w", path, err).
			WithHint("the folder must be on a file system that supports flock")
	}
	data, err := json.Marshal(holder{os.Getpid(), what, time.Now().UTC().Truncate(time.Second)})
	if err == nil {
		err = rewrite(f, append(data, '\n'))
	}
	// the lock holds without a word of whose it is: cache:prune needs it on a full disk
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		f.Close()
		return nil, fault.New(fault.Other, "locking %q: %w", path, err)
	}
	return &Lock{f, sync.OnceValue(func() error {
		return errors.Join(rewrite(f, nil), unlock(f))
	})}, nil
}

// unlock lets go of the lock itself: a program that another goroutine is starting has the file open until it is
// executed, so closing ours may leave the lock held.
func unlock(f *os.File) error { return errors.Join(flock(f, syscall.LOCK_UN), f.Close()) }

// flock tries again where a signal came between.
func flock(f *os.File, how int) error {
	for {
		err := syscall.Flock(int(f.Fd()), how|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}

func rewrite(f *os.File, data []byte) error {
	if err := f.Truncate(0); err != nil {
		return err
	}
	_, err := f.WriteAt(data, 0)
	return err
}

// patience is how long Wait waits: longer than any short use of a cache, shorter than anybody's.
const patience = 2 * time.Minute

// Wait is Take, but waits a while for another run to be done.
func Wait(ctx context.Context, path, what string) (*Lock, error) {
	return wait(ctx, path, what, patience)
}

func wait(ctx context.Context, path, what string, patience time.Duration) (*Lock, error) {
	late := time.NewTimer(patience)
	defer late.Stop()
	again := time.NewTicker(50 * time.Millisecond)
	defer again.Stop()
	for {
		held, err := Take(path, what)
		if fault.CodeOf(err) != fault.Retry {
			return held, err
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("waiting for %q: %w", path, ctx.Err())
		case <-late.C:
			return nil, err
		case <-again.C:
		}
	}
}

// Release lets the next run in. Later calls do nothing more.
func (l *Lock) Release() error {
	if err := l.release(); err != nil {
		return fmt.Errorf("unlocking %q: %w", l.file.Name(), err)
	}
	return nil
}

// holderOf is who holds the lock, or nil where its file does not say.
func holderOf(f *os.File) *holder {
	var h holder
	data, err := io.ReadAll(io.NewSectionReader(f, 0, 4096))
	if err != nil || json.Unmarshal(data, &h) != nil || h.PID == 0 {
		return nil
	}
	return &h
}

// busy tells who holds the lock.
func busy(path string, f *os.File) error {
	h := holderOf(f)
	if h == nil {
		return fault.New(fault.Retry, "another run has locked %q", path).WithHint("wait until it ends")
	}
	return fault.New(fault.Retry, "another run, %q, has locked %q: process %d, since %s", h.What, path, h.PID,
		h.Since.Format(time.RFC3339)).
		WithHint("wait until it ends, or end it: kill %d", h.PID)
}
