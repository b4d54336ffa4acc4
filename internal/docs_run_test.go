package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestDocsCommandsAreRun finds, for each command in a block of a page, a test that runs the same target with the same
// options. The recipes' commands are run as they stand.
func TestDocsCommandsAreRun(t *testing.T) {
	run := commandsRun(t)
	if len(run) < 100 {
		t.Fatalf("found only %d commands that tests run: the test looks in the wrong place", len(run))
	}
	for target, why := range elsewhere {
		t.Logf("no test types %s: %s", target, why)
	}
	eachCode(t, func(page string, code shown) {
		command := commandOf(code.text)
		if !code.block || command == "" || strings.HasPrefix(page, "../docs/recipes/") {
			return
		}
		want := typedIn(command)
		if elsewhere[want.String()] == "" && elsewhere[want.target] == "" && !slices.ContainsFunc(run, want.within) {
			t.Errorf("%s:%d: no test runs %s with the options %v: %q", page, code.line, want.target, want.options, code.text)
		}
	})
}

// typed is a command: its target, and the names of its options.
type typed struct {
	target  string
	options []string
}

func (c typed) String() string {
	return strings.Join(append([]string{c.target}, c.options...), " -")
}

// within reports whether a command that is run has the target, and all the options.
func (c typed) within(run typed) bool {
	if c.target != run.target {
		return false
	}
	for _, o := range c.options {
		if !slices.Contains(run.options, o) {
			return false
		}
	}
	return true
}

// typedIn reads a command as a shell does. The zero value is one that is none.
func typedIn(command string) typed {
	words, err := wordsOf(command)
	if err != nil || len(words) == 0 {
		return typed{}
	}
	c := typed{target: words[0]}
	for _, w := range words[1:] {
		if name, _, _ := strings.Cut(w, "="); strings.HasPrefix(name, "-") {
			c.options = append(c.options, strings.TrimLeft(name, "-"))
		}
	}
	return c
}

// elsewhere are commands that no test types, and what tests of them there is.
var elsewhere = map[string]string{
	"-compile":          "compiled, in internal/cli, compiles the targets for all scripts",
	"bench":             "TestRunner runs the scenario on the miniature",
	"check":             "this test runs within it; TestSplit holds what -quick leaves out",
	"patch:import -run": "TestRunScript runs it, where a BuildKit can be started",
	"image:run": "it needs images of the real Mastodon: TestStack and its like hold what it starts, insideRuns " +
		"what it says without images",
}

var (
	// scripted is a command in a script, listed one in a test in Go, as a list of words behind a program or a target.
	scripted = regexp.MustCompile(`(?:exits \d+|exec) howdah (.*)$`)
	listed   = regexp.MustCompile(`(?:"mage", |howdah\(t, dir, )((?:"[^"]+"(?:, |\+)?)+)`)
	inside   = regexp.MustCompile(`^\t"([a-z:]+)": +\{(?:.*typed: \[\]string\{([^}]*)\})?`)
	literal  = regexp.MustCompile(`"([^"]*)"`)
)

// commandsRun are the commands that tests run.
func commandsRun(t *testing.T) (all []typed) {
	for _, pattern := range []string{"cli/testdata/script/*.txtar", "*/*_test.go", "../cmd/howdah/*_test.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: %v, %d files", pattern, err, len(files))
		}
		for _, file := range files {
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for line := range strings.Lines(string(text)) {
				if command := runBy(strings.TrimRight(line, "\n"), filepath.Base(file)); command != "" {
					all = append(all, typedIn(command))
				}
			}
		}
	}
	return all
}

// runBy is the command that a line of a script or of a test in Go runs, or "".
func runBy(line, file string) string {
	var words string
	if strings.HasSuffix(file, ".txtar") {
		if m := scripted.FindStringSubmatch(line); m != nil {
			words = m[1]
		}
		return words
	}
	if m := listed.FindStringSubmatch(line); m != nil {
		words = m[1]
	} else if m := inside.FindStringSubmatch(line); m != nil && file == "targets_test.go" {
		words = `"` + m[1] + `", ` + m[2]
	}
	var command []string
	for _, m := range literal.FindAllStringSubmatch(words, -1) {
		command = append(command, m[1])
	}
	return strings.Join(command, " ")
}
