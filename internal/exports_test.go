package internal_test

import (
	"go/ast"
	"go/token"
	"go/types"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/go/packages"
)

// place identifies a declared name: the same file is type-checked once for its package and once more for each test
// binary that recompiles it, so objects differ where places do not.
type place struct {
	file         string
	line, column int
}

// exported is a name of internal/ that another package could use.
type exported struct {
	place place
	name  string
}

// TestExportedNamesAreUsed fails on an exported name in internal/ that no other package uses. A use by a test counts
// when the test is of another package (Example functions and package foo_test included). Exempt are methods by which a
// type satisfies an interface, the fields of a struct that is written as JSON or TOML, and what a package's own
// templates name ("[[.Docs]]").
func TestExportedNamesAreUsed(t *testing.T) {
	if testing.Short() {
		t.Skip("type-checks the whole module")
	}
	loaded := loadModule(t)
	used := usedPlaces(loaded)
	interfaces := interfacesOf(loaded)
	var found []breach
	for _, pkg := range loaded {
		path := strings.TrimPrefix(pkg.PkgPath, module)
		if pkg.ID != pkg.PkgPath || !strings.HasPrefix(path, "internal/") {
			continue // a test binary's copy
		}
		templates := templatesOf(t, pkg)
		for _, name := range exportedNames(pkg, interfaces) {
			_, field, _ := strings.Cut(name.name, ".")
			if !used[name.place] && (field == "" || !strings.Contains(templates, "."+field+"]]")) {
				found = append(found, breach{path + "." + name.name, "no other package uses it"})
			}
		}
	}
	compareBreaches(t, "exported names", found)
}

// templatesOf is the text of the templates that a package embeds, in its folder template/.
func templatesOf(t *testing.T, pkg *packages.Package) string {
	t.Helper()
	if pkg.Imports["text/template"] == nil || len(pkg.GoFiles) == 0 {
		return ""
	}
	var all strings.Builder
	err := fs.WalkDir(os.DirFS(filepath.Dir(pkg.GoFiles[0])), "template",
		func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			data, err := os.ReadFile(filepath.Join(filepath.Dir(pkg.GoFiles[0]), path))
			all.Write(data)
			return err
		})
	if err != nil {
		t.Fatal(err)
	}
	return all.String()
}

// loadModule type-checks this module's packages, tests and magefiles from source and takes other modules from export
// data.
func loadModule(t *testing.T) []*packages.Package {
	t.Helper()
	loaded, err := packages.Load(&packages.Config{
		Context: t.Context(),
		Dir:     "..",
		Mode: packages.NeedName | packages.NeedFiles | packages.NeedImports | packages.NeedTypes |
			packages.NeedSyntax | packages.NeedTypesInfo,
		Tests:      true,
		BuildFlags: []string{"-tags=mage"},
	}, "./...")
	if err != nil {
		t.Fatal(err)
	}
	if len(loaded) < 50 {
		t.Fatalf("found only %d packages: the test looks in the wrong place", len(loaded))
	}
	for _, pkg := range loaded {
		for _, err := range pkg.Errors {
			t.Errorf("%s: %v", pkg.ID, err)
		}
	}
	return loaded
}

func placeOf(positions *token.FileSet, pos token.Pos) place {
	p := positions.Position(pos)
	return place{file: p.Filename, line: p.Line, column: p.Column}
}

// usedPlaces are the places of names that a package other than their own uses.
func usedPlaces(loaded []*packages.Package) map[place]bool {
	used := map[place]bool{}
	for _, pkg := range loaded {
		use := func(object types.Object) {
			// A package's external tests have its path and "_test".
			if object != nil && object.Pkg() != nil && object.Pkg().Path() != pkg.Types.Path() {
				used[placeOf(pkg.Fset, object.Pos())] = true
			}
		}
		for _, object := range pkg.TypesInfo.Uses {
			use(origin(object))
		}
		// Who holds a value of a type uses the type, also without its name.
		for _, value := range pkg.TypesInfo.Types {
			useTypes(value.Type, use)
		}
		for _, file := range pkg.Syntax {
			ast.Inspect(file, func(n ast.Node) bool {
				if call, ok := n.(*ast.CallExpr); ok && len(call.Args) == 1 && pkg.TypesInfo.Types[call.Fun].IsType() {
					useFields(pkg.TypesInfo.TypeOf(call.Args[0]), use) // a conversion needs the same names on both sides
				}
				literal, ok := n.(*ast.CompositeLit)
				if !ok || len(literal.Elts) == 0 {
					return true
				}
				if _, keyed := literal.Elts[0].(*ast.KeyValueExpr); keyed {
					return true
				}
				useFields(pkg.TypesInfo.TypeOf(literal), use)
				return true
			})
		}
	}
	return used
}

