package imagerun

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/process"
)

// sweeper is a process of its own that clears up when this one is gone, however it went: it ends the programs that
// still run, and removes the folders. Removing tens of thousands of files takes a while, and nobody has to wait for it.
type sweeper struct {
	cmd     *exec.Cmd
	pipe    io.WriteCloser
	done    chan struct{}
	waiting goroutine.All
}

// sweep reads what there is to do, a line each, until nobody can write any more: "SIGNAL GROUP" ends a group of
// processes, in a second by force, unless a line "ended GROUP" follows; "remove FOLDER" removes a folder after that.
const sweep = `
programs=
while read -r what value; do
	case $what in
	ended)
		rest=
		for p in $programs; do [ "${p#*:}" = "$value" ] || rest="$rest $p"; done
		programs=$rest ;;
	remove) set -- "$@" "$value" ;;
	*) programs="$programs $what:$value" ;;
	esac
done
for p in $programs; do kill -s "${p%:*}" -- "-${p#*:}"; done 2>/dev/null
if [ -n "$programs" ]; then sleep 1; fi
for p in $programs; do kill -s KILL -- "-${p#*:}"; done 2>/dev/null
rm -rf -- "$@"
`

func startSweeper() (*sweeper, error) {
	s := &sweeper{cmd: process.Command(context.Background(), "/bin/sh", "-c", sweep, "howdah-sweeper"),
		done: make(chan struct{})}
	s.cmd.Dir, s.cmd.Env = "/", []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin"}
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // Ctrl-C is for us, not for it
	pipe, err := s.cmd.StdinPipe()
	if err == nil {
		s.pipe, err = pipe, s.cmd.Start()
	}
	if err != nil {
		return nil, fmt.Errorf("starting the process that removes temporary files: %w", err)
	}
	s.waiting.Go(func() {
		defer close(s.done)
		_ = s.cmd.Wait()
	})
	return s, nil
}

// remove has a folder removed in the end.
func (s *sweeper) remove(dir string) error {
	if strings.ContainsAny(dir, "\n\\") {
		return fmt.Errorf("%q is not a folder that may be removed", dir)
	}
	return s.tell("remove", dir)
}

// kill has a program ended in the end, with all of its process group.
func (s *sweeper) kill(p *program) error {
	names := map[syscall.Signal]string{syscall.SIGTERM: "TERM", syscall.SIGINT: "INT", syscall.SIGKILL: "KILL"}
	return s.tell(names[p.signal], fmt.Sprint(p.cmd.Process.Pid))
}

// ended records that a program has ended and must not be killed: its number may soon be another's.
func (s *sweeper) ended(p *program) error { return s.tell("ended", fmt.Sprint(p.cmd.Process.Pid)) }

func (s *sweeper) tell(what, value string) error {
	if _, err := fmt.Fprintf(s.pipe, "%s %s\n", what, value); err != nil {
		return fmt.Errorf("writing the list of what to remove: %w", err)
	}
	return nil
}

// close begins the clearing up, and waits for its end no longer than patience.
func (s *sweeper) close() error {
	err := s.pipe.Close()
	select {
	case <-s.done:
	case <-time.After(patience):
	}
	return err
}

// inUse is a file in a run's folder that is locked while the run goes on.
const inUse = ".lock"

// postgresDir is where a run's database lies. Root's own folders, the cache among them, are closed to PostgreSQL's
// user.
func postgresDir(run string) string {
	return filepath.Join("/tmp", "howdah-postgres-"+filepath.Base(run))
}

// clearOld removes the folders of runs that are over: only a machine that went down leaves any.
func clearOld(dir string) error {
	old, err := filepath.Glob(filepath.Join(dir, "run-*"))
	for _, run := range old {
		held, e := lock.Take(filepath.Join(run, inUse), "clearing up")
		if fault.CodeOf(e) == fault.Retry {
			continue // it goes on
		}
		err = errors.Join(err, e)
		if e == nil {
			err = errors.Join(err, os.RemoveAll(postgresDir(run)), os.RemoveAll(run), held.Release())
		}
	}
	return err
}
