package daemonlog

import (
	"bytes"
	"io"
	"os"
)

const (
	longest = 4 << 20 // bytes of a log at which its beginning goes
	kept    = 1 << 20 // bytes of its end that stay then
)

// bounded is a file of which the beginning goes when it becomes too long. Its owner alone may read it.
type bounded struct {
	file *os.File
	size int64
}

func newBounded(name string) (*bounded, error) {
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	if err := file.Chmod(0o600); err != nil { // it may be there from before
		return nil, err
	}
	return &bounded{file: file}, nil
}

// Write appends p, after it has made room for it.
func (b *bounded) Write(p []byte) (int, error) {
	if b.size+int64(len(p)) > longest {
		if err := b.shorten(); err != nil {
			return 0, err
		}
	}
	n, err := b.file.WriteAt(p, b.size)
	b.size += int64(n)
	return n, err
}

// shorten leaves the last whole lines.
func (b *bounded) shorten() error {
	end, err := io.ReadAll(io.NewSectionReader(b.file, max(0, b.size-kept), kept))
	if err != nil {
		return err
	}
	end = end[bytes.IndexByte(end, '\n')+1:]
	if err := b.file.Truncate(0); err != nil {
		return err
	}
	b.size = 0
	n, err := b.file.WriteAt(end, 0)
	b.size = int64(n)
	return err
}
