package internal_test

import (
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
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
	packages := map[string][]sourceFile{}
	for _, f := range sourceFiles(t, "..") {
		if !f.isTest() && !f.generated() && !slices.Contains(slices.Concat(testOnly, testPrinters), f.folder()) {
			packages[f.folder()] = append(packages[f.folder()], f)
		}
	}
	lists := map[string][]string{}
	for folder, files := range packages {
		wrappers := wrappersOf(files)
		for _, f := range files {
			if found := messagesOf(f, wrappers); len(found) > 0 {
				lists[folder] = append(lists[folder], found...)
			}
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

// riddles are turns that comments may have, and messages not: who reads a message has no other line to look at.
var riddles = []turn{
	{regexp.MustCompile(`(^|[^e]) is no ([a-km-z0-9]|l[^o])`), "is not a …"},
	{regexp.MustCompile(`\bstands?( |$)`), "is, points to, is listed"},
	{regexp.MustCompile(`\ball the same\b`), "say what happened"},
	{regexp.MustCompile(`\blet pass\b|\bletting\b`), "overridden"},
	{regexp.MustCompile(`\bis (not )?whole\b`), "is complete"},
	{regexp.MustCompile(`\bgone with\b|\bcut off\b|\bis at work\b`), "say what happened"},
	{regexp.MustCompile(`\btakes? (it|them) out\b`), "remove it"},
	{regexp.MustCompile(`\bonly the shell knows\b`), "is known only at run time"},
}

// TestMessagesArePlain reads the messages for riddles.
func TestMessagesArePlain(t *testing.T) {
	lists, err := filepath.Glob("testdata/messages/*.txt")
	if err != nil || len(lists) < 20 {
		t.Fatalf("found %d lists of messages (%v)", len(lists), err)
	}
	for _, list := range lists {
		all, err := os.ReadFile(list)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(all)) {
			if strings.Contains(line, `#!/bin`) || strings.HasPrefix(line, "text: mkdir") {
				continue // programs
			}
			for _, one := range riddles {
				if at := one.pattern.FindString(line); at != "" {
					t.Errorf("%s: %q in %q; write: %s", list, at, strings.TrimSpace(line), one.instead)
				}
			}
		}
	}
}

// testPrinters print only within tests.
var testPrinters = []string{"internal/applytest", "internal/golden"}

// printers are the methods that print, by what they print; the format is their first argument.
var printers = map[string]string{"Answerf": "answer", "Sayf": "story", "Warnf": "warning", "Warn": "warning",
	"Say": "story", "Hintf": "hint"}

// messagesOf lists a file's messages, each in one line or with its hint in a second. wrappers are the package's own
// functions that pass a format on.
func messagesOf(f sourceFile, wrappers map[string]wrapper) []string {
	var found []string
	hinted := map[ast.Node]string{} // the error below a WithHint, and what the hint says
	seen := map[ast.Node]bool{}     // the texts that are listed, and those that are not prose
	add := func(line string, said ast.Expr) {
		found = append(found, line)
		see(seen, said)
	}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.Field: // a struct tag
			seen[n.Tag] = true
			return true
		case *ast.BasicLit:
			if line := n.Value; n.Kind == token.STRING && !seen[n] && isProse(text(n)) && !strings.HasPrefix(line, "`(?") {
				found = append(found, "text: "+text(n))
			}
			return true
		case *ast.BinaryExpr:
			if said := text(n); !seen[n] && isProse(said) && isText(n) {
				add("text: "+said, n)
			}
			return true
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		name := calledName(call)
		if own, ok := wrappers[name]; ok && len(call.Args) > own.format && isText(call.Args[own.format]) &&
			(own.kind != "text: " || isProse(text(call.Args[own.format]))) {
			line := own.kind + text(call.Args[own.format])
			if hint, ok := hinted[call]; ok {
				line += "\n    hint: " + hint
			}
			add(line, call.Args[own.format])
			return true
		}
		chosen, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		switch {
		case name == "WithHint" && len(call.Args) > 0:
			hint := text(call.Args[0])
			see(seen, call.Args[0])
			if base := errorBelow(chosen.X, wrappers); base != nil {
				hinted[base] = hint
			} else {
				found = append(found, "hint: "+hint)
			}
		case isError(call):
			format := call.Args[1]
			if name == "Fault" && len(call.Args) >= 3 {
				format = call.Args[2]
			}
			line := fmt.Sprintf("exit %s: %s", code(call.Args[0]), text(format))
			if hint, ok := hinted[call]; ok {
				line += "\n    hint: " + hint
			}
			add(line, format)
		case printers[name] != "" && len(call.Args) > 0 && isText(call.Args[0]):
			add(printers[name]+": "+text(call.Args[0]), call.Args[0])
		case (name == "Errorf" || name == "New" && of(chosen, "errors")) && len(call.Args) > 0 && isText(call.Args[0]):
			add("cause: "+text(call.Args[0]), call.Args[0])
		case of(chosen, "regexp"):
			for _, arg := range call.Args {
				see(seen, arg)
			}
		}
		return true
	})
	return found
}

