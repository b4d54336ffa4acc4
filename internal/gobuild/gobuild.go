// Package gobuild runs `go build`: a folder, an environment and arguments go in; how far it is comes out while it runs,
// and the end of what the compiler said where it fails.
package gobuild

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"strings"

	"github.com/howdah/howdah/internal/process"
)

// Build is one program to compile. A cancelled context ends the compiler with all its children, within two seconds.
type Build struct {
	Dir     string   // of the module
	Environ []string // nil: this process's
	Out     string   // the file to write
	Flags   []string // such as -ldflags
	Package string
}

// Run compiles it. It shows how many modules were downloaded, then how many packages of those that are to be compiled
// are.
func (b Build) Run(ctx context.Context, progress func(format string, args ...any)) error {
	count := &counter{progress: progress}
	stale, err := b.run(ctx, count.read, append(append([]string{"list", "-deps", "-f={{if .Stale}}{{.ImportPath}}{{end}}"},
		b.Flags...), b.Package)...)
	if err != nil {
		return err
	}
	count.total = len(strings.Fields(stale))
	_, err = b.run(ctx, count.read, append(append([]string{"build", "-v", "-o", b.Out}, b.Flags...), b.Package)...)
	return err
}

// run runs the go command to its end, and returns what it writes to stdout; each line that it says is handed to read.
func (b Build) run(ctx context.Context, read func(line string), args ...string) (string, error) {
	cmd := process.Group(process.Command(ctx, "go", args...))
	cmd.Dir, cmd.Env = b.Dir, b.Environ
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, io.MultiWriter(&said, process.Lines(read))
	err := cmd.Run()
	switch {
	case ctx.Err() != nil:
		return "", context.Cause(ctx)
	case err == nil || errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist):
		return out.String(), err
	}
	return "", fmt.Errorf("%w: %s", err, strings.Join(process.LastLines(said.String(), 5), "\n    | "))
}

// counter counts what the go command says on stderr: "go: downloading MODULE VERSION", and with -v each package that
// it compiles.
type counter struct {
	progress   func(format string, args ...any)
	downloaded int // modules
	compiled   int // packages
	total      int // packages to compile; 0 where that is not known yet
}

func (c *counter) read(line string) {
	switch module, ok := strings.CutPrefix(line, "go: downloading "); {
	case ok:
		c.downloaded++
		c.progress("downloading modules: %d done, now %s", c.downloaded-1, module)
	case strings.Contains(line, " "): // a message
	case c.total > 0:
		c.compiled = min(c.compiled+1, c.total)
		c.progress("%d of %d packages compiled", c.compiled-1, c.total)
	}
}
