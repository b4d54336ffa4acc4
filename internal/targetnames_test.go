package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"slices"
	"strconv"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestTargetNamesAreNotCompared reads the source: what a target needs, or is to do, is a value of the target, so that
// no code asks which target it runs for. Tables that are keyed by a target's name are allowed.
func TestTargetNamesAreNotCompared(t *testing.T) {
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		if pkg == "internal/target" || slices.Contains(testOnly, pkg) {
			return
		}
		for _, at := range comparedTargetNames(f) {
			t.Errorf("%s: a target's name is compared; make what differs a value of the target", set.Position(at))
		}
	})
}

// comparedTargetNames finds comparisons with a target's name: target.PatchCheck.Name, s.Target.Name, "patch:check".
func comparedTargetNames(f *ast.File) (found []token.Pos) {
	isName := func(x ast.Expr) bool {
		switch x := x.(type) {
		case *ast.BasicLit:
			text, err := strconv.Unquote(x.Value)
			return err == nil && x.Kind == token.STRING && slices.ContainsFunc(target.All(), func(one target.Target) bool {
				return one.Namespace() != "" && one.Name == text
			})
		case *ast.SelectorExpr:
			of, ok := x.X.(*ast.SelectorExpr)
			if !ok || x.Sel.Name != "Name" {
				return false
			}
			from, ok := of.X.(*ast.Ident)
			return of.Sel.Name == "Target" || of.Sel.Name == "target" || ok && from.Name == "target"
		}
		return false
	}
	ast.Inspect(f, func(n ast.Node) bool {
		var compared []ast.Expr
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if n.Op == token.EQL || n.Op == token.NEQ {
				compared = []ast.Expr{n.X, n.Y}
			}
		case *ast.SwitchStmt:
			compared = []ast.Expr{n.Tag}
		case *ast.CaseClause:
			compared = n.List
		}
		if slices.ContainsFunc(compared, isName) {
			found = append(found, n.Pos())
		}
		return true
	})
	return found
}

// TestTargetNamesAreSeen gives the rule each form of a comparison once.
func TestTargetNamesAreSeen(t *testing.T) {
	for text, want := range map[string]int{
		`s.Target.Name == "x"`:                          1,
		`x != target.PatchCheck.Name`:                   1,
		`name == "patch:check"`:                         1,
		`func() { switch s.Target.Name { case "a": } }`: 1,
		`func() { switch x { case "publish:tag": } }`:   1,
		`f.Name == "want"`:                              0,
		`table[s.Target.Name]`:                          0,
	} {
		f, err := parser.ParseFile(token.NewFileSet(), "p.go", "package p\nvar _ = "+text, 0)
		if err != nil {
			t.Fatal(err)
		}
		if found := comparedTargetNames(f); len(found) != want {
			t.Errorf("%s: expected %d comparisons, found %d", text, want, len(found))
		}
	}
}
