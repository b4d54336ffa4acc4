package suite

import (
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
)

// plan is what a run of the tests is going to do.
type plan struct {
	packages int      // that have tests
	shorter  []string // tests in a short form, as "PACKAGE TEST"
	left     []string // tests that are left out, as "PACKAGE TEST (why)"
}

// say writes what is going to happen. about is how long that takes, in words.
func (p plan) say(w io.Writer, about string) {
	fmt.Fprintf(w, "testing %s: %s\n", plural.Of(p.packages, "package"), about)
	if len(p.shorter) > 0 {
		fmt.Fprintf(w, "in a short form:\n  %s\n", strings.Join(p.shorter, "\n  "))
	}
	if len(p.left) > 0 {
		fmt.Fprintf(w, "left out:\n  %s\n", strings.Join(p.left, "\n  "))
	}
}

// planOf reads the test files of the packages that go test would run with args.
func planOf(ctx context.Context, dir string, args []string) (plan, error) {
	packages := slices.DeleteFunc(slices.Clone(args), func(a string) bool { return strings.HasPrefix(a, "-") })
	const form = `{{.ImportPath}}{{"\t"}}{{.Dir}}{{range .TestGoFiles}}{{"\t"}}{{.}}{{end}}` +
		`{{range .XTestGoFiles}}{{"\t"}}{{.}}{{end}}`
	cmd := exec.CommandContext(ctx, "go", append([]string{"list", "-e", "-f", form}, packages...)...)
	cmd.Env, cmd.Dir = environ.Of(ctx), dir
	out, err := cmd.Output()
	if err != nil {
		return plan{}, fault.New(fault.Other, "listing the packages: %w", err)
	}
	var p plan
	for line := range strings.Lines(string(out)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) < 3 {
			continue
		}
		p.packages++
		found, err := conditions(fields[1], fields[2:])
		if err != nil {
			return plan{}, err
		}
		for _, c := range found {
			name := short(fields[0]) + " " + c.test
			switch {
			case c.variable != "" && !set(environ.Of(ctx), c.variable):
				p.left = append(p.left, name+" (runs with "+c.variable+"=1)")
			case c.variable == "" && slices.Contains(args, "-short") && c.skips:
				p.left = append(p.left, name+" (takes long; CI runs it)")
			case c.variable == "" && slices.Contains(args, "-short"):
				p.shorter = append(p.shorter, name)
			}
		}
	}
	slices.Sort(p.shorter)
	slices.Sort(p.left)
	p.shorter, p.left = slices.Compact(p.shorter), slices.Compact(p.left)
	return p, nil
}

// set reports whether an environment has a variable that is not empty.
func set(env []string, name string) bool {
	return slices.ContainsFunc(env, func(v string) bool { return strings.HasPrefix(v, name+"=") && len(v) > len(name)+1 })
}

// condition is a question in a test's code that decides how much of it runs: testing.Short, or a variable without
// which it is skipped.
type condition struct {
	test     string
	variable string // HOWDAH_TEST_…; "" is testing.Short
	skips    bool
}

// conditions are those of the tests in some files of a folder. Where a function that tests call has the condition, it
// is theirs.
func conditions(dir string, files []string) ([]condition, error) {
	own, names := map[string][]condition{}, map[string][]string{}
	for _, file := range files {
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join(dir, file), nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, fault.New(fault.Other, "reading the tests: %w", err)
		}
		for _, d := range f.Decls {
			if fn, ok := d.(*ast.FuncDecl); ok && fn.Body != nil {
				conditionsIn(fn.Body, func(c condition) { own[fn.Name.Name] = append(own[fn.Name.Name], c) })
				ast.Inspect(fn.Body, func(n ast.Node) bool {
					if id, ok := n.(*ast.Ident); ok {
						names[fn.Name.Name] = append(names[fn.Name.Name], id.Name)
					}
					return true
				})
			}
		}
	}
	var out []condition
	for name := range names {
		if strings.HasPrefix(name, "Test") && name != "TestMain" {
			for _, c := range reached(name, own, names, map[string]bool{}) {
				out = append(out, condition{name, c.variable, c.skips})
			}
		}
	}
	return out, nil
}

// reached are the conditions of a function and of those that it names.
func reached(name string, own map[string][]condition, names map[string][]string, seen map[string]bool) []condition {
	seen[name] = true
	out := slices.Clone(own[name])
	for _, next := range names[name] {
		if !seen[next] {
			out = append(out, reached(next, own, names, seen)...)
		}
	}
	return out
}

// conditionsIn finds the conditions in a function's body.
func conditionsIn(body ast.Node, found func(condition)) {
	ast.Inspect(body, func(n ast.Node) bool {
		branch, isIf := n.(*ast.IfStmt)
		if isIf {
			skips := calls(branch.Body, "Skip") || calls(branch.Body, "Skipf")
			if variable := variableIn(branch.Cond); variable != "" && skips {
				found(condition{variable: variable, skips: true})
			}
			if calls(branch.Cond, "Short") {
				found(condition{skips: skips})
			}
		}
		asks := func(e ast.Expr) bool { return calls(e, "Short") }
		if c, ok := n.(*ast.CaseClause); ok && slices.ContainsFunc(c.List, asks) {
			found(condition{})
		}
		return true
	})
}

// calls reports whether a method or function of a package is called by this name.
func calls(in ast.Node, name string) bool {
	hit := false
	ast.Inspect(in, func(n ast.Node) bool {
		s, ok := n.(*ast.SelectorExpr)
		hit = hit || ok && s.Sel.Name == name
		return !hit
	})
	return hit
}

// variableIn is the variable HOWDAH_TEST_… that an expression asks the environment for; "" is none.
func variableIn(in ast.Node) string {
	variable := ""
	if calls(in, "Getenv") {
		ast.Inspect(in, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if text, err := strconv.Unquote(lit.Value); err == nil && strings.HasPrefix(text, "HOWDAH_TEST_") {
					variable = text
				}
			}
			return true
		})
	}
	return variable
}
