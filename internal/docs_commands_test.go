package internal_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"mvdan.cc/sh/v3/expand"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/target"
)

// pages are what people read: README and what else is at the root, docs and its recipes.
func pages(t *testing.T) []string {
	t.Helper()
	all := []string{"../README.md", "../CONTRIBUTING.md", "../SECURITY.md"}
	for _, pattern := range []string{"../docs/*.md", "../docs/*/*.md"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, found...)
	}
	if len(all) < 30 {
		t.Fatalf("found only %d pages: the test looks in the wrong place", len(all))
	}
	return all
}

// eachCode goes through the code of the pages that people read.
func eachCode(t *testing.T, do func(page string, code shown)) {
	t.Helper()
	for _, page := range pages(t) {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, code := range codeOf(string(text)) {
			do(page, code)
		}
	}
}

// shown is a piece of code in a page: a line of a block, or what stands between backticks.
type shown struct {
	text  string
	line  int
	block bool
}

// codeOf lists the code of a page. Blocks are fenced, or indented after an empty line.
func codeOf(text string) []shown {
	var all []shown
	fenced, before, indented := "", "", false
	number := 0
	for line := range strings.Lines(text) {
		number++
		line = strings.TrimRight(line, "\n")
		mark := fence.FindString(line)
		code, deep := strings.CutPrefix(line, "    ")
		indented = deep && (indented || strings.TrimSpace(before) == "")
		switch {
		case fenced != "" && strings.HasPrefix(strings.TrimSpace(line), fenced):
			fenced = ""
		case fenced != "" || indented && len(all) > 0 && open(all[len(all)-1]):
			if len(all) > 0 && open(all[len(all)-1]) { // a text in quotes that goes on
				all[len(all)-1].text += "\n" + line
				break
			}
			all = append(all, shown{strings.TrimSpace(line), number, true})
		case mark != "":
			fenced = strings.TrimSpace(mark)
		case indented:
			all = append(all, shown{strings.TrimSpace(code), number, true})
		default:
			for _, m := range span.FindAllStringSubmatch(line, -1) {
				all = append(all, shown{m[1], number, false})
			}
		}
		before = line
	}
	return all
}

// open reports whether a command ends within quotes.
func open(code shown) bool {
	_, err := syntax.NewParser().Parse(strings.NewReader(code.text), "")
	return code.block && commandOf(code.text) != "" && syntax.IsIncomplete(err)
}

var (
	fence = regexp.MustCompile("^ *```+")
	span  = regexp.MustCompile("`([^`]+)`")
	// called is the beginning of a command: the program, in one of its forms, behind variables.
	called = regexp.MustCompile(
		`^(?:\$ )?((?:[A-Z_]+=\S+ )*)(?:go tool mage|go run magefile\.go|(?:\./)?howdah)( .*)$`)
)

// commandOf is a command as it is typed behind the program's name, or "" where a text is none.
func commandOf(text string) string {
	if m := called.FindStringSubmatch(text); m != nil {
		command := strings.TrimSpace(m[2])
		if strings.HasPrefix(command, "=") || strings.HasPrefix(command, "TARGET") || strings.HasPrefix(command, "COMMAND") {
			return ""
		}
		return command
	}
	if first, _, _ := strings.Cut(text, " "); strings.Contains(first, ":") {
		if _, err := target.Find(first); err == nil && !strings.Contains(text, " was killed ") {
			return text
		}
	}
	return ""
}

