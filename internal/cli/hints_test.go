package cli_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"mvdan.cc/sh/v3/syntax"

	"github.com/howdah/howdah/internal/target"
)

// proposals are the commands that hints proposed while the scripts ran.
type proposals struct {
	mu      sync.Mutex
	lines   map[string]int // how often each was met
	ran     int
	scripts map[string]bool // "SCRIPT LINE" that ran already
}

var proposed = proposals{lines: map[string]int{}, scripts: map[string]bool{}}

var (
	// proposal is a command in a text: the program as the scripts call it, to the end of its clause.
	proposal = regexp.MustCompile(`(?:HOWDAH_CONFIG=\S+ )?\S*howdah (?:[a-z]+:[a-z]+|release|demo|init)\b[^;)]*`)
	// form is a line with the form of a command, in which words stand for arguments, or only what was typed wrongly.
	form = regexp.MustCompile(`^hint: (usage|use|write): `)
	// prose is what may follow a command within a sentence.
	prose = regexp.MustCompile(`^,?(?: (?:[a-z',]+|[A-Z]+):?)*$`)
)

// commandIn reads a proposed command as a shell would: with the prose behind it cut off.
func commandIn(text string) (target.Target, []string, []target.Given, error) {
	for end := len(text); ; {
		one, args, given, err := parseCommand(text[:end])
		next := strings.LastIndexAny(text[:end], " ,")
		if err == nil || next < 0 || !prose.MatchString(text[next:]) {
			return one, args, given, err
		}
		end = next
	}
}

// parseCommand parses a whole command line.
func parseCommand(line string) (one target.Target, args []string, given []target.Given, err error) {
	file, err := syntax.NewParser().Parse(strings.NewReader(line), "")
	if err != nil {
		return one, nil, nil, err
	}
	call, ok := file.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(file.Stmts) != 1 || len(call.Args) < 2 {
		return one, nil, nil, errors.New("not one command")
	}
	var words []string
	for _, w := range call.Args[1:] {
		word, err := unquoted(w)
		if err != nil {
			return one, nil, nil, err
		}
		words = append(words, word)
	}
	if one, err = target.Find(words[0]); err != nil {
		return one, nil, nil, err
	}
	n := min(1+len(one.Args), len(words))
	args = words[1:n]
	for _, w := range words[n:] {
		name, value, ok := strings.Cut(w, "=")
		g := target.Given{Name: strings.TrimPrefix(name, "-")}
		if g.Name == name {
			return one, nil, nil, errors.New(w + " is neither an argument nor an option")
		}
		if ok {
			g.Value = &value
		}
		given = append(given, g)
	}
	_, err = one.Parse(args, given)
	return one, args, given, err
}

// unquoted is a word as the program gets it.
func unquoted(w *syntax.Word) (string, error) {
	var b strings.Builder
	for _, part := range w.Parts {
		switch p := part.(type) {
		case *syntax.Lit:
			b.WriteString(p.Value)
		case *syntax.SglQuoted:
			b.WriteString(p.Value)
		default:
			return "", errors.New("a word that the shell would expand")
		}
	}
	return b.String(), nil
}

// checkHints reads what the last command printed. Each command in it must be one that this program takes; those that
// only look, and those of the series with -dry, are run, and must not end in a mistake of usage. No "next:" leads to
// the command that printed it.
func checkHints(ts *testscript.TestScript, typed []string, out, story string) {
	for line := range strings.Lines(out + story) {
		if form.MatchString(line) {
			continue
		}
		for _, text := range proposal.FindAllString(strings.TrimRight(line, "\n "), -1) {
			one, args, given, err := commandIn(text)
			if err != nil {
				ts.Fatalf("the hint %q proposes %q: %v", strings.TrimSpace(line), text, err)
			}
			again := slices.Equal(slices.Sorted(slices.Values(append(words(args, given), one.Name))),
				slices.Sorted(slices.Values(typed)))
			if again && strings.Contains(line, "next: ") {
				ts.Fatalf("next: leads to the command that was run, %q", typed)
			}
			proposed.run(ts, text, one, words(args, given))
		}
	}
}

// words are arguments and options as they are typed.
func words(args []string, given []target.Given) []string {
	all := slices.Clone(args)
	for _, g := range given {
		word := "-" + g.Name
		if g.Value != nil {
			word += "=" + *g.Value
		}
		all = append(all, word)
	}
	return all
}

// harmless are the targets whose commands are run: they read, or with -dry only say what they would do.
var harmless = []target.Target{
	target.PatchShow, target.PatchDiff, target.PatchRefresh, target.PatchDrop, target.VersionAccept,
}

// run counts a command and runs it, once in each script, where that changes nothing.
func (p *proposals) run(ts *testscript.TestScript, text string, one target.Target, typed []string) {
	p.mu.Lock()
	p.lines[text]++
	key := ts.Name() + " " + text
	known := p.scripts[key]
	p.scripts[key] = true
	p.mu.Unlock()
	same := func(t target.Target) bool { return t.Name == one.Name }
	if known || !slices.ContainsFunc(harmless, same) || slices.Contains(typed, "NAME") {
		return
	}
	for _, o := range one.Options {
		if o.Name == "dry" || o.Name == "offline" {
			typed = append(typed, "-"+o.Name)
		}
	}
	code, _, story, err := start(ts, append([]string{"howdah", one.Name}, typed...))
	ts.Check(err)
	if code == 2 {
		ts.Fatalf("the proposed command %q ends with exit code 2:\n%s", text, story)
	}
	p.mu.Lock()
	p.ran++
	p.mu.Unlock()
}

// report says what was met, once all scripts have run.
func (p *proposals) report(t *testing.T) {
	p.mu.Lock()
	defer p.mu.Unlock()
	met, kinds := 0, map[string]bool{}
	for text, n := range p.lines {
		met += n
		one, _, _, err := commandIn(text)
		if err != nil {
			t.Error(err)
		}
		kinds[one.Name] = true
	}
	t.Logf("%d commands in hints, %d different ones, of %d targets; %d were run", met, len(p.lines), len(kinds), p.ran)
}

func TestCommandIn(t *testing.T) {
	for text, want := range map[string]string{
		"howdah patch:show limit -ref=abc":                                     "patch:show limit -ref=abc",
		"HOWDAH_CONFIG='my mine/howdah.toml' ./howdah patch:new -change='a b'": "patch:new -change=a b",
		"howdah publish:status shows the hold":                                 "publish:status",
		"howdah version:accept, and commit VERSION":                            "version:accept",
		"howdah publish:status,":                                               "publish:status",
		"howdah patch:show":                                                    "",
		"howdah patch:chek":                                                    "",
		"howdah patch:check -nonsense":                                         "",
		"howdah patch:check limit":                                             "patch:check",
		"howdah patch:check Limit":                                             "",
		"howdah patch:refresh -change=$(x)":                                    "",
	} {
		one, args, given, err := commandIn(text)
		got := strings.Join(append([]string{one.Name}, words(args, given)...), " ")
		if err != nil {
			got = ""
		}
		if got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}
