package cli_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/howdah/howdah/internal/cli"
)

// environment is what a script's environment may have: testscript gives a command the value of a name, and no list.
type environment struct {
	ctx    context.Context
	before map[string]string // as the script begins
	names  []string          // of these, and of all that the script sets
}

// newEnvironment reads the names that a script begins with, and those of its lines `env NAME=value`.
func newEnvironment(ctx context.Context, e *testscript.Env, script string) (*environment, error) {
	v := &environment{ctx: ctx, before: map[string]string{}}
	for _, variable := range e.Vars {
		name, value, _ := strings.Cut(variable, "=")
		v.before[name] = value
		v.names = append(v.names, name)
	}
	text, err := os.ReadFile(script)
	for line := range strings.Lines(string(text)) {
		words := strings.Fields(line)
		for i := 1; i < len(words) && words[0] == "env"; i++ {
			name, _, _ := strings.Cut(strings.TrimLeft(words[i], "'"), "=")
			v.names = append(v.names, name)
		}
	}
	slices.Sort(v.names)
	v.names = slices.Compact(v.names)
	return v, err
}

// ofProcess are the variables that Go's libraries read from the process: who sets them needs one.
var ofProcess = []string{
	"PATH", "TMPDIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "GODEBUG", "GOMAXPROCS",
}

// now is the environment as it is at a line of the script; inside is false where a process of its own has to read it.
func (v *environment) now(ts *testscript.TestScript) (list []string, inside bool) {
	for _, name := range v.names {
		value := ts.Getenv(name)
		before, known := v.before[name]
		if slices.Contains(ofProcess, strings.ToUpper(name)) && value != before {
			return nil, false
		}
		if known || value != "" {
			list = append(list, name+"="+value)
		}
	}
	return list, true
}

// ofItsOwn are the targets that start programs which outlive them, or what they start once more as themselves.
var ofItsOwn = []string{"demo", "image:run", "builder:up", "builder:down", "publish:serve"}

// start runs a command of a script, and returns its exit code and what it printed: the targets inside the test, where
// no process is needed for what they read or start.
func start(ts *testscript.TestScript, args []string) (code int, out, story string, err error) {
	v := ts.Value("environment").(*environment)
	list, inside := v.now(ts)
	var stdout, stderr bytes.Buffer
	t := ts.Value("registries").(*registries).t
	c := cli.Typed{Program: program(t), Words: args[1:], Environ: list, Dir: ts.MkAbs("."), Stdout: &stdout,
		Stderr: &stderr}
	switch {
	case inside && args[0] == "fabricate":
		return 0, "", "", c.Fabricate(v.ctx)
	case inside && args[0] == "howdah" && len(args) > 1 && !slices.Contains(ofItsOwn, args[1]):
		if code, ok := c.Inside(v.ctx); ok {
			return code, stdout.String(), stderr.String(), nil
		}
	}
	name := args[0]
	if name == "howdah" && !c.Readable() {
		name = compiled(t)
	}
	code, err = exitCode(ts.Exec(name, args[1:]...))
	return code, ts.ReadFile("stdout"), ts.ReadFile("stderr"), err
}

// exits is `exits CODE COMMAND…`: the command must end with just that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND…")
	}
	code, out, story, err := start(ts, args[1:])
	ts.Check(err)
	_, err = ts.Stdout().Write([]byte(out)) // what the script looks at next
	ts.Check(err)
	_, err = ts.Stderr().Write([]byte(story))
	ts.Check(err)
	if fmt.Sprint(code) != args[0] {
		ts.Fatalf("%v: exit code %d, want %s\n%s\n%s", args[1:], code, args[0], out, story)
	}
	if args[1] == "howdah" {
		checkHints(ts, args[2:], out, story)
	}
}

// scriptOf is the file of the script whose folder this is.
func scriptOf(dir string) string {
	return filepath.Join("testdata", "script", strings.TrimPrefix(filepath.Base(dir), "script-")+".txtar")
}
