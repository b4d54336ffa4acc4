// Package github is all that is GitHub's: owner/repo#N, the state of a pull request, the files and annotations of an
// Actions step, and the one issue that stays open while something fails.
package github

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/term"
)

// Actions is the files and the folder that GitHub Actions gives a step. The zero value is a run elsewhere, where
// nothing is written.
type Actions struct {
	summary   string // GITHUB_STEP_SUMMARY
	output    string // GITHUB_OUTPUT
	workspace string // GITHUB_WORKSPACE; annotations name files from there
	dir       string // what relative paths begin at; "" leaves them as they are
	commands  bool   // GITHUB_ACTIONS: the log takes workflow commands
	secrets   term.Secrets
}

// ActionsOf reads what GitHub Actions sets; what it is given to write is masked.
func ActionsOf(environment []string, secrets term.Secrets) Actions {
	get := func(name string) string { return environ.Get(environment, name) }
	return Actions{
		summary: get("GITHUB_STEP_SUMMARY"), output: get("GITHUB_OUTPUT"), workspace: get("GITHUB_WORKSPACE"),
		commands: get("GITHUB_ACTIONS") == "true", secrets: secrets,
	}
}

// In is the step with the folder at which the paths of its annotations begin, absolute.
func (g Actions) In(dir string) Actions {
	g.dir = dir
	return g
}

// SummaryLimit is what GitHub takes of a step's summary; a longer one is dropped whole.
const SummaryLimit = 1 << 20

// Summary appends a text to the step's summary. It is asked for with the room that is left.
func (g Actions) Summary(text func(limit int) []byte) error {
	if g.summary == "" {
		return nil
	}
	room := SummaryLimit
	if s, err := os.Stat(g.summary); err == nil {
		room -= int(min(s.Size(), SummaryLimit))
	}
	data := g.secrets.Mask(string(text(room - 2)))
	if len(data)+2 > room {
		return nil
	}
	return appendTo(g.summary, data+"\n")
}

// Output is one of a step's outputs.
type Output struct{ Name, Value string }

// Outputs sets the step's outputs. Each value stands between two lines that nobody can guess, so none can set another.
func (g Actions) Outputs(outputs ...Output) error {
	if g.output == "" {
		return nil
	}
	var b strings.Builder
	for _, o := range outputs {
		b.WriteString(heredoc(Output{g.secrets.Mask(o.Name), g.secrets.Mask(o.Value)}, "howdah_"+rand.Text()))
	}
	return appendTo(g.output, b.String())
}

func heredoc(o Output, mark string) string {
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", outputName(o.Name), mark,
		term.CleanLines(term.ClipWords(o.Value, term.MaxString)), mark)
}

// outputName keeps what an output's name may hold.
func outputName(name string) string {
	return strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '_' || r == '-' {
			return r
		}
		return '_'
	}, name)
}

func appendTo(path, text string) error {
	f, err := os.OpenFile(path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return fault.New(fault.Other, "writing for GitHub: %w", err)
	}
	if _, err := f.WriteString(text); err != nil {
		f.Close()
		return fault.New(fault.Other, "writing for GitHub: %w", err)
	}
	return f.Close()
}

// Annotation is a remark on a line of a file.
type Annotation struct {
	Level   Level
	File    string // "" for none
	Line    int    // one-based; 0 is the file as a whole
	Title   string
	Message string
}

// Level is how grave an annotation is.
type Level string

// The levels, gravest first.
const (
	LevelError   Level = "error"
	LevelWarning Level = "warning"
	LevelNotice  Level = "notice"
)

// perLevel is how many annotations of a level GitHub shows of one step.
const perLevel = 10

// Annotate writes annotations, the most important first, to the log of a step.
func (g Actions) Annotate(t *term.Terminal, all []Annotation) {
	if !g.commands || len(all) == 0 {
		return
	}
	var shown []Annotation
	for _, a := range all {
		a.File = g.secrets.Mask(g.inWorkspace(a.File))
		a.Title, a.Message = g.secrets.Mask(a.Title), g.secrets.Mask(a.Message)
		shown = append(shown, a)
	}
	t.Command(Annotations(shown))
}

// inWorkspace is a path as GitHub knows it, from the workspace; one outside stays as it is.
func (g Actions) inWorkspace(file string) string {
	if file == "" || g.workspace == "" {
		return file
	}
	abs := file
	if !filepath.IsAbs(abs) && g.dir != "" {
		abs = filepath.Join(g.dir, file)
	}
	if rel, err := filepath.Rel(g.workspace, abs); err == nil && !strings.HasPrefix(rel, "..") {
		return filepath.ToSlash(rel)
	}
	return file
}

// Annotations are workflow commands for as many remarks as GitHub shows: of each level the first nine, and one for the
// rest if there are more than ten.
func Annotations(all []Annotation) []byte {
	var b strings.Builder
	for _, level := range []Level{LevelError, LevelWarning, LevelNotice} {
		of := slices.DeleteFunc(slices.Clone(all), func(a Annotation) bool { return a.Level != level })
		if rest := len(of) - perLevel + 1; rest > 1 {
			of = append(of[:perLevel-1:perLevel-1], Annotation{Level: level, Title: fmt.Sprintf("%d more", rest),
				Message: "see the summary of this run"})
		}
		for _, a := range of {
			b.WriteString(a.command())
		}
	}
	return []byte(b.String())
}

func (a Annotation) command() string {
	var properties []string
	if a.File != "" {
		properties = append(properties, "file="+property(a.File))
		if a.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.Line))
		}
	}
	if a.Title != "" {
		properties = append(properties, "title="+property(term.Clip(term.Clean(a.Title), 200)))
	}
	head := "::" + string(a.Level)
	if len(properties) > 0 {
		head += " " + strings.Join(properties, ",")
	}
	return head + "::" + message(a.Message) + "\n"
}

// The escapes of a workflow command, as actions/toolkit makes them.
var (
	messageEscapes  = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertyEscapes = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func message(text string) string {
	return messageEscapes.Replace(term.Clip(term.CleanLines(term.ClipWords(text, term.MaxString)), 4000))
}

func property(text string) string { return propertyEscapes.Replace(term.Clean(term.Message(text))) }
