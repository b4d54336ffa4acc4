package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/process"
)

// compile compiles buildkitd into a file. A stage shows how many modules were downloaded, then how many packages of
// those that are to be compiled are.
func (b *Builder) compile(ctx context.Context, out string) (err error) {
	progress, end := b.settings.Stage.Begin("building buildkitd " + buildkitd.Version())
	defer func() { end(err) }()
	count := &compiling{progress: progress}
	list := b.command(ctx, filepath.Dir(b.settings.Tools), b.settings.Environ, "go", "list", "-deps",
		"-f={{if .Stale}}{{.ImportPath}}{{end}}", buildkitd.Package)
	stale, err := run(list, count.read)
	if err != nil {
		return err
	}
	count.total = len(strings.Fields(stale))
	build := b.command(ctx, filepath.Dir(b.settings.Tools), b.settings.Environ, "go", "build", "-v", "-o", out,
		"-ldflags=-s -w "+buildkitd.LinkerFlags(), buildkitd.Package)
	_, err = run(build, count.read)
	return err
}

// compiling counts what the go command says on stderr: "go: downloading MODULE VERSION", and with -v each package that
// it compiles.
type compiling struct {
	progress   func(format string, args ...any)
	downloaded int // modules
	compiled   int // packages
	total      int // packages to compile; 0 where that is not known yet
}

func (c *compiling) read(line string) {
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

// command is a process that a cancelled context ends with all its children, within two seconds.
func (b *Builder) command(ctx context.Context, dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := process.Group(process.Command(ctx, name, args...))
	cmd.Dir, cmd.Env = dir, env
	return cmd
}

// run runs a process to its end, and returns what it writes to stdout; each line that it says is handed to read. The
// error has the end of what it said.
func run(cmd *exec.Cmd, read func(line string)) (string, error) {
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, io.MultiWriter(&said, process.Lines(read))
	err := cmd.Run()
	if err == nil || errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		return out.String(), err
	}
	return "", fmt.Errorf("%w: %s", err, strings.Join(process.LastLines(said.String(), 5), "\n    | "))
}