// wordsOf splits a command as a shell does. The first word is the target, in the form of the targets: "patch:edit" for
// the binary's "patch edit" and "edit". There are no words where a text is no simple command.
func wordsOf(command string) ([]string, error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(strings.ReplaceAll(command, "…", "x")), "")
	if err != nil || len(file.Stmts) == 0 {
		return nil, err
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) == 0 {
		return nil, nil
	}
	words, err := expand.Fields(&expand.Config{Env: expand.FuncEnviron(func(string) string { return "x" })}, call.Args...)
	if err != nil {
		return nil, err
	}
	if len(words) > 1 && !strings.Contains(words[0], ":") && !strings.HasPrefix(words[1], "-") {
		if _, err := target.Find(words[0] + ":" + words[1]); err == nil {
			words = slices.Concat([]string{words[0] + ":" + words[1]}, words[2:])
		}
	}
	if words[0] == "check" && len(words) > 1 && words[1] != "-quick" && words[1] != "-update" {
		words[0] = target.PatchCheck.Name
	}
	for _, space := range []string{"patch:", "publish:"} {
		one, err := target.Find(space + words[0])
		if err == nil && one.Name != target.PatchCheck.Name && (space == "patch:" || one.Alone) {
			words[0] = one.Name
		}
	}
	return words, nil
}

// checkTyped parses a command as the program does. Capitals stand for what a reader fills in.
func checkTyped(command string) error {
	words, err := wordsOf(command)
	if err != nil || len(words) == 0 {
		return err
	}
	if words[0] == "-l" || words[0] == "-h" || words[0] == "-compile" || words[0] == "--help" || words[0] == "completion" {
		return nil
	}
	one, err := target.Find(words[0])
	if err != nil {
		return err
	}
	var args []string
	var given []target.Given
	for _, word := range words[1:] {
		name, value, valued := strings.Cut(word, "=")
		if !strings.HasPrefix(word, "-") || len(args) < len(one.Args) && strings.Contains(name, " ") {
			args = append(args, word)
			continue
		}
		if name == "--help" || name == "-h" {
			return nil
		}
		g := target.Given{Name: strings.TrimLeft(name, "-")}
		if value = filled(value); valued {
			g.Value = &value
		}
		if o, err := one.Option(g.Name); err != nil {
			return err
		} else if !valued && !o.Switch() {
			value = "x" // `-ref=` alone names the option
			continue
		}
		given = append(given, g)
	}
	if len(given) == 0 && !slices.ContainsFunc(args, func(a string) bool { return !capitals.MatchString(a) }) {
		return nil // the target's name, with the names of its arguments
	}
	_, err = one.Parse(args, given)
	return err
}

// capitals are what a reader fills in.
var capitals = regexp.MustCompile(`^[A-Z]+$`)

// filled is a value that stands for one: what a reader fills in is written in capitals.
func filled(value string) string {
	switch value {
	case "N":
		return "1"
	case "YYYY-MM-DD":
		return "2026-06-01"
	case "TAG":
		return "20260430T164501Z-4.6.0-alpha.7-gc6facd27e-01234567"
	}
	return value
}

// TestDocsCommands parses every command of the pages as the program does: each target, argument and option is one that
// the program takes.
func TestDocsCommands(t *testing.T) {
	found := 0
	eachCode(t, func(page string, code shown) {
		command := commandOf(code.text)
		if command == "" {
			return
		}
		found++
		if err := checkTyped(command); err != nil {
			t.Errorf("%s:%d: %q: %v", page, code.line, code.text, err)
		}
	})
	if found < 200 {
		t.Errorf("found only %d commands: the test looks in the wrong place", found)
	}
}

// TestDocsCommandsAreSeen finds mistakes in commands, and lets right ones pass.
func TestDocsCommandsAreSeen(t *testing.T) {
	page := "Run `patch:chek` or `go tool mage patch:check -rev=main`:\n\n" +
		"    $ HOWDAH_CONFIG=x go tool mage patch:show\n" +
		"\n```\nhowdah release -dri\nhowdah patch check --ref=main\n```\n`patch:edit NAME FILE FIND REPLACE -count=N`\n"
	var wrong []string
	for _, code := range codeOf(page) {
		if command := commandOf(code.text); command != "" && checkTyped(command) != nil {
			wrong = append(wrong, command)
		}
	}
	want := []string{"patch:check -rev=main", "release -dri"}
	if !slices.Equal(wrong, want) {
		t.Errorf("wrong are %q, want %q", wrong, want)
	}
}
