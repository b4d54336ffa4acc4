package builder

import (
	"context"
	"os/exec"
	"path/filepath"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/gobuild"
	"github.com/howdah/howdah/internal/process"
)

// compile compiles buildkitd into a file.
func (b *Builder) compile(ctx context.Context, out string) (err error) {
	progress, end := b.settings.Stage.Begin("building buildkitd " + buildkitd.Version())
	defer func() { end(err) }()
	return gobuild.Build{Dir: filepath.Dir(b.settings.Tools), Environ: b.settings.Environ, Out: out,
		Flags: []string{"-ldflags=-s -w " + buildkitd.LinkerFlags()}, Package: buildkitd.Package}.Run(ctx, progress)
}

// command is a process that a cancelled context ends with all its children, within two seconds.
func (b *Builder) command(ctx context.Context, dir string, env []string, name string, args ...string) *exec.Cmd {
	cmd := process.Group(process.Command(ctx, name, args...))
	cmd.Dir, cmd.Env = dir, env
	return cmd
}
