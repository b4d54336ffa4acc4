package internal_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The limits of docs/architecture.md. Tests count for the length of a line only.
const (
	maxPackageLines = 3000
	maxPackageFiles = 25
	maxFileLines    = 300
	maxParameters   = 5
	maxLineRunes    = 120
)

// sourceFile is a parsed Go file of the repository; its name is relative to the root.
type sourceFile struct {
	name      string
	text      string
	positions *token.FileSet
	syntax    *ast.File
}

func (f sourceFile) folder() string  { return filepath.ToSlash(filepath.Dir(f.name)) }
func (f sourceFile) isTest() bool    { return strings.HasSuffix(f.name, "_test.go") }
func (f sourceFile) lineCount() int  { return strings.Count(f.text, "\n") }
func (f sourceFile) generated() bool { return ast.IsGenerated(f.syntax) }

// sourceFiles parses every Go file under root that belongs to this module.
func sourceFiles(t *testing.T, root string) []sourceFile {
	t.Helper()
	var files []sourceFile
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			// tools/ is a module of its own; dist/ is what runs write, tests of other packages at this moment among
			// them; a folder that begins with a dot is not Go's.
			if path != root && (strings.HasPrefix(entry.Name(), ".") || path == filepath.Join(root, "tools") ||
				path == filepath.Join(root, "dist")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		file, err := parseSource(filepath.ToSlash(name), string(text))
		files = append(files, file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func parseSource(name, text string) (sourceFile, error) {
	positions := token.NewFileSet()
	syntax, err := parser.ParseFile(positions, name, text, parser.ParseComments)
	return sourceFile{name: name, text: text, positions: positions, syntax: syntax}, err
}

// packageSizes reports packages over the limits, unless their doc comment has a paragraph that begins with "Size: ".
func packageSizes(files []sourceFile) []breach {
	type size struct {
		lines, files int
		reason       bool
	}
	sizes := map[string]size{}
	for _, f := range files {
		if f.isTest() {
			continue
		}
		s := sizes[f.folder()]
		s.lines += f.lineCount()
		s.files++
		s.reason = s.reason || strings.Contains("\n"+f.syntax.Doc.Text(), "\nSize: ")
		sizes[f.folder()] = s
	}
	var found []breach
	for _, folder := range slices.Sorted(maps.Keys(sizes)) {
		s := sizes[folder]
		if (s.lines > maxPackageLines || s.files > maxPackageFiles) && !s.reason {
			found = append(found, breach{folder, fmt.Sprintf("%d lines in %d files, at most %d in %d without a reason "+
				"(\"Size: …\") in the package comment", s.lines, s.files, maxPackageLines, maxPackageFiles)})
		}
	}
	return found
}

func fileSizes(files []sourceFile) []breach {
	var found []breach
	for _, f := range files {
		if n := f.lineCount(); n > maxFileLines && !f.isTest() {
			found = append(found, breach{f.name, fmt.Sprintf("%d lines, at most %d", n, maxFileLines)})
		}
	}
	return found
}

// parameters reports functions, methods and function literals that take too many parameters. Mage's targets are
// exempt: they are generated, and mage reads the options from the parameters.
func parameters(files []sourceFile) []breach {
	var found []breach
	for _, f := range files {
		if f.isTest() || f.generated() {
			continue
		}
		ast.Inspect(f.syntax, func(n ast.Node) bool {
			name, kind := "function literal", (*ast.FuncType)(nil)
			switch n := n.(type) {
			case *ast.FuncDecl:
				name, kind = n.Name.Name, n.Type
			case *ast.FuncLit:
				kind = n.Type
			}
			if kind != nil && kind.Params.NumFields() > maxParameters {
				found = append(found, breach{f.name + " " + name, fmt.Sprintf("line %d: %d parameters, at most %d",
					f.line(n.Pos()), kind.Params.NumFields(), maxParameters)})
			}
			return true
		})
	}
	return found
}

func (f sourceFile) line(pos token.Pos) int { return f.positions.Position(pos).Line }

// lineLengths reports long lines, tests included. Exempt are generated files and what stands inside a raw string that
// spans lines, because a break would change its value.
func lineLengths(files []sourceFile) []breach {
	var found []breach
	for _, f := range files {
		if f.generated() {
			continue
		}
		raw := f.rawStringLines()
		line := 0
		for text := range strings.Lines(f.text) {
			line++
			if n := utf8.RuneCountInString(strings.TrimSuffix(text, "\n")); n > maxLineRunes && !raw[line] {
				found = append(found, breach{f.name, fmt.Sprintf("line %d: %d characters, at most %d", line, n, maxLineRunes)})
			}
		}
	}
	return found
}

// rawStringLines are the lines that a raw string of several lines touches.
func (f sourceFile) rawStringLines() map[int]bool {
	lines := map[int]bool{}
	ast.Inspect(f.syntax, func(n ast.Node) bool {
		literal, ok := n.(*ast.BasicLit)
		if !ok || literal.Kind != token.STRING || literal.Value[0] != '`' {
			return true
		}
		first := f.line(literal.Pos())
		last := first + strings.Count(literal.Value, "\n")
		if last > first {
			for line := first; line <= last; line++ {
				lines[line] = true
			}
		}
		return true
	})
	return lines
}

// sharedNames reports a package's functions that have the name of one of its types but for the case: a reader who
// searches for one finds the other.
func sharedNames(files []sourceFile) []breach {
	types, funcs := map[string]string{}, map[string]string{}
	for _, f := range files {
		if f.isTest() {
			continue
		}
		for _, decl := range f.syntax.Decls {
			switch decl := decl.(type) {
			case *ast.FuncDecl:
				if decl.Recv == nil {
					funcs[f.folder()+" "+strings.ToLower(decl.Name.Name)] = f.name + " func " + decl.Name.Name
				}
			case *ast.GenDecl:
				for _, spec := range decl.Specs {
					if spec, ok := spec.(*ast.TypeSpec); ok {
						types[f.folder()+" "+strings.ToLower(spec.Name.Name)] = spec.Name.Name
					}
				}
			}
		}
	}
	var found []breach
	for _, key := range slices.Sorted(maps.Keys(funcs)) {
		if name, ok := types[key]; ok {
			found = append(found, breach{funcs[key], "has the name of type " + name})
		}
	}
	return found
}

func TestLimits(t *testing.T) {
	files := sourceFiles(t, "..")
	if len(files) < 100 {
		t.Fatalf("found only %d Go files: the test looks in the wrong place", len(files))
	}
	rules := []struct {
		name  string
		check func([]sourceFile) []breach
	}{
		{"package sizes", packageSizes},
		{"file sizes", fileSizes},
		{"parameters", parameters},
		{"line lengths", lineLengths},
		{"shared names", sharedNames},
	}
	for _, rule := range rules {
		t.Run(rule.name, func(t *testing.T) { compareBreaches(t, rule.name, rule.check(files)) })
	}
}

// TestLimitsAreSeen gives each rule a source that breaks it once.
func TestLimitsAreSeen(t *testing.T) {
	long := "// " + strings.Repeat("é", maxLineRunes-2)
	text := "package p\n" + long + "\n" + long[:len(long)-2] + "\n" +
		"var s = `\n" + long + "`\n" +
		"type job struct{}\nfunc Job(a, b, c, d, e, f int) {}\nfunc fine(a, b, c, d, e int) {}\n" +
		strings.Repeat("\n", maxFileLines)
	file, err := parseSource("p/p.go", text)
	if err != nil {
		t.Fatal(err)
	}
	var many []sourceFile
	for range maxPackageFiles + 1 {
		many = append(many, file)
	}
	reasoned, err := parseSource("p/p.go", "// Package p has a table.\n//\n// Size: a function a command.\n"+text)
	if err != nil {
		t.Fatal(err)
	}
	for name, one := range map[string]struct {
		have []breach
		want int
	}{
		"package size":             {packageSizes(many), 1},
		"package size with reason": {packageSizes(append(many, reasoned)), 0},
		"file size":                {fileSizes([]sourceFile{file}), 1},
		"parameters":               {parameters([]sourceFile{file}), 1},
		"line length":              {lineLengths([]sourceFile{file}), 1},
		"shared name":              {sharedNames([]sourceFile{file}), 1},
	} {
		if len(one.have) != one.want {
			t.Errorf("%s: expected %d breaches, found %v", name, one.want, one.have)
		}
	}
}
