package cli_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/scratch"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/transaction"
)

var only = flag.String("kill", "", "the one target that TestKilled kills")

var kills = flag.Int("kills", 30, "how many runs of the writing targets TestKilled kills, spread over all operations")

// killWhereAsked makes this process a run that kills itself, where the environment asks for it; the tests start such.
func killWhereAsked() {
	if at := os.Getenv("KILL_AT"); at != "" {
		n, _ := strconv.Atoi(at)
		os.Exit(runKilled(n, os.Getenv("KILL_AFTER") != "", os.Args[1], os.Args[2:]))
	}
}

// runKilled runs a target as cli.Main does, and kills itself at operation n, before or after it. It writes the
// operations into the file that KILL_COUNT names, one a line.
func runKilled(n int, after bool, name string, words []string) int {
	t, args, given, err := typed(name, words)
	if err != nil {
		return 99
	}
	count := 0
	var operations strings.Builder
	code := 99
	err = scratch.Within(func() error {
		p, err := cli.This(false)
		if err != nil {
			return err
		}
		p.Step = func(op, name string, act func() error) error {
			count++
			fmt.Fprintln(&operations, op, name)
			if count == n && !after {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			err := act()
			if count == n && after {
				_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			}
			return err
		}
		code = p.Run(context.Background(), t, args, given)
		return nil
	})
	if file := os.Getenv("KILL_COUNT"); file != "" {
		err = errors.Join(err, os.WriteFile(file, []byte(operations.String()), 0o644))
	}
	if err != nil {
		return 99
	}
	return code
}

// typed is a command line as a target takes it.
func typed(name string, words []string) (t target.Target, args []string, given []target.Given, err error) {
	for _, word := range words {
		if option, ok := strings.CutPrefix(word, "-"); ok {
			name, value, found := strings.Cut(option, "=")
			if !found {
				value = "true"
			}
			given = append(given, target.Given{Name: name, Value: &value})
			continue
		}
		args = append(args, word)
	}
	t, err = target.Find(name)
	return t, args, given, err
}

// begin makes a distribution on which a target is run.
func (w writing) begin(y yard, t *testing.T, name string) []string {
	t.Helper()
	dir := filepath.Join(y.dir, name)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if !w.fresh {
		if err := os.CopyFS(dir, os.DirFS(filepath.Join(y.dir, "mine"))); err != nil {
			t.Fatal(err)
		}
	}
	if w.prepare != nil {
		w.prepare(y, t, dir)
	}
	var command []string
	for _, word := range w.command {
		command = append(command, strings.NewReplacer("DIR", y.dir, "NAME", name, "MOVED", y.moved).Replace(word))
	}
	return command
}

// uncut is what a target does when nobody kills it.
type uncut struct {
	w             writing
	before, after map[string]string
	first, again  int    // its exit code, and that of a second run
	checks        [2]int // patch:check's on either
	operations    int
	forgotten     int // the operation after which nothing says any more that the command has ended
}

// known says whether the same command can know, after a kill, that it has run.
func (u uncut) known(n int, after bool) bool { return n < u.forgotten || n == u.forgotten && !after }

func (y yard) uncut(t *testing.T, w writing) uncut {
	t.Helper()
	u := uncut{w: w}
	command := w.begin(y, t, "cut")
	u.before = y.look(t, "cut")
	u.checks[0], _ = y.call(t, "cut", []string{"patch:check", "-offline"})
	file := filepath.Join(y.dir, "count")
	code, out := y.call(t, "cut", command, "KILL_COUNT="+file)
	text, err := os.ReadFile(file)
	for line := range strings.Lines(string(text)) {
		if u.operations++; line == "remove "+transaction.Staging+"/ended\n" {
			u.forgotten = u.operations
		}
	}
	u.first, u.after = code, y.look(t, "cut")
	if err != nil || u.forgotten < 10 || u.operations-u.forgotten > 4 || maps.Equal(u.before, u.after) ||
		code != 0 && code != 3 {
		t.Fatalf("%v: %d operations, exit %d, %v\n%s", command, u.operations, code, err, out)
	}
	u.checks[1], _ = y.call(t, "cut", []string{"patch:check", "-offline"})
	u.again, _ = y.call(t, "cut", command)
	if now := y.look(t, "cut"); !maps.Equal(now, u.after) {
		t.Fatalf("%v: run again it wrote something else: %v", command, differing(u.after, now))
	}
	return u
}

// differing names what two looks do not have alike.
func differing(a, b map[string]string) []string {
	var names []string
	for name := range maps.Keys(a) {
		if a[name] != b[name] {
			names = append(names, name)
		}
	}
	for name := range b {
		if _, ok := a[name]; !ok {
			names = append(names, "+"+name)
		}
	}
	slices.Sort(names)
	return names
}

// kill runs a target, kills it at an operation, and looks what another run of it, or patch:check, ends with.
func (y yard) kill(t *testing.T, u uncut, n int, after, check bool) {
	t.Helper()
	command := u.w.begin(y, t, "cut")
	environ := []string{"KILL_AT=" + strconv.Itoa(n)}
	if after {
		environ = append(environ, "KILL_AFTER=1")
	}
	if code, out := y.call(t, "cut", command, environ...); code != -1 {
		t.Fatalf("%v, operation %d: not killed, exit %d\n%s", command, n, code, out)
	}
	var code int
	var out string
	if check {
		code, out = y.call(t, "cut", []string{"patch:check", "-offline"})
	} else {
		code, out = y.call(t, "cut", command)
	}
	now := y.look(t, "cut")
	old, fresh := maps.Equal(now, u.before), maps.Equal(now, u.after)
	good := fresh && (code == u.first || code == u.again && !u.known(n, after))
	if check {
		good = old && code == u.checks[0] || fresh && code == u.checks[1]
	}
	if !good {
		t.Errorf("%v killed at operation %d of %d (after it: %v), then checked (%v): exit %d; "+
			"other than before: %v; other than uncut: %v\n%s",
			command, n, u.operations, after, check, code, differing(u.before, now), differing(u.after, now), out)
	}
	if left, err := os.ReadDir(filepath.Join(y.dir, "tmp")); err != nil || len(left) > 0 {
		t.Errorf("%v killed at operation %d: %v is left in TMPDIR, %v", command, n, left, err)
	}
}

// TestKilled kills the targets that write a distribution's files with SIGKILL, before and after operations of the disk.
// The same command run again ends with the files and the exit code of an uncut run; patch:check alone ends with those
// files, or with untouched ones. With -short it kills each sixth target.
func TestKilled(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	if testing.Short() && *kills > 4 {
		*kills = 4
	}
	y := newYard(t)
	var all []uncut
	total := 0
	for i, w := range writings {
		if *only != "" && w.command[0] != *only || testing.Short() && *only == "" && i%6 != 0 {
			continue
		}
		all = append(all, y.uncut(t, w))
		total += all[len(all)-1].operations * 4
	}
	t.Logf("%d places to be killed at in %d targets; %d are tried (-kills)", total, len(all), min(total, *kills))
	tried := 0
	for i := range min(total, *kills) {
		place := i * total / min(total, *kills)
		for _, u := range all {
			if place < u.operations*4 {
				y.kill(t, u, place/4+1, place%2 == 1, place%4 >= 2)
				tried++
				break
			}
			place -= u.operations * 4
		}
	}
	if tried != min(total, *kills) {
		t.Errorf("%d tried", tried)
	}
}
