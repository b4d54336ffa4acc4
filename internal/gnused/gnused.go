// Package gnused runs GNU sed on copies of texts: a command and the texts go in, what sed made of them comes out. sed
// runs with --sandbox, in which it neither runs a program nor reads or writes another file, in a folder of its own,
// with an empty environment and limits on time, memory and output.
package gnused

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/sed"
)

// The limits of one command.
const (
	patience  = 20 * time.Second // on the clock
	processor = 1                // seconds of processor time
	maxMemory = 1 << 20          // kilobytes
	maxOutput = 16 << 20         // bytes
)

// Sed is a GNU sed that has --sandbox.
type Sed struct{ program string }

var _ sed.Runner = (*Sed)(nil)

// Find looks for a GNU sed with --sandbox (4.3 of 2016 or later) in PATH.
func Find(ctx context.Context) (*Sed, error) {
	for _, name := range []string{"sed", "gsed", "gnused"} {
		program, err := exec.LookPath(name)
		if err != nil {
			continue
		}
		out, err := process.Command(ctx, program, "--sandbox", "--version").Output()
		if err == nil && bytes.Contains(out, []byte("GNU sed")) {
			return &Sed{program}, nil
		}
	}
	how := "apt-get install sed, apk add sed, dnf install sed"
	if runtime.GOOS == "darwin" {
		how = "brew install gnu-sed"
	}
	return nil, fault.New(fault.Usage, "a script's sed commands run in GNU sed with --sandbox (4.3 or later); none was "+
		"found as sed or gsed in PATH").
		WithHint("install it: %s", how)
}

// Run runs one sed command.
func (s *Sed) Run(ctx context.Context, c sed.Call) (sed.Result, error) {
	dir, err := os.MkdirTemp("", "howdah-sed-")
	if err != nil {
		return sed.Result{}, fmt.Errorf("making a folder for sed: %w", err)
	}
	defer os.RemoveAll(dir)
	work := filepath.Join(dir, "files")
	args, paths, err := s.prepare(c, dir, work)
	if err != nil {
		return sed.Result{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	// The shell only sets limits: everything of the script is in the arguments.
	limits := fmt.Sprintf(`ulimit -t %d; ulimit -f %d; ulimit -v %d 2>/dev/null; exec "$0" "$@"`, processor,
		maxOutput/512, maxMemory)
	cmd := process.Command(ctx, "/bin/sh", append([]string{"-c", limits, s.program, "--sandbox"}, args...)...)
	cmd.Dir = work
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	if c.Bytes {
		cmd.Env[0] = "LC_ALL=C"
	}
	cmd.Stdin = bytes.NewReader(c.Input)
	output, problems := &limited{}, &limited{}
	cmd.Stdout, cmd.Stderr = output, problems
	cmd.WaitDelay = time.Second
	err = cmd.Run()
	r := sed.Result{Output: output.Bytes(), Errors: s.plain(problems.String())}
	var exit *exec.ExitError
	switch {
	case output.full:
		r.Code, r.Beyond, r.Errors = 1, true, fmt.Sprintf("sed prints more than %d bytes", maxOutput)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		r.Code, r.Beyond, r.Errors = 1, true, fmt.Sprintf("sed ran longer than %s", patience)
	case ctx.Err() != nil:
		return r, ctx.Err()
	case errors.As(err, &exit) && exit.ExitCode() < 0:
		r.Code, r.Beyond, r.Errors = 1, true, fmt.Sprintf("sed needs more than its limits: %d s, %d MB of memory, "+
			"%d MB of output", processor, maxMemory>>10, maxOutput>>20)
	case errors.As(err, &exit):
		if r.Code = exit.ExitCode(); r.Errors == "" && r.Code >= 126 {
			return r, fmt.Errorf("starting sed: exit code %d", r.Code)
		}
	case err != nil:
		return r, fmt.Errorf("starting sed: %w", err)
	}
	for i, p := range paths {
		data, err := os.ReadFile(p) // sed cannot make it longer than maxOutput, nor with --sandbox anything but a file
		if err != nil {
			return r, fmt.Errorf("reading what sed made of %q: %w", c.Files[i].Name, err)
		}
		r.Files = append(r.Files, data)
	}
	return r, nil
}

// plain is sed's message without its program's path.
func (s *Sed) plain(message string) string {
	return strings.ReplaceAll(message, s.program+":", "sed:")
}

// prepare writes the texts into files and gives sed's arguments.
func (s *Sed) prepare(c sed.Call, dir, work string) (args, paths []string, err error) {
	if err := os.Mkdir(work, 0o700); err != nil {
		return nil, nil, fmt.Errorf("making a folder for sed: %w", err)
	}
	args = append(args, c.Flags...)
	if c.InPlace {
		args = append(args, "-i")
	}
	for i, one := range c.Scripts {
		if !one.File && len(one.Text) < 100<<10 && !strings.Contains(one.Text, "\x00") {
			args = append(args, "-e", one.Text)
			continue
		}
		name := filepath.Join(dir, fmt.Sprintf("script%d", i))
		if err := os.WriteFile(name, []byte(one.Text), 0o600); err != nil {
			return nil, nil, fmt.Errorf("writing a script for sed: %w", err)
		}
		args = append(args, "-f", name)
	}
	args = append(args, "--")
	taken := map[string]bool{}
	for i, f := range c.Files {
		name := f.Name
		if !filepath.IsLocal(name) || taken[name] || strings.HasPrefix(name, "-") || strings.ContainsAny(name, "\n\x00") ||
			len(name) > 200 {
			name = fmt.Sprintf("file%d", i)
		}
		p := filepath.Join(work, name)
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o700), os.WriteFile(p, f.Data, 0o600)); err != nil {
			name = fmt.Sprintf("file%d", i) // a folder has that name
			if p = filepath.Join(work, name); os.WriteFile(p, f.Data, 0o600) != nil {
				return nil, nil, fmt.Errorf("writing a file for sed: %w", err)
			}
		}
		taken[name] = true
		args, paths = append(args, name), append(paths, p)
	}
	return args, paths, nil
}

// limited keeps no more than maxOutput bytes.
type limited struct {
	bytes.Buffer
	full bool
}

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxOutput {
		l.full = true
		return 0, errors.New("too much output")
	}
	return l.Buffer.Write(p)
}
