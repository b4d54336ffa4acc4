package cli_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// TestScripts drives the real targets on the miniature: testdata/script. What `exits` starts runs inside the test, but
// for commands that need a process of their own: they, and what `exec` and shells start, are compiled as a person
// would. They need git and Go, no network, no root. With -short each sixth script runs, and the tests' own binary
// stands in for the compiled program.
func TestScripts(t *testing.T) {
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := program(t)
	t.Cleanup(func() { proposed.report(t) })
	skipLeftOut(t)
	scripts, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("%d scripts: %v", len(scripts), err)
	}
	if testing.Short() {
		var sixth []string
		for i := 1; i < len(scripts); i += 6 {
			sixth = append(sixth, scripts[i])
		}
		t.Logf("%d of %d scripts, each sixth", len(sixth), len(scripts))
		scripts = sixth
	}
	testscript.Run(t, testscript.Params{
		Files: scripts,
		Setup: func(e *testscript.Env) error {
			up, err := cli.WriteUpstream(filepath.Join(e.WorkDir, "miniature", "mastodon.git"))
			if err != nil {
				return err
			}
			mine := filepath.Join(e.WorkDir, "mine")
			if err := os.Mkdir(mine, 0o755); err != nil {
				return err
			}
			port, err := freePort()
			if err != nil {
				return err
			}
			e.Setenv("PATH", filepath.Dir(bin)+string(os.PathListSeparator)+os.Getenv("PATH"))
			e.Setenv("ROOT", root)
			e.Setenv("HOME", e.WorkDir)
			e.Setenv("HOWDAH_CONFIG", "mine/howdah.toml")
			e.Setenv("HOWDAH_CACHE", filepath.Join(e.WorkDir, "cache"))
			e.Setenv("HOWDAH_PORT", fmt.Sprint(port))
			hub := httptest.NewServer(http.FileServer(http.Dir(filepath.Join(e.WorkDir, "hub")))) // in GitHub's place
			e.Defer(hub.Close)
			e.Setenv("GITHUB_API_URL", hub.URL)
			locked, err := lockedServer(e)
			if err != nil {
				return err
			}
			e.Setenv("LOCKED", locked)
			e.Setenv("GIT_SSL_CAINFO", filepath.Join(e.WorkDir, "locked.pem"))
			e.Setenv("GOCACHE", os.Getenv("GOCACHE"))
			e.Values["registries"] = &registries{t: t, byName: map[string]*rt.Proxy{}}
			for name, id := range up.Steps {
				e.Setenv("STEP_"+name[:2], string(id))
			}
			if e.Values["environment"], err = newEnvironment(t.Context(), e, scriptOf(e.WorkDir)); err != nil {
				return err
			}
			return miniature.WriteDistribution(mine, up.Dir, up)
		},
		Condition: func(name string) (bool, error) {
			if name != "mounts" {
				return false, fmt.Errorf("unknown condition %q", name)
			}
			return mayMount(), nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "fault": fault, "asked": asked, "registry": startRegistry, "envof": envOf, "atwork": atWork,
			"clockserver": clockServer, "tagahead": tagAhead, "quoted": quoted,
			"excerpt": excerpt,
		},
	})
}

// program is the targets as a process of their own. With -short it is the tests' own binary: compiling and linking take
// a tenth of the processor's time there.
func program(t *testing.T) string {
	t.Helper()
	if !testing.Short() {
		return compiled(t)
	}
	standInOnce.Do(func() {
		self, err := os.Executable()
		if err == nil {
			err = os.Mkdir(filepath.Join(compiledDir, "standin"), 0o755)
		}
		standInFile = filepath.Join(compiledDir, "standin", "howdah")
		standInErr = errors.Join(err, os.Symlink(self, standInFile))
	})
	if standInErr != nil {
		t.Fatal(standInErr)
	}
	return standInFile
}

// runStandIn is the tests' own binary in place of the compiled program. TestMain calls it.
func runStandIn() {
	code, ok := cli.RunAsProgram(context.Background(), os.Args[1:])
	if !ok {
		log.Fatalf("%q is read by mage: run the whole test, without -short", os.Args[1:])
	}
	os.Exit(code)
}

// compiled is the targets as a person compiles them, once for all tests.
func compiled(t *testing.T) string {
	t.Helper()
	compileOnce.Do(func() {
		root, err := filepath.Abs("../..")
		if err != nil {
			compileErr = err
			return
		}
		compiledFile = filepath.Join(compiledDir, "howdah")
		own, err := ownMagefiles(root)
		if err != nil {
			compileErr = err
			return
		}
		defer os.Remove(filepath.Dir(own)) // dist/, where nothing else is in it
		defer os.RemoveAll(own)
		// without tables for debuggers, which take a third of the time
		compile := exec.Command("go", "tool", "mage", "-d", own, "-w", root, "-ldflags=-s -w", "-compile", compiledFile)
		compile.Dir = root
		compile.Env = append(os.Environ(), "MAGEFILE_CACHE="+filepath.Join(compiledDir, "cache"))
		if out, err := compile.CombinedOutput(); err != nil {
			compileErr = fmt.Errorf("compiling the targets: %w\n%s", err, out)
		}
	})
	if compileErr != nil {
		t.Fatal(compileErr)
	}
	return compiledFile
}

// ownMagefiles is a copy of the folder magefiles below dist/. Mage writes a file into the folder that it compiles, and
// removes it: tests of other packages read magefiles/ meanwhile. The copy has to be in the module, for its imports; go
// leaves out a folder whose name begins with an underscore.
func ownMagefiles(root string) (string, error) {
	dist := filepath.Join(root, "dist")
	if err := os.MkdirAll(dist, 0o755); err != nil {
		return "", err
	}
	own, err := os.MkdirTemp(dist, "_magefiles-")
	if err != nil {
		return "", err
	}
	return own, os.CopyFS(own, os.DirFS(filepath.Join(root, "magefiles")))
}

var (
	compiledDir, compiledFile string // compiledDir is made by TestMain
	compileOnce               sync.Once
	compileErr                error

	standInFile string
	standInOnce sync.Once
	standInErr  error
)

// exitCode is that of a program which has ended; another error is returned.
func exitCode(err error) (int, error) {
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), nil
	}
	return 0, err
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
