package internal_test

import (
	"go/ast"
	"go/token"
	"slices"
	"strconv"
	"testing"
)

// programs are those that each package starts, as its calls of process.Command name them.
var programs = map[string][]string{
	"internal/apt":       {`"apt-get"`},
	"internal/git":       {`"git"`},
	"internal/builder":   {`"docker"`, `"/bin/sh"`, "name"},
	"internal/base":      {"program"},
	"internal/daemonlog": {`"/proc/self/exe"`, "exe"},
	"internal/gobuild":   {`"go"`},
	"internal/gnused":    {"program", `"/bin/sh"`},
	"internal/imagerun": {`"nsenter"`, "args[0]", "filepath.Join", `"redis-server"`, `"redis-cli"`, `"tar"`,
		`"unshare"`, `"/bin/sh"`},
}

// unused are the commands of git's that change a work tree or run what a tree holds.
var unused = []string{
	"apply", "am", "checkout", "checkout-index", "switch", "restore", "merge", "rebase", "cherry-pick",
	"submodule", "filter-branch", "pull", "clone"}

// TestProgramsThatAreStarted reads the source: which package starts which program is listed, patch is none of them, and
// git is not asked to apply anything.
func TestProgramsThatAreStarted(t *testing.T) {
	started := map[string][]string{}
	calls := 0
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		if slices.Contains(testOnly, pkg) || pkg == "internal/suite" {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) < 2 {
				return true
			}
			if name(call.Fun) == "process.Command" {
				started[pkg] = append(started[pkg], name(call.Args[1]))
			}
			word := firstString(call)
			if word != "" {
				calls++
			}
			if slices.Contains(unused, word) && isContext(call.Args[0]) {
				t.Errorf("%s: git or another program is given %q", set.Position(call.Pos()), word)
			}
			return true
		})
	})
	for pkg, list := range started {
		for _, p := range list {
			if !slices.Contains(programs[pkg], p) {
				t.Errorf("%s starts %s: list it in programs, and say in docs/safety.md what it may do", pkg, p)
			}
		}
	}
	for pkg, list := range programs {
		for _, p := range list {
			if !slices.Contains(started[pkg], p) {
				t.Errorf("%s does not start %s any more: remove it from programs", pkg, p)
			}
		}
	}
	if calls < 100 {
		t.Errorf("found only %d calls with a text: the test looks for the wrong form", calls)
	}
}

// name is an expression as it stands in the source, as far as the list of programs needs it.
func name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		if x := name(e.X); x == "s" {
			return e.Sel.Name
		} else {
			return x + "." + e.Sel.Name
		}
	case *ast.BasicLit:
		return e.Value
	case *ast.IndexExpr:
		return name(e.X) + "[" + name(e.Index) + "]"
	case *ast.CallExpr:
		return name(e.Fun)
	}
	return "?"
}

func isContext(e ast.Expr) bool { return name(e) == "ctx" || name(e) == "context.WithoutCancel" }

// firstString is the first argument that is a text.
func firstString(call *ast.CallExpr) string {
	for _, a := range call.Args {
		if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			text, _ := strconv.Unquote(lit.Value)
			return text
		}
	}
	return ""
}
