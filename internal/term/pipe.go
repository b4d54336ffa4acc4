package term

import (
	"errors"
	"io"
	"os"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/secret"
)

// Pipe returns a file for the output of other programs. What they write is copied to w in whole lines, with the
// secrets masked. The returned function closes the file, and waits up to a second for output that is on its way.
func (s Secrets) Pipe(w io.Writer) (*os.File, func() error, error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	done := goroutine.Start(func() error {
		defer from.Close()
		return s.pass(from, w)
	})
	return to, func() error {
		err := to.Close()
		_ = from.SetReadDeadline(time.Now().Add(time.Second)) // a program that still runs may hold the pipe open
		return errors.Join(err, <-done)
	}, nil
}

// pass copies lines until the end. If w fails, it still reads the rest, so that the programs can go on.
func (s Secrets) pass(from io.Reader, w io.Writer) (failed error) {
	stream := secret.NewStream(s.Mask)
	chunk := make([]byte, 64<<10)
	write := func(text string) {
		if failed == nil {
			_, failed = io.WriteString(w, text)
		}
	}
	for {
		n, err := from.Read(chunk)
		write(stream.Take(chunk[:n]))
		if err != nil {
			write(stream.End())
			return failed
		}
	}
}
