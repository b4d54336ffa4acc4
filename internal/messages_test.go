package internal_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// TestTroubleshootingQuotesMessages finds each message that the first column of docs/troubleshooting.md quotes: in a
// string of the code, in a golden file, among the system's errors, or, where the row says so, in mage. A "…" stands for
// what differs from case to case.
func TestTroubleshootingQuotesMessages(t *testing.T) {
	page, err := os.ReadFile("../docs/troubleshooting.md")
	if err != nil {
		t.Fatal(err)
	}
	goRoot := filepath.Join(asked(t, "env", "GOROOT"), "src", "cmd")
	said := map[string][]string{"howdah": messages(t), "mage": literals(t, magesFolder(t)),
		"go": append(append(literals(t, filepath.Join(goRoot, "go", "internal", "base")),
			literals(t, filepath.Join(goRoot, "go", "internal", "gover"))...),
			literals(t, filepath.Join(goRoot, "vendor", "golang.org", "x", "mod", "modfile"))...)}
	quoted := regexp.MustCompile("`([^`]+)`")
	found := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(line, "|")
		if len(cells) != 5 || strings.HasPrefix(cells[1], "---") {
			continue
		}
		by := "howdah"
		for _, other := range []string{"mage", "go"} {
			if strings.HasPrefix(cells[1], " "+other+":") {
				by = other
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(cells[1], -1) {
			found++
			for part := range strings.SplitSeq(m[1], "…") {
				all := strings.ReplaceAll(strings.Join(said[by], "\x00"), "%q", `"mage"`)
				if part = strings.TrimSpace(part); part != "" && !strings.Contains(all, part) {
					t.Errorf("docs/troubleshooting.md quotes %q: %s prints no %q", m[1], by, part)
				}
			}
		}
	}
	if found < 12 {
		t.Errorf("found only %d quoted messages: the test looks in the wrong place", found)
	}
}

// messages are the texts that Howdah may print: the strings of its code, golden files of messages, the system's errors.
func messages(t *testing.T) []string {
	t.Helper()
	all := []string{syscall.EROFS.Error(), syscall.EACCES.Error(), syscall.ENOSPC.Error()}
	all = append(all, literals(t, ".")...)
	return append(all, goldenFiles(t)...)
}

// literals are the strings of the Go files below a folder, tests apart.
func literals(t *testing.T, root string) []string {
	t.Helper()
	var all []string
	walk(t, root, func(path string) {
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if s, ok := n.(*ast.BasicLit); ok && s.Kind == token.STRING {
				if text, err := strconv.Unquote(s.Value); err == nil {
					all = append(all, text)
				}
			}
			return true
		})
	})
	return all
}

// goldenFiles are the golden files that hold messages as they are put together, each compared by a test of every day.
// Scripts are not among them: they hold input, and expressions.
func goldenFiles(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, folder := range []string{"testdata/messages", "apply/testdata/apply", "view/testdata"} {
		walk(t, filepath.FromSlash(folder), func(path string) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, string(data))
		})
	}
	return all
}

func walk(t *testing.T, root string, visit func(path string)) {
	t.Helper()
	if err := filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() {
			visit(path)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// magesFolder is the source of the mage that go.mod names.
func magesFolder(t *testing.T) string {
	t.Helper()
	return filepath.Join(asked(t, "list", "-m", "-f", "{{.Dir}}", "github.com/magefile/mage"), "mage")
}

// asked is what the go command prints, on one line.
func asked(t *testing.T, args ...string) string {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", args...).Output()
	if err != nil {
		t.Fatalf("go %s: %v", strings.Join(args, " "), err)
	}
	return strings.TrimSpace(string(out))
}
