package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// edges are what a run gets from the process that it is in, with the packages that may ask the process. Every other
// package takes it from its session or its context, so that a test can run any target inside itself. The clock has two
// uses: the run's one moment (session.Now) decides what comes out; what remains is how long something took and when
// something happened.
var edges = map[string][]string{
	"os.Getenv":           nil,
	"os.Environ":          {"internal/cli", "internal/environ", "internal/mage"},
	"os.LookupEnv":        {"internal/scratch"}, // TMPDIR, for libraries that read only it
	"os.Setenv":           {"internal/scratch"},
	"os.Unsetenv":         {"internal/scratch"},
	"os.TempDir":          {"internal/scratch"},
	"os.Getwd":            {"internal/cli", "internal/mage"},
	"os.Chdir":            nil,
	"os.UserCacheDir":     nil,
	"os.UserHomeDir":      nil,
	"os.ExpandEnv":        nil,
	"exec.Command":        nil,
	"exec.CommandContext": {"internal/process", "internal/suite"}, // the suite knows no secrets
	"os.Args":             {"internal/cli", "internal/mage", "internal/process", "internal/daemonlog", "cmd/howdah"},
	"os.Stdin":            {"internal/daemonlog"},
	"os.Stdout":           {"internal/cli", "internal/mage", "internal/daemonlog", "cmd/howdah"},
	"os.Stderr":           {"internal/cli", "internal/mage", "internal/daemonlog"},
	"os.Exit":             {"internal/process", "internal/daemonlog", "internal/mage", "magefiles", "cmd/howdah"},
	"context.TODO":        nil,
	// A context that was not made of the run's has not its environment.
	"context.Background": {
		"cmd/howdah",                                                                   // the run's own
		"internal/apply", "internal/content", "internal/credential", "internal/series", // nothing is started with it
		// what goes on, or is ended, after the run was cancelled
		"internal/image", "internal/imagerun", "internal/loopback", "internal/builder",
	},
	"filepath.Abs":              nil,
	"signal.Notify":             {"internal/process"},
	"fmt.Print":                 nil,
	"fmt.Println":               nil,
	"fmt.Printf":                nil,
	"flag.Parse":                nil,
	"http.ProxyFromEnvironment": {"internal/roundtrip"},
	"time.Now": {
		"internal/cli",                                                            // the run's one moment
		"internal/candidate", "internal/image", "internal/suite", "internal/term", // how long something took
		// how long to wait
		"internal/builder", "internal/daemonlog", "internal/registry", "internal/roundtrip", "internal/imagerun",
		// when something happened
		"internal/clock", "internal/releasejournal", "internal/lock", "internal/process", "internal/release",
	},
}

// testOnly are packages for tests; they may ask the process whatever they like.
var testOnly = []string{
	"internal/gittest", "internal/registrytest", "internal/bench", "internal/miniature",
}

// TestEdges reads the source: only the packages of edges ask the process for its environment, folder, streams or clock.
func TestEdges(t *testing.T) {
	used := map[string]map[string]bool{}
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		if slices.Contains(testOnly, pkg) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			sel, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := sel.X.(*ast.Ident)
			if !ok || x.Obj != nil { // a variable, not a package
				return true
			}
			name := x.Name + "." + sel.Sel.Name
			who, known := edges[name]
			if !known {
				return true
			}
			if used[name] == nil {
				used[name] = map[string]bool{}
			}
			used[name][pkg] = true
			if !slices.Contains(who, pkg) {
				t.Errorf("%s: %s asks the process for %s; take it from the session", set.Position(n.Pos()), pkg, name)
			}
			return true
		})
	})
	for name, who := range edges {
		for _, pkg := range who {
			if !used[name][pkg] {
				t.Errorf("%s does not use %s any more: remove it from edges", pkg, name)
			}
		}
	}
}

// source parses every Go file of ours that is no test's, and hands it over with its package's folder.
func source(t *testing.T, each func(pkg, file string, f *ast.File, set *token.FileSet)) {
	t.Helper()
	set, seen := token.NewFileSet(), 0
	for _, root := range []string{".", "../cmd", "../magefiles"} {
		err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") ||
				strings.Contains(name, "testdata") {
				return err
			}
			f, err := parser.ParseFile(set, name, nil, parser.ParseComments)
			if err != nil {
				return err
			}
			seen++
			pkg := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(filepath.Join("internal", name))), "./")
			each(pkg, name, f, set)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if seen < 100 {
		t.Fatalf("only %d files seen: the test looks in the wrong place", seen)
	}
}
