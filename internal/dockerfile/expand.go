package dockerfile

import (
	"strings"

	lex "github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/howdah/howdah/internal/placeholder"
	"github.com/howdah/howdah/internal/shell"
)

// platformArgs are the arguments that BuildKit sets itself before the first FROM, each by the machine.
var platformArgs = strings.Fields("BUILDPLATFORM BUILDOS BUILDARCH BUILDOSVERSION BUILDVARIANT TARGETPLATFORM " +
	"TARGETOS TARGETARCH TARGETOSVERSION TARGETVARIANT TARGETSTAGE")

// expandArgs puts the arguments before the first FROM into a name, or into another of them, and takes its quotes off.
func (d *docker) expandArgs(s string) string {
	var env []string
	for _, k := range platformArgs {
		env = append(env, k+"="+placeholder.For(k))
	}
	for k, v := range d.args {
		env = append(env, k+"="+v)
	}
	out, _, err := lex.NewLex(d.escape).ProcessWord(s, lex.EnvsFromSlice(env))
	if err != nil {
		return s
	}
	return out
}

// expander puts the stage's variables into a word.
func (d *docker) expander(word string) (string, error) { return d.expand(lex.NewLex(d.escape), word) }

// contentExpander puts them into a here-document, whose quotes are its own.
func (d *docker) contentExpander(text string) (string, error) {
	l := lex.NewLex('\\') // of whatever escape the Dockerfile has, as BuildKit does it
	l.SkipProcessQuotes = true
	return d.expand(l, text)
}

// expand puts the stage's variables into a text; one that is not known becomes a placeholder.
func (d *docker) expand(l *lex.Lex, word string) (string, error) {
	var env []string
	for k, v := range d.m.Vars {
		if v.Set {
			env = append(env, k+"="+v.Str)
		}
	}
	for k := range d.m.Doubts {
		env = append(env, k+"="+placeholder.For(k))
	}
	longest := 0
	for _, kv := range env {
		longest = max(longest, len(kv))
		*d.m.Steps += len(kv) / shell.ValueStep
	}
	if *d.m.Steps += strings.Count(word, "$") * longest / shell.ValueStep; *d.m.Steps > shell.MaxSteps {
		return "", nil // broken says so
	}
	out, _, err := l.ProcessWord(word, lex.EnvsFromSlice(env))
	return out, err
}
