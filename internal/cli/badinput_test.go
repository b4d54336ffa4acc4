package cli_test

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// What a bad input may cost at most: time on a processor, memory, and what is printed of it.
const (
	mostTime    = 2 * time.Second
	mostSlow    = 6 * time.Second // of an import, of many processes, and on a long history: for slow machines too
	mostMemory  = 500 << 20
	mostPrinted = 200 << 10
)

// badInput is something that a distribution, a flag or an import should not be.
type badInput struct {
	name  string
	files map[string]any // below the distribution's folder: a text, a link, a pipe or a folder; "" for howdah.toml's own
	args  []string       // default: patch:check -offline
	exit  int
	at    string                           // what is printed of it: most often its file and line
	exits []int                            // others that are as good
	diff  bool                             // it prints a diff, whole
	make  func(b *bench, dir string) error // what is made in the folder above the distribution's, once the files are there
}

// What a name can stand for beside a text.
type (
	link   string
	pipe   struct{}
	folder struct{}
	made   func() string // a text that is made when it is needed
)

// TestBadInputs gives each bad input to the compiled program, in a process of its own, and measures it. None may panic,
// take long or much, print without end, or change a file outside dist/.
func TestBadInputs(t *testing.T) {
	if testing.Short() {
		t.Skip("some 400 processes")
	}
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	cases := allBadInputs()
	if len(cases) < 300 {
		t.Errorf("only %d bad inputs", len(cases))
	}
	b := newBench(t)
	if code, out, _ := b.run(t, badInput{name: "none", files: map[string]any{}}); code != 0 {
		t.Fatalf("the good input fails: %d\n%s", code, out)
	}
	t.Cleanup(func() { b.highest(t) }) // after the parallel ones
	names := map[string]bool{}
	for _, c := range cases {
		if names[c.name] {
			t.Errorf("%q is listed twice", c.name)
		}
		names[c.name] = true
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			b.check(t, c)
		})
	}
}

// bench is a good distribution, its upstream fetched, from which each bad one is made.
type bench struct {
	bin, work, mine string
	registry        string // with nothing in it
	used            []cost
	sync.Mutex
}

// cost is what an input took.
type cost struct {
	name   string
	cpu    time.Duration
	memory int64
}

// highest logs the inputs that took most.
func (b *bench) highest(t *testing.T) {
	slices.SortFunc(b.used, func(x, y cost) int { return cmp.Compare(y.cpu, x.cpu) })
	for _, c := range b.used[:min(5, len(b.used))] {
		t.Logf("most time: %v (%d MB) %s", c.cpu, c.memory>>20, c.name)
	}
	slices.SortFunc(b.used, func(x, y cost) int { return cmp.Compare(y.memory, x.memory) })
	for _, c := range b.used[:min(5, len(b.used))] {
		t.Logf("most memory: %d MB (%v) %s", c.memory>>20, c.cpu, c.name)
	}
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{bin: program(t), work: t.TempDir(), registry: serve(t.Context(), t, t.TempDir())}
	b.mine = filepath.Join(b.work, "good")
	up, err := cli.WriteUpstream(filepath.Join(b.work, "miniature", "mastodon.git"))
	if err == nil {
		err = os.Mkdir(b.mine, 0o755)
	}
	if err == nil {
		err = miniature.WriteDistribution(b.mine, up.Dir, up)
	}
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), b.bin, "patch:check")
	cmd.Env = b.env(b.mine)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("fetching: %v\n%s", err, out)
	}
	return b
}

func (b *bench) env(mine string) []string {
	return []string{"PATH=" + os.Getenv("PATH"), "HOME=" + b.work, "HOWDAH_CONFIG=" + filepath.Join(mine, "howdah.toml"),
		"HOWDAH_CACHE=" + filepath.Join(b.work, "cache"), "TMPDIR=" + b.work}
}

func (b *bench) check(t *testing.T, c badInput) {
	t.Helper()
	code, out, used := b.run(t, c)
	cpu := time.Duration(used.Utime.Nano() + used.Stime.Nano())
	memory := used.Maxrss
	if runtime.GOOS == "linux" {
		memory *= 1024
	}
	shown := out[:min(len(out), 1500)]
	switch {
	case code != c.exit && !slices.Contains(c.exits, code):
		t.Errorf("%s: exit %d, want %d\n%s", c.name, code, c.exit, shown)
	case !strings.Contains(out, c.at):
		t.Errorf("%s: does not say %q\n%s", c.name, c.at, shown)
	case strings.Contains(out, "goroutine "):
		t.Errorf("%s: panics\n%s", c.name, shown)
	case strings.HasPrefix(c.name, "flags ") && strings.Contains(out, "fetching"):
		t.Errorf("%s: a mistake in what was typed is found after fetching\n%s", c.name, shown)
	}
	most := mostTime
	for _, kind := range []string{"asks: ", "import: ", "save: ", "history: "} {
		if strings.HasPrefix(c.name, kind) {
			most = mostSlow
		}
	}
	if cpu > most { // other processes make each take longer, and so does a slower machine
		_, _, again := b.run(t, c)
		cpu = min(cpu, time.Duration(again.Utime.Nano()+again.Stime.Nano()))
		most = time.Duration(float64(most) * slowness(t))
	}
	b.Lock()
	b.used = append(b.used, cost{c.name, cpu, memory})
	b.Unlock()
	if cpu > most || memory > mostMemory || !c.diff && len(out) > mostPrinted {
		t.Errorf("%s: %v, %d MB, %d bytes printed", c.name, cpu, memory>>20, len(out))
	}
}

