package internal_test

import (
	"go/ast"
	"slices"
	"strings"
	"testing"
)

// starters are the packages that start goroutines by themselves. In daemonlog they belong to processes that mask what
// others print: one that panics ends its process, since nothing unmasked may be printed.
var starters = []string{"internal/goroutine", "internal/daemonlog"}

// TestGoroutines finds goroutines that are started elsewhere: a panic in one would end the process with exit code 2,
// which is a configuration mistake's.
func TestGoroutines(t *testing.T) {
	for _, f := range sourceFiles(t, "..") {
		if f.isTest() || f.generated() || slices.Contains(starters, f.folder()) || strings.HasPrefix(f.folder(), "tools") {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				t.Errorf("%s: start it with internal/goroutine", f.positions.Position(n.Pos()))
			case *ast.SelectorExpr:
				if of, ok := n.X.(*ast.Ident); ok && of.Name == "sync" && n.Sel.Name == "WaitGroup" {
					t.Errorf("%s: use goroutine.All", f.positions.Position(n.Pos()))
				}
			case *ast.ImportSpec:
				if n.Path.Value == `"golang.org/x/sync/errgroup"` {
					t.Errorf("%s: use goroutine.Group", f.positions.Position(n.Pos()))
				}
			}
			return true
		})
	}
}
