package internal_test

import (
	"bytes"
	"fmt"
	"go/format"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/target"
)

// TestMagefilesAreGenerated compares magefiles/ with the targets: a file a namespace, a function a target, each one
// call.
func TestMagefilesAreGenerated(t *testing.T) {
	bySpace := map[string][]target.Target{}
	for _, one := range target.All() {
		bySpace[one.Namespace()] = append(bySpace[one.Namespace()], one)
	}
	want := map[string]bool{"../magefiles/magefile.go": true}
	for space, targets := range bySpace {
		file := "../magefiles/" + space + ".go"
		if space == "" {
			file = "../magefiles/targets.go"
		}
		want[file] = true
		golden.File(t, file, magefile(t, space, targets))
	}
	have, err := filepath.Glob("../magefiles/*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range have {
		if !want[file] {
			t.Errorf("%s belongs to no namespace", file)
		}
	}
}

// magefile is the Go file of one namespace's targets.
func magefile(t *testing.T, space string, targets []target.Target) []byte {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("//go:build mage\n\n// Code generated from internal/target by go test ./internal -run Magefiles " +
		"-update. DO NOT EDIT.\n\n")
	b.WriteString("package main\n\nimport (\n\t\"context\"\n\n")
	if space != "" {
		b.WriteString("\t\"github.com/magefile/mage/mg\"\n\n")
	}
	b.WriteString("\t\"github.com/howdah/howdah/internal/target\"\n)\n\n")
	receiver := ""
	if space != "" {
		receiver = fmt.Sprintf("(%s) ", capital(space))
		fmt.Fprintf(&b, "// %s is the namespace of %s:…\ntype %s mg.Namespace\n\n", capital(space), space, capital(space))
	}
	for _, one := range targets {
		fmt.Fprintf(&b, "// %s %s.\nfunc %s%s(\n\tctx context.Context,\n", capital(one.Verb()), one.Doc, receiver,
			capital(one.Verb()))
		var args []string
		for _, a := range one.Args {
			args = append(args, strings.ToLower(a.Name))
			fmt.Fprintf(&b, "\t%s string, // %s\n", strings.ToLower(a.Name), a.Doc)
		}
		var given strings.Builder
		for _, o := range one.Options {
			kind, call := "*string", "value"
			if o.Switch() {
				kind, call = "*bool", "toggle"
			}
			fmt.Fprintf(&b, "\t%s %s, // %s\n", o.Name, kind, o.Doc)
			fmt.Fprintf(&given, "\t\t%s(%q, %s),\n", call, o.Name, o.Name)
		}
		positional := "nil"
		if len(args) > 0 {
			positional = "[]string{" + strings.Join(args, ", ") + "}"
		}
		options := given.String()
		if options != "" {
			options = ",\n" + options + "\t"
		}
		fmt.Fprintf(&b, ") error {\n\treturn call(ctx, target.%s, %s%s)\n}\n\n", identifier(one), positional, options)
	}
	source, err := format.Source(b.Bytes())
	if err != nil {
		t.Fatalf("%v in\n%s", err, b.String())
	}
	return source
}

// capital is a name as Go exports it.
func capital(name string) string { return strings.ToUpper(name[:1]) + name[1:] }

// identifier is the variable of a target in package target.
func identifier(t target.Target) string {
	space := t.Namespace()
	if space == "ci" {
		space = "CI"
	}
	if space == "" {
		return capital(t.Verb())
	}
	return capital(space) + capital(t.Verb())
}