// run makes the distribution and gives it to the program.
func (b *bench) run(t *testing.T, c badInput) (code int, out string, used *syscall.Rusage) {
	dir, err := os.MkdirTemp(b.work, "case-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	mine := filepath.Join(dir, "mine")
	if err := os.CopyFS(mine, os.DirFS(b.mine)); err != nil {
		t.Fatal(err)
	}
	_ = os.RemoveAll(filepath.Join(mine, "dist"))
	for name, what := range c.files {
		if err := put(filepath.Join(mine, name), what); err != nil {
			t.Errorf("%s: %v", c.name, err)
			return 0, "", &syscall.Rusage{}
		}
	}
	if c.make != nil {
		if err := c.make(b, dir); err != nil {
			t.Errorf("%s: %v", c.name, err)
			return 0, "", &syscall.Rusage{}
		}
	}
	before := listing(mine)
	args := c.args
	if args == nil {
		args = []string{"patch:check", "-offline"}
	}
	cmd := exec.Command(os.Args[0], append([]string{b.bin}, args...)...)
	result := filepath.Join(dir, "used")
	cmd.Dir, cmd.Env = dir, append(b.env("mine"), measuring+result)
	if args[0] == "release" { // it asks a registry; for the others the environment would hide what howdah.toml says
		cmd.Env = append(cmd.Env, "HOWDAH_REGISTRIES="+b.registry+"/mini",
			"HOWDAH_SOURCE_REPOSITORY=https://example.org/mini")
	}
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	_ = cmd.Run()
	if after := listing(mine); after != before {
		t.Errorf("%s: files changed:\n%s\nbefore:\n%s", c.name, after, before)
	}
	used = &syscall.Rusage{}
	if data, err := os.ReadFile(result); err != nil || json.Unmarshal(data, used) != nil {
		t.Errorf("%s: not measured: %v\n%s", c.name, err, all.String())
	}
	return cmd.ProcessState.ExitCode(), all.String(), used
}

// measuring is the variable that names the file into which a process writes what the program that it starts has used.
const measuring = "HOWDAH_TEST_MEASURED="

// measureWhereAsked makes this process the parent of a measured program. Linux counts the memory of the process that
// starts a program as the program's own, so that has to be a small one, and not the one that makes the inputs.
func measureWhereAsked() {
	result, asked := os.LookupEnv(strings.TrimSuffix(measuring, "="))
	if !asked {
		return
	}
	ctx, stop := context.WithTimeout(context.Background(), 2*time.Minute)
	defer stop()
	cmd := exec.CommandContext(ctx, os.Args[1], os.Args[2:]...)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, measuring) })
	cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
	_ = cmd.Run()
	data, err := json.Marshal(cmd.ProcessState.SysUsage())
	if err == nil {
		err = os.WriteFile(result, data, 0o644)
	}
	if err != nil {
		os.Exit(99)
	}
	os.Exit(cmd.ProcessState.ExitCode())
}

// put makes one file, in place of what is there.
func put(name string, what any) error {
	if err := os.RemoveAll(name); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	switch what := what.(type) {
	case string:
		return os.WriteFile(name, []byte(what), 0o644)
	case made:
		return os.WriteFile(name, []byte(what()), 0o644)
	case link:
		return os.Symlink(string(what), name)
	case pipe:
		return syscall.Mkfifo(name, 0o644)
	case folder:
		return os.Mkdir(name, 0o755)
	}
	return nil // removed
}

// listing names every file but those in dist, with their sizes.
func listing(dir string) string {
	var b strings.Builder
	_ = filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.Name() == "dist" {
			return fs.SkipDir
		}
		if info, err := e.Info(); err == nil && !e.IsDir() {
			fmt.Fprintf(&b, "%s %s %d\n", name, info.Mode(), info.Size())
		}
		return nil
	})
	return b.String()
}