// of reports whether a chosen name is a package's.
func of(chosen *ast.SelectorExpr, pkg string) bool {
	name, ok := chosen.X.(*ast.Ident)
	return ok && name.Name == pkg
}

// see notes that the literals of a text are listed.
func see(seen map[ast.Node]bool, said ast.Node) {
	ast.Inspect(said, func(n ast.Node) bool {
		seen[n] = true
		return true
	})
}

// isProse reports whether a text has two words beside each other, and is neither markup nor a program.
func isProse(said string) bool { return prose.MatchString(said) && !markup.MatchString(said) }

// markup is HTML, SVG, CSS, and the shell's.
var markup = regexp.MustCompile(`</|="|<[a-z]+( [a-z.-]+=|>.*\z)|\{[a-z-]+:|\$\d|2>`)

// prose is two words, or a word and a value, with a space between them.
var prose = regexp.MustCompile(`(^|[^\w.-])[A-Za-z]{2,},? [a-z]{2,}([^\w]|$)|[a-z]{2,}:? %|%[dsqv]:? [a-z]{2,}`)

// wrapper is a function that passes a format on, to an error, a remark or a page.
type wrapper struct {
	kind   string // what the line in the list begins with
	format int    // which argument is the format
}

// wrappersOf finds a package's functions whose last two parameters are a format and its values.
func wrappersOf(files []sourceFile) map[string]wrapper {
	found := map[string]wrapper{}
	for _, f := range files {
		for _, one := range f.syntax.Decls {
			fn, ok := one.(*ast.FuncDecl)
			if !ok || fn.Body == nil || printers[fn.Name.Name] != "" || f.folder() == "internal/fault" {
				continue
			}
			var types []ast.Expr
			for _, p := range fn.Type.Params.List {
				for range max(1, len(p.Names)) {
					types = append(types, p.Type)
				}
			}
			if n := len(types); n < 2 || !isNamed(types[n-2], "string") || !isValues(types[n-1]) {
				continue
			}
			own := wrapper{"text: ", len(types) - 2}
			ast.Inspect(fn.Body, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && isError(call) {
					own.kind = "exit " + code(call.Args[0]) + ": "
				}
				return true
			})
			if own.kind == "text: " && returnsError(fn) {
				own.kind = "cause: "
			}
			found[fn.Name.Name] = own
		}
	}
	return found
}

func isNamed(x ast.Expr, name string) bool {
	ident, ok := x.(*ast.Ident)
	return ok && ident.Name == name
}

// isValues reports whether a parameter is ...any.
func isValues(x ast.Expr) bool {
	list, ok := x.(*ast.Ellipsis)
	return ok && isNamed(list.Elt, "any")
}

func returnsError(fn *ast.FuncDecl) bool {
	return fn.Type.Results != nil && len(fn.Type.Results.List) == 1 && isNamed(fn.Type.Results.List[0].Type, "error")
}

// calledName is the name of the function or method that is called.
func calledName(call *ast.CallExpr) string {
	switch called := call.Fun.(type) {
	case *ast.Ident:
		return called.Name
	case *ast.SelectorExpr:
		return called.Sel.Name
	}
	return ""
}

// isError reports whether a call makes an error with an exit code.
func isError(call *ast.CallExpr) bool {
	chosen, ok := call.Fun.(*ast.SelectorExpr)
	return ok && (chosen.Sel.Name == "New" || chosen.Sel.Name == "Fault") && len(call.Args) >= 2 && isCode(call.Args[0])
}

// errorBelow is the call that makes an error, below further methods on it.
func errorBelow(x ast.Expr, wrappers map[string]wrapper) ast.Node {
	for {
		call, ok := x.(*ast.CallExpr)
		if !ok {
			return nil
		}
		if _, own := wrappers[calledName(call)]; own || isError(call) {
			return call
		}
		chosen, ok := call.Fun.(*ast.SelectorExpr)
		if !ok {
			return nil
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
			return escapes.Replace(s)
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

// escapes keep a message on its line.
var escapes = strings.NewReplacer("\n", `\n`, "\x00", `\0`)

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
	got := strings.Join(messagesOf(file, wrappersOf([]sourceFile{file})), "\n")
	want := "warning: odd %s\nexit 2: no %q here\n    hint: run: %s\nhint: alone\nexit 7: refused"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
