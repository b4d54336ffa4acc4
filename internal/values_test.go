package internal_test

import (
	"go/ast"
	"go/token"
	"slices"
	"testing"
)

// rooms are what a person asks for; their structs are stages of a run, or hold them.
var rooms = []string{"internal/candidate", "internal/build", "internal/ship", "internal/author",
	"internal/patchimport", "internal/worktree", "internal/serieswriter", "internal/admin"}

// TestStagesAreNamed reads the structs of the rooms: a stage of another room is a field with a name, never embedded, so
// that what is read of it says where it comes from.
func TestStagesAreNamed(t *testing.T) {
	seen := 0
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		if !slices.Contains(rooms, pkg) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			s, ok := n.(*ast.StructType)
			if !ok {
				return true
			}
			seen++
			for _, field := range s.Fields.List {
				if len(field.Names) > 0 {
					continue
				}
				x := field.Type
				if star, ok := x.(*ast.StarExpr); ok {
					x = star.X
				}
				sel, ok := x.(*ast.SelectorExpr)
				if !ok {
					continue
				}
				if from, ok := sel.X.(*ast.Ident); ok && slices.Contains(rooms, "internal/"+from.Name) {
					t.Errorf("%s: a struct embeds %s.%s; give the field a name", set.Position(field.Pos()), from.Name, sel.Sel.Name)
				}
			}
			return true
		})
	})
	if seen < 20 {
		t.Errorf("only %d structs seen", seen)
	}
}

// stages are the values that a run makes once, by the room that makes them.
var stages = map[string][]string{
	"internal/candidate": {"Upstream", "Candidate", "pastCommits"}, "internal/build": {"Build", "Image", "Record"},
	"internal/ship": {"Images", "publisher"}, "internal/session": {"Session"}, "internal/upstream": {"Pin", "Watched"},
	"internal/verdict": {"Outcome", "Result"}, "internal/image": {"Spec"}, "internal/stamp": {"Stamp"},
	"internal/release": {"Settings", "Store", "Proposal", "Checkup", "Known", "contents", "inventory"},
	"internal/record":  {"Record", "Image"},
	"internal/view":    {"Check", "Change", "History", "Import", "Release", "Status", "Why"},
}

// TestStagesAreNotWritten finds an assignment to a field of a parameter or receiver whose type is a stage, or a list of
// them: that would change it behind the back of whoever made it.
func TestStagesAreNotWritten(t *testing.T) {
	isStage := func(pkg string, x ast.Expr) bool {
		switch outer := x.(type) {
		case *ast.StarExpr:
			x = outer.X
		case *ast.ArrayType: // its elements are shared with whoever made the list
			x = outer.Elt
		default:
			return false // a copy
		}
		switch e := x.(type) {
		case *ast.Ident:
			return slices.Contains(stages[pkg], e.Name)
		case *ast.SelectorExpr:
			from, ok := e.X.(*ast.Ident)
			return ok && slices.Contains(stages["internal/"+from.Name], e.Sel.Name)
		}
		return false
	}
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		for _, d := range f.Decls {
			fn, ok := d.(*ast.FuncDecl)
			if !ok || fn.Body == nil {
				continue
			}
			var held []string
			lists := []*ast.FieldList{fn.Recv, fn.Type.Params}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if inner, ok := n.(*ast.FuncLit); ok {
					lists = append(lists, inner.Type.Params)
				}
				return true
			})
			for _, list := range lists {
				if list == nil {
					continue
				}
				for _, field := range list.List {
					for _, name := range field.Names {
						if isStage(pkg, field.Type) {
							held = append(held, name.Name)
						}
					}
				}
			}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				to, ok := n.(*ast.AssignStmt)
				if !ok {
					return true
				}
				for _, left := range to.Lhs {
					if x := writtenInto(left); x != nil && slices.Contains(held, x.Name) {
						t.Errorf("%s: %s writes into %s, a stage that was made before", set.Position(n.Pos()), fn.Name.Name, x.Name)
					}
				}
				return true
			})
		}
	})
}

// writtenInto is the variable in which an assignment changes a field or an element, however deep: x of "x.a.b = 1" and
// of "x[0].a = 1"; nil where the variable itself is set.
func writtenInto(left ast.Expr) *ast.Ident {
	for inside := false; ; inside = true {
		switch e := left.(type) {
		case *ast.SelectorExpr:
			left = e.X
		case *ast.IndexExpr:
			left = e.X
		case *ast.StarExpr:
			left = e.X
		case *ast.Ident:
			if inside {
				return e
			}
			return nil
		default:
			return nil
		}
	}
}
