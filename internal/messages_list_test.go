package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/golden"
)

// TestMessagesAreListed lists every message that the program prints, a file a package, and fails when one changes:
// what is wrong, the exit code, the hint; warnings, answers and what is said besides. With -update it writes them anew,
// and git diff shows what people will read. "…" stands for what the source does not say in one place.
func TestMessagesAreListed(t *testing.T) {
	lists := map[string][]string{}
	for _, f := range sourceFiles(t, "..") {
		if f.isTest() || f.generated() || slices.Contains(testOnly, f.folder()) {
			continue
		}
		if found := messagesOf(f); len(found) > 0 {
			lists[f.folder()] = append(lists[f.folder()], found...)
		}
	}
	if len(lists) < 20 {
		t.Fatalf("found messages in only %d packages: the test looks in the wrong place", len(lists))
	}
	known := map[string]bool{}
	for _, folder := range slices.Sorted(maps.Keys(lists)) {
		name := strings.ReplaceAll(strings.TrimPrefix(folder, "internal/"), "/", "-") + ".txt"
		known[name] = true
		slices.Sort(lists[folder])
		golden.File(t, filepath.Join("testdata", "messages", name), []byte(strings.Join(lists[folder], "\n")+"\n"))
	}
	entries, err := os.ReadDir(filepath.Join("testdata", "messages"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if !known[e.Name()] {
			t.Errorf("testdata/messages/%s is of a package without messages", e.Name())
		}
	}
}

// printers are the methods that print, by what they print; the format is their first argument.
var printers = map[string]string{"Answerf": "answer", "Sayf": "story", "Warnf": "warning", "Warn": "warning",
	"Say": "story", "Hintf": "hint"}

// messagesOf lists a file's messages, each in one line or with its hint in a second.
func messagesOf(f sourceFile) []string {
	var found []string
	hinted := map[ast.Node]string{} // the error below a WithHint, and what the hint says
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		chosen, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch name := chosen.Sel.Name; {
		case name == "WithHint" && len(call.Args) > 0:
			hint := text(call.Args[0])
			if base := errorBelow(chosen.X); base != nil {
				hinted[base] = hint
			} else {
				found = append(found, "hint: "+hint)
			}
		case (name == "New" || name == "Fault") && len(call.Args) >= 2 && isCode(call.Args[0]):
			format := call.Args[1]
			if name == "Fault" && len(call.Args) >= 3 {
				format = call.Args[2]
			}
			line := fmt.Sprintf("exit %s: %s", code(call.Args[0]), text(format))
			if hint, ok := hinted[call]; ok {
				line += "\n    hint: " + hint
			}
			found = append(found, line)
		case printers[name] != "" && len(call.Args) > 0 && isText(call.Args[0]):
			found = append(found, printers[name]+": "+text(call.Args[0]))
		}
		return true
	})
	return found
}

// errorBelow is the call that makes an error, below further methods on it.
func errorBelow(x ast.Expr) ast.Node {
	for {
		call, ok := x.(*ast.CallExpr)
		if !ok {
			return nil
		}
		chosen, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
		}
		if (chosen.Sel.Name == "New" || chosen.Sel.Name == "Fault") && len(call.Args) >= 2 && isCode(call.Args[0]) {
			return call
		}
		x = chosen.X
	}
}

// codes are the exit codes by their names in package fault.
var codes = map[string]string{"Other": "1", "Usage": "2", "Series": "3", "Auth": "4", "Registry": "5", "Build": "6",
	"Gate": "7", "Partial": "8", "Retry": "75"}

// isCode reports whether an argument is an exit code: fault.Usage, or a variable that is called code.
func isCode(x ast.Expr) bool {
	switch x := x.(type) {
	case *ast.SelectorExpr:
		return codes[x.Sel.Name] != "" || strings.EqualFold(x.Sel.Name, "code")
	case *ast.Ident:
		return codes[x.Name] != "" || x.Name == "code"
	case *ast.CallExpr:
		chosen, ok := x.Fun.(*ast.SelectorExpr)
		return ok && chosen.Sel.Name == "CodeOf"
	}
	return false
}

func code(x ast.Expr) string {
	name := ""
	switch x := x.(type) {
	case *ast.SelectorExpr:
		name = x.Sel.Name
	case *ast.Ident:
		name = x.Name
	}
	if n := codes[name]; n != "" {
		return n
	}
	return "…"
}

// isText reports whether an expression is a text, or several joined.
func isText(x ast.Expr) bool { return strings.Trim(text(x), "…") != "" }

// text is what an expression says, with "…" for what is not a literal.
func text(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.BasicLit:
		if s, err := strconv.Unquote(x.Value); err == nil && x.Kind == token.STRING {
			return strings.ReplaceAll(s, "\n", `\n`)
		}
	case *ast.BinaryExpr:
		if x.Op == token.ADD {
			return text(x.X) + text(x.Y)
		}
	case *ast.ParenExpr:
		return text(x.X)
	}
	return "…"
}

// TestMessagesAreSeen lists those of a source in which each form stands once.
func TestMessagesAreSeen(t *testing.T) {
	file, err := parseSource("p/p.go", `package p
func f() error {
	s.Term.Warnf("odd %s", x)
	s.Term.Sayf(next)
	return fault.New(fault.Usage, "no %q "+
		"here", x).At(file, 1).WithHint("run: %s", y)
}
func g() error { return e.WithHint("alone") }
func h() error { return c.Fault(fault.Gate, "key", "refused") }
`)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(messagesOf(file), "\n")
	want := "warning: odd %s\nexit 2: no %q here\n    hint: run: %s\nhint: alone\nexit 7: refused"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
