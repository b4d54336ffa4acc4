package process

import (
	"bufio"
	"bytes"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
)

// drainTime is how long what a program reported may take to be read after it has ended.
const drainTime = time.Second

// Report hands each line that a program writes to its file descriptor 3 to read. It is called before cmd starts, and
// only for a cmd without other such files; end is called after cmd has ended, and returns when the last line was read.
func Report(cmd *exec.Cmd, read func(line string)) (end func(), err error) {
	from, to, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.ExtraFiles = []*os.File{to}
	done := new(goroutine.All)
	done.Go(func() {
		lines := bufio.NewScanner(from)
		for lines.Scan() {
			read(lines.Text())
		}
		_, _ = io.Copy(io.Discard, from) // after a line too long to read: the program must not wait for us
	})
	return func() {
		_ = to.Close()
		// A program's child that was left behind may hold the pipe open.
		_ = from.SetReadDeadline(time.Now().Add(drainTime))
		done.Wait()
		_ = from.Close()
	}, nil
}

// Stage begins a stage of a run, which shows what a program reports until end is called. nil shows nothing.
type Stage func(name string) (progress func(format string, args ...any), end func(err error))

// Begin begins a stage, with s or without one.
func (s Stage) Begin(name string) (progress func(format string, args ...any), end func(err error)) {
	if s == nil {
		return func(string, ...any) {}, func(error) {}
	}
	return s(name)
}

// LastLines are the last lines of what a program printed, at most n: its errors are at the end.
func LastLines(printed string, n int) []string {
	lines := strings.Split(strings.TrimSpace(printed), "\n")
	return lines[max(0, len(lines)-n):]
}

// Lines is a writer that hands each line to read when it is complete.
func Lines(read func(line string)) io.Writer { return &lineReader{read: read} }

type lineReader struct {
	read func(line string)
	rest []byte
}

func (l *lineReader) Write(data []byte) (int, error) {
	l.rest = append(l.rest, data...)
	for {
		line, rest, ok := bytes.Cut(l.rest, []byte("\n"))
		if !ok {
			return len(data), nil
		}
		l.read(string(line))
		l.rest = rest
	}
}
