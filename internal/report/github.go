package report

import (
	"crypto/rand"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

// GitHub is the files and the folder that GitHub Actions gives a step. The zero value is a run elsewhere, where nothing
// is written.
type GitHub struct {
	summary   string // GITHUB_STEP_SUMMARY
	output    string // GITHUB_OUTPUT
	workspace string // GITHUB_WORKSPACE; annotations name files from there
	commands  bool   // GITHUB_ACTIONS: the log takes workflow commands
	secrets   Secrets
}

// GitHubOf reads what GitHub Actions sets; what it is given to write is masked.
func GitHubOf(environ []string, secrets Secrets) GitHub {
	get := lookup(environ)
	return GitHub{get("GITHUB_STEP_SUMMARY"), get("GITHUB_OUTPUT"), get("GITHUB_WORKSPACE"), get("GITHUB_ACTIONS") == "true", secrets}
}

// summaryLimit is what GitHub takes of a step's summary; a longer one is dropped whole.
const summaryLimit = 1 << 20

// Summary appends a text to the step's summary. It is asked for with the room that is left.
func (g GitHub) Summary(text func(limit int) []byte) error {
	if g.summary == "" {
		return nil
	}
	room := summaryLimit
	if s, err := os.Stat(g.summary); err == nil {
		room -= int(min(s.Size(), summaryLimit))
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
func (g GitHub) Outputs(outputs ...Output) error {
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
	return fmt.Sprintf("%s<<%s\n%s\n%s\n", outputName(o.Name), mark, CleanLines(clipWords(o.Value, maxString)), mark)
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
	Place   Place
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
func (g GitHub) Annotate(t *Terminal, all []Annotation) {
	if !g.commands || len(all) == 0 {
		return
	}
	var shown []Annotation
	for _, a := range all {
		a.Place.File = g.secrets.Mask(g.inWorkspace(a.Place.File))
		a.Title, a.Message = g.secrets.Mask(a.Title), g.secrets.Mask(a.Message)
		shown = append(shown, a)
	}
	t.command(Annotations(shown))
}

// inWorkspace is a path as GitHub knows it, from the workspace; one outside stays as it is.
func (g GitHub) inWorkspace(file string) string {
	if file == "" || g.workspace == "" {
		return file
	}
	abs, err := filepath.Abs(file)
	if err != nil {
		return file
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
			of = append(of[:perLevel-1:perLevel-1], Annotation{Level: level, Title: fmt.Sprintf("%d more", rest), Message: "see the summary of this run"})
		}
		for _, a := range of {
			b.WriteString(a.command())
		}
	}
	return []byte(b.String())
}

func (a Annotation) command() string {
	var properties []string
	if a.Place.File != "" {
		properties = append(properties, "file="+property(a.Place.File))
		if a.Place.Line > 0 {
			properties = append(properties, fmt.Sprintf("line=%d", a.Place.Line))
		}
	}
	if a.Title != "" {
		properties = append(properties, "title="+property(Clip(Clean(a.Title), 200)))
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
	return messageEscapes.Replace(Clip(CleanLines(clipWords(text, maxString)), 4000))
}

func property(text string) string { return propertyEscapes.Replace(Clean(Message(text))) }

// Annotations are the check's remarks on the lines of series.toml, the most important first.
func (c Check) Annotations(by target.Caller) []Annotation {
	var all []Annotation
	if c.Error != "" {
		next := hint(c.Hint)
		for l := range strings.SplitSeq(c.Error, "\n") {
			file, n, text := cutPlace(l)
			all = append(all, Annotation{LevelError, Place{File: file, Line: n}, "series", strings.Join(nonEmpty([]string{text, next}), "\n")})
			next = ""
		}
	}
	rank := func(ch Change) int {
		switch {
		case ch.Verdict == "refused":
			return 0
		case ch.Verdict == "blocked": // what blocks it comes first
			return 2
		}
		return 1
	}
	changes := slices.Clone(c.Changes)
	slices.SortStableFunc(changes, func(a, b Change) int { return rank(a) - rank(b) })
	for _, ch := range changes {
		a := Annotation{Title: ch.Name + ": " + ch.word()}
		switch {
		case ch.needsYou():
			a.Level = LevelError
		case ch.troubled(), ch.Verdict == "partly", fails(ch.Would), len(ch.remarks()) > 0:
			a.Level = LevelWarning
		case ch.asks():
			a.Level = LevelNotice
		default:
			continue
		}
		if c.OK && c.Exit != 0 && ch.strictly() {
			a.Level = LevelError // -strict
		}
		if ch.Source != nil {
			a.Place = Place{File: ch.Source.File, Line: ch.Source.Line}
		}
		lines := []string{ch.Message}
		if ch.troubled() && ch.Message == "" {
			lines = nil
		}
		if !ch.troubled() {
			lines = []string{ch.detail()}
		}
		if ch.Drift != nil {
			lines = append(lines, ch.Drift.Message)
		}
		if ch.By != nil && fails(ch.Verdict) {
			lines = append(lines, "by "+ch.By.about()+" "+Subject(ch.By.Subject))
		}
		lines = append(lines, "next: "+ch.next(c.Upstream.Commit, by))
		a.Message = strings.Join(nonEmpty(lines), "\n")
		all = append(all, a)
	}
	return all
}

// cutPlace takes "file:line: " off an error.
func cutPlace(text string) (file string, line int, rest string) {
	before, after, ok := strings.Cut(text, ": ")
	name, number, numbered := strings.Cut(before, ":")
	if !ok || !numbered {
		return "", 0, text
	}
	if _, err := fmt.Sscanf(number, "%d", &line); err != nil || strings.ContainsAny(name, " \t") {
		return "", 0, text
	}
	return name, line, after
}

// FailureAnnotations are an error's remarks: each joined one on its own line of its file.
func FailureAnnotations(err error, by target.Caller) []Annotation {
	var all []Annotation
	for _, e := range split(err) {
		a := Annotation{Level: LevelError, Title: "howdah", Message: e.Error()}
		if f, ok := e.(*fault.Error); ok && f.Line > 0 {
			a.Place, a.Message = Place{File: f.File, Line: f.Line}, f.Err.Error()
		}
		a.Message = strings.Join(nonEmpty([]string{a.Message, hint(by.Hint(fault.HintOf(e)))}), "\n")
		all = append(all, a)
	}
	return all
}
