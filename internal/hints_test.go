package internal_test

import (
	"go/ast"
	"go/token"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// namesTargets are the packages that may write a target's name into a text: they make targets, or run them.
var namesTargets = []string{"internal/target", "internal/cli", "cmd/howdah", "magefiles"}

// inFiles are texts in files that are committed or generated: the names in them are the same whoever wrote the file.
var inFiles = []string{"admin/watch.go", "build/baselock.go", "config/keys.go", "series/lock.go"}

// TestHintsAreValues reads every string of the source. A text that names a target cannot be printed in the form in
// which the program was called; a fault.Command in a hint can. A name alone, as in a fault.Command, is a value.
func TestHintsAreValues(t *testing.T) {
	var names []string
	for _, one := range target.All() {
		if one.Namespace() != "" {
			names = append(names, regexp.QuoteMeta(one.Name))
		}
	}
	named := regexp.MustCompile(`\b(` + strings.Join(names, "|") + `)\b`)
	program := regexp.MustCompile(`\b(go tool mage|mage (-|[a-z]+:)|go run magefile)`)
	source(t, func(pkg, file string, f *ast.File, set *token.FileSet) {
		if slices.Contains(namesTargets, pkg) || slices.Contains(testOnly, pkg) ||
			slices.Contains(inFiles, file) {
			return
		}
		ast.Inspect(f, func(n ast.Node) bool {
			lit, ok := n.(*ast.BasicLit)
			if !ok || lit.Kind != token.STRING {
				return true
			}
			text, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			if name := named.FindString(text); name != "" && name != text {
				t.Errorf("%s: the text %q names %s; use a fault.Command", set.Position(n.Pos()), text, name)
			}
			if pkg != "internal/mage" && program.MatchString(text) {
				t.Errorf("%s: the text %q names the program; use a fault.Command", set.Position(n.Pos()), text)
			}
			return true
		})
	})
}
