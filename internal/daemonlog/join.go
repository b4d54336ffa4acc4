// Package daemonlog masks what is printed past this program's own masking: what a daemon prints, before it reaches the
// disk, and what Go prints of a panic. The masking is a process of its own, which ends with the daemon, or with the
// program that panics: a daemon may outlive the command that started it, and serve several commands, each of which
// knows other secrets. What goes in is the output and the secrets of every command; a masked file of bounded size, or
// masked standard error, comes out.
package daemonlog

import (
	"context"
	"encoding/gob"
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/secret"
)

// masker is the name under which this program runs as the process that masks.
const masker = "howdah-mask-log"

// Link is a command's connection to the process that masks. While it is open, each secret that becomes known to the
// command's keeper (see [secret.With]) is known to that process before the command goes on to use it.
type Link struct {
	conn   *net.UnixConn
	unlink func() // ends the following of the keeper

	mu     sync.Mutex // held for one message and its answer
	values *gob.Encoder
}

// Start starts the process that masks, with a link to it. It writes to file, which it empties, and listens on socket.
// output is for the daemon; the process ends when nobody has it open for writing any more.
func Start(ctx context.Context, file, socket string) (output *os.File, link *Link, err error) {
	if err := os.Remove(socket); err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, nil, fmt.Errorf("masking a log: %w", err)
	}
	from, output, err := os.Pipe()
	if err != nil {
		return nil, nil, fmt.Errorf("masking a log: %w", err)
	}
	defer from.Close()
	cmd := process.Command(context.WithoutCancel(ctx), "/proc/self/exe", file, socket)
	cmd.Args[0], cmd.Env, cmd.Stdin = masker, []string{}, from
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	ready, begun, err := os.Pipe()
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("masking a log: %w", err), output.Close())
	}
	defer ready.Close()
	cmd.Stdout = begun // it says what went wrong, or nothing, and closes it
	err = cmd.Start()
	_ = begun.Close()
	if err == nil {
		go func() { _ = cmd.Wait() }()
		err = complaint(ready)
	}
	if err == nil {
		link, err = Join(ctx, socket)
	}
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("starting the process that masks %q: %w", file, err), output.Close())
	}
	return output, link, nil
}

// complaint waits until the process that masks has begun, or says why it cannot.
func complaint(ready *os.File) error {
	said := make([]byte, 4096)
	n, _ := ready.Read(said)
	if n == 0 {
		return nil
	}
	return errors.New(string(said[:n]))
}

// Join opens a link to the process that masks, which has all secrets of ctx's keeper when Join returns.
func Join(ctx context.Context, socket string) (*Link, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", socket)
	if err != nil {
		return nil, err
	}
	l := &Link{conn: conn.(*net.UnixConn), values: gob.NewEncoder(conn)}
	l.unlink = secret.Follow(ctx, l.send)
	return l, nil
}

// send returns when the values are known at the other end. When that has ended, nothing is written to the log any more.
func (l *Link) send(values []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.values.Encode(values) == nil {
		_, _ = l.conn.Read(make([]byte, 1))
	}
}

// Close closes the link. What was handed over stays known.
func (l *Link) Close() error {
	l.unlink()
	return l.conn.Close()
}

// Wait closes the link when the process at its other end has ended, which is after all of the daemon's output is in the
// log, or after some time.
func (l *Link) Wait(within time.Duration) error {
	l.unlink()
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.conn.SetReadDeadline(time.Now().Add(within)) == nil {
		_, _ = l.conn.Read(make([]byte, 1))
	}
	return l.conn.Close()
}
