// Package apt installs Debian's packages on this machine: names go in; what apt-get reports of its progress comes out
// while it runs, and an error that keeps apt-get's own words.
package apt

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
)

// ErrNoApt is what Install fails with on a system without apt-get.
var ErrNoApt = errors.New("this system is not Debian, so Howdah cannot install it")

// Install installs packages without removing any: of those that the lists here name, else of new lists. A stage shows
// what apt-get reports.
func Install(ctx context.Context, stage process.Stage, packages ...string) (err error) {
	if _, err := exec.LookPath("apt-get"); err != nil {
		return ErrNoApt
	}
	progress, end := stage.Begin("installing " + strings.Join(packages, ", ") + " with apt-get")
	defer func() { end(err) }()
	install := append([]string{"install", "-qq", "-y", "--no-remove", "--no-install-recommends"}, packages...)
	if get(ctx, progress, install...) == nil {
		return nil
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := get(ctx, progress, "update", "-qq"); err != nil {
		return fail(packages, err)
	}
	if err := get(ctx, progress, install...); err != nil {
		return fail(packages, err)
	}
	return nil
}

func fail(packages []string, err error) error {
	what := strings.Join(packages, " ")
	f := fault.New(fault.Retry, "installing %s: %w", what, err)
	if hint := Hint(err.Error()); hint != "" {
		return f.WithHint("%s", hint)
	}
	return f.WithHint("Howdah removes no package to install others; install them yourself: apt-get install %s", what)
}

// get runs apt-get, which reports on its file descriptor 3; a cancelled context ends it and its children.
func get(ctx context.Context, progress func(format string, args ...any), args ...string) error {
	cmd := process.Group(process.Command(ctx, "apt-get", append(args, "-o", "APT::Status-Fd=3")...))
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	cmd.Env = append(environ.Of(ctx), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	end, err := process.Report(cmd, func(line string) {
		if text := status(line); text != "" {
			progress("%s", text)
		}
	})
	if err != nil {
		return err
	}
	err = cmd.Run()
	end()
	if err != nil && ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil {
		return fmt.Errorf("apt-get: %w\n%s", err, strings.Join(process.LastLines(said.String(), 8), "\n"))
	}
	return nil
}

// status is a line of APT::Status-Fd as people read it: "dlstatus:1:12.5:Retrieving file 1 of 8 (4s remaining)" while
// packages are downloaded, "pmstatus:runc:40:Unpacking runc (amd64)" while dpkg works; "" for any other.
func status(line string) string {
	field := strings.SplitN(line, ":", 4)
	if len(field) != 4 || field[0] != "dlstatus" && field[0] != "pmstatus" {
		return ""
	}
	percent, _, _ := strings.Cut(field[2], ".")
	return percent + "%, " + field[3]
}
