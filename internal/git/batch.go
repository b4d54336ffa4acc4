package git

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strconv"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/tree"
)

// maxObject is how many bytes an object may have that is read into memory. GitHub takes no file above 100 MiB.
const maxObject = 128 << 20

// The two ways of asking.
const (
	contents = "--batch"
	check    = "--batch-check"
)

// manyAsked is how many objects are worth a git of their own, which writes its answers by the buffer. The one that
// stays open has to write each at once, and wakes its reader as often.
const manyAsked = 500

// deltaCache keeps what git keeps of unpacked objects small: contents from all over a history take a tenth less time
// than with git's own 96 MB, which do not stay in the processor's cache.
const deltaCache = "core.deltaBaseCacheLimit=16m"

// ErrLarge is wrapped by the error of an object that is too large to be read.
var ErrLarge = errors.New("the object is too large")

// batch is a `git cat-file` that stays open: with --batch, or with --batch-check, which says only what an object is.
type batch struct {
	repo *Repo
	how  string
	once bool // it ends after the first question, see manyAsked
	mu   sync.Mutex
	cmd  *exec.Cmd
	in   io.WriteCloser
	out  *bufio.Reader
	kept *tail
	stop context.CancelFunc
}

// read returns one object's type and content.
func (b *batch) read(ctx context.Context, id tree.ID) (string, []byte, error) {
	var kind string
	var data []byte
	err := b.readAll(ctx, []tree.ID{id}, func(_ tree.ID, k string, d []byte) { kind, data = k, d })
	return kind, data, err
}

// readAll gives each object to fn, in order, asking for all before the first answer is awaited; of a check, data is
// the object's length in digits. An object that is not there is an error that wraps fs.ErrNotExist.
func (b *batch) readAll(ctx context.Context, ids []tree.ID, fn func(id tree.ID, kind string, data []byte)) error {
	if len(ids) == 0 {
		return ctx.Err()
	}
	if len(ids) >= manyAsked && !b.once {
		own := &batch{repo: b.repo, how: b.how, once: true}
		return errors.Join(own.readAll(ctx, ids, fn), own.close())
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return err
	}
	for _, id := range ids {
		if !id.Valid() {
			return fmt.Errorf("reading object %q: %w", id, fs.ErrNotExist)
		}
	}
	if b.cmd == nil {
		if err := b.start(ctx); err != nil {
			return err
		}
	}
	cmd := b.cmd
	unhook := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	defer unhook()

	in, once := b.in, b.once
	sent := goroutine.Start(func() error {
		var w strings.Builder
		for _, id := range ids {
			w.WriteString(string(id) + "\n")
		}
		_, err := io.WriteString(in, w.String())
		if once {
			err = errors.Join(err, in.Close())
		}
		return err
	})
	var unread error
	for _, id := range ids {
		kind, data, err := b.next(id)
		if errors.Is(err, fs.ErrNotExist) || errors.Is(err, ErrLarge) {
			if unread == nil || errors.Is(err, ErrLarge) {
				unread = err
			}
			continue
		}
		if err != nil {
			if errors.Is(err, io.EOF) {
				_ = cmd.Wait() // it ends by itself: what it says last is still on its way
			}
			b.shut()
			<-sent
			said := strings.TrimSpace(b.kept.String())
			if ctx.Err() != nil {
				return ctx.Err()
			}
			return fmt.Errorf("reading object %s: %w: %s", id, err, said)
		}
		fn(id, kind, data)
	}
	if err := <-sent; err != nil {
		b.shut()
		return fmt.Errorf("reading objects: %w", err)
	}
	return unread
}

// next reads one answer: "ID TYPE SIZE" and, except from a check, the content and a line feed; or "ID missing".
func (b *batch) next(id tree.ID) (string, []byte, error) {
	line, err := b.out.ReadString('\n')
	if err != nil {
		return "", nil, err
	}
	parts := strings.Fields(line)
	if len(parts) == 2 && parts[1] == "missing" {
		return "", nil, fmt.Errorf("reading object %s: %w", id, fs.ErrNotExist)
	}
	if len(parts) != 3 || parts[0] != string(id) {
		return "", nil, fmt.Errorf("unexpected answer %q", line)
	}
	size, err := strconv.Atoi(parts[2])
	if err != nil {
		return "", nil, fmt.Errorf("unexpected size %q", line)
	}
	if b.how == check {
		return parts[1], []byte(parts[2]), nil
	}
	if size > maxObject {
		if _, err := io.CopyN(io.Discard, b.out, int64(size)+1); err != nil {
			return "", nil, err
		}
		return "", nil, fmt.Errorf("reading object %s: %w: %d bytes, at most %d MiB are read", id, ErrLarge, size,
			maxObject>>20)
	}
	data := make([]byte, size+1)
	if _, err := io.ReadFull(b.out, data); err != nil {
		return "", nil, err
	}
	return parts[1], data[:size:size], nil
}

func (b *batch) start(ctx context.Context) error {
	view, err := b.repo.view.open(b.repo.dir)
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(ctx)) // the process outlives the call that starts it
	args := []string{"-c", deltaCache, "cat-file", b.how}
	if b.once {
		args = append(args, "--buffer")
	}
	cmd, kept := command{dir: view, env: localEnv(ctx), args: args}.prepare(ctx)
	in, err := cmd.StdinPipe()
	if err != nil {
		stop()
		return fmt.Errorf("starting git cat-file: %w", err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		stop()
		return fmt.Errorf("starting git cat-file: %w", err)
	}
	if err := cmd.Start(); err != nil {
		stop()
		return fmt.Errorf("starting git cat-file: %w", err)
	}
	b.cmd, b.in, b.out, b.kept, b.stop = cmd, in, bufio.NewReaderSize(out, 1<<16), kept, stop
	return nil
}

// running reports whether the process is open.
func (b *batch) running() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.cmd != nil
}

// shut ends the process; the caller holds the lock.
func (b *batch) shut() {
	if b.cmd == nil {
		return
	}
	_ = b.in.Close()
	b.stop()
	_ = b.cmd.Wait()
	b.cmd = nil
}

func (b *batch) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.shut()
	return nil
}