// useFields uses the fields of a struct.
func useFields(t types.Type, use func(types.Object)) {
	if s, ok := t.Underlying().(*types.Struct); ok {
		for field := range s.Fields() {
			use(field)
		}
	}
}

// useTypes uses the named types that a type is made of.
func useTypes(t types.Type, use func(types.Object)) {
	switch t := types.Unalias(t).(type) {
	case *types.Named:
		use(t.Obj())
		for argument := range t.TypeArgs().Types() {
			useTypes(argument, use)
		}
	case *types.Map:
		useTypes(t.Key(), use)
		useTypes(t.Elem(), use)
	case *types.Tuple:
		for one := range t.Variables() {
			useTypes(one.Type(), use)
		}
	case interface{ Elem() types.Type }: // a pointer, slice, array or channel
		useTypes(t.Elem(), use)
	}
}

// origin is the declared object of an instantiated one.
func origin(object types.Object) types.Object {
	switch object := object.(type) {
	case *types.Func:
		return object.Origin()
	case *types.Var:
		return object.Origin()
	}
	return object
}

// exportedNames are a package's exported names: of the package, and of its exported types the methods and fields.
func exportedNames(pkg *packages.Package, interfaces []*types.Interface) []exported {
	var names []exported
	add := func(name string, object types.Object) {
		if object.Exported() {
			names = append(names, exported{placeOf(pkg.Fset, object.Pos()), name})
		}
	}
	scope := pkg.Types.Scope()
	for _, name := range scope.Names() {
		object := scope.Lookup(name)
		add(name, object)
		named, ok := object.Type().(*types.Named)
		if _, isType := object.(*types.TypeName); !ok || !isType || !object.Exported() {
			continue
		}
		for method := range named.Methods() {
			if !satisfies(named, method, interfaces) {
				add(name+"."+method.Name(), method)
			}
		}
		switch under := named.Underlying().(type) {
		case *types.Struct:
			if !marshalled(under) {
				for field := range under.Fields() {
					if !field.Embedded() {
						add(name+"."+field.Name(), field)
					}
				}
			}
		case *types.Interface:
			// Its methods are called by its own package, that is what it is for.
		}
	}
	return names
}

// marshalled reports whether a field has a tag, by which encoding/json or go-toml reads and writes the struct.
func marshalled(s *types.Struct) bool {
	for i := range s.NumFields() {
		if s.Tag(i) != "" {
			return true
		}
	}
	return false
}

// satisfies reports whether a method is one of an interface that its type implements.
func satisfies(named *types.Named, method *types.Func, interfaces []*types.Interface) bool {
	switch method.Name() {
	case "Unwrap", "Is", "As": // package errors asks for them without naming the interface
		return true
	}
	for _, one := range interfaces {
		if object, _, _ := types.LookupFieldOrMethod(one, false, nil, method.Name()); object == nil {
			continue
		}
		if types.Implements(named, one) || types.Implements(types.NewPointer(named), one) {
			return true
		}
	}
	return false
}

// interfacesOf are the interfaces that the packages declare or import, those without a name included.
func interfacesOf(loaded []*packages.Package) []*types.Interface {
	interfaces := []*types.Interface{types.Universe.Lookup("error").Type().Underlying().(*types.Interface)}
	seen := map[*types.Package]bool{}
	var visit func(*types.Package)
	visit = func(pkg *types.Package) {
		if seen[pkg] {
			return
		}
		seen[pkg] = true
		for _, name := range pkg.Scope().Names() {
			if object, ok := pkg.Scope().Lookup(name).(*types.TypeName); ok {
				if one, ok := object.Type().Underlying().(*types.Interface); ok && one.NumMethods() > 0 {
					interfaces = append(interfaces, one)
				}
			}
		}
		for _, imported := range pkg.Imports() {
			visit(imported)
		}
	}
	for _, pkg := range loaded {
		visit(pkg.Types)
		for expression, value := range pkg.TypesInfo.Types {
			if _, ok := expression.(*ast.InterfaceType); ok {
				if one, ok := value.Type.(*types.Interface); ok && one.NumMethods() > 0 {
					interfaces = append(interfaces, one)
				}
			}
		}
	}
	return interfaces
}
