package git

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// Text is Run for a long output that is kept as text.
func (r *Repo) Text(ctx context.Context, args ...string) (string, error) {
	var out strings.Builder
	err := command{dir: r.dir, env: localEnv(ctx), stdout: &out, args: args}.run(ctx)
	return out.String(), err
}

// Stream runs a local git command and gives its output to read while it runs. What read returns wins over the
// failure of a git that it left early.
func (r *Repo) Stream(ctx context.Context, read func(io.Reader) error, args ...string) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := command{dir: r.dir, env: localEnv(ctx), args: args}
	cmd, kept := c.prepare(ctx)
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("running git: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return c.explain(ctx, err, kept)
	}
	readErr := read(pipe)
	if readErr != nil {
		cancel()
	}
	waitErr := cmd.Wait()
	if readErr != nil {
		return readErr
	}
	return c.explain(ctx, waitErr, kept)
}
