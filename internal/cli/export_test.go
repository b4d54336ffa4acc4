package cli

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/miniature"
	"github.com/howdah/howdah/internal/target"
)

// Recorded is recorded, for the tests that run the targets from outside.
var Recorded = recorded

// Templates is a folder for what is made once and copied by each test: TestMain makes it and removes it.
var Templates string

var template struct {
	once     sync.Once
	upstream *miniature.Upstream
	err      error
}

// WriteUpstream is miniature.WriteUpstream of the whole history, which it copies.
func WriteUpstream(dir string) (*miniature.Upstream, error) {
	template.once.Do(func() {
		template.upstream, template.err = miniature.WriteUpstream(context.Background(),
			filepath.Join(Templates, "mastodon.git"), "")
	})
	if template.err != nil {
		return nil, template.err
	}
	up := *template.upstream
	up.Dir = dir
	return &up, os.CopyFS(dir, os.DirFS(template.upstream.Dir))
}

// Typed is a command line as a script types it, with all that the program would have of its process.
type Typed struct {
	Program        string // as it was typed
	Words          []string
	Environ        []string
	Dir            string
	Stdout, Stderr io.Writer
}

// Inside runs a command line inside the test, as the compiled program would, and returns its exit code. ok is false for
// one that needs the program: it has a mistake that mage itself finds, or names another thing than one target.
func (c Typed) Inside(ctx context.Context) (code int, ok bool) {
	one, args, given, ok := c.parse()
	if !ok {
		return 0, false
	}
	return c.process().Run(ctx, one, args, given), true
}

// RunAsProgram runs a command line as this process's only work, as the compiled program would; ok is as for Inside.
func RunAsProgram(ctx context.Context, words []string) (code int, ok bool) {
	one, args, given, ok := Typed{Words: words}.parse()
	if !ok {
		return 0, false
	}
	return Main(ctx, one, false, args, given), true
}

// Readable reports whether a command line has no mistake that mage itself finds, and names one target.
func (c Typed) Readable() bool {
	_, _, _, ok := c.parse()
	return ok
}

func (c Typed) process() Process {
	p := called(c.Program, c.Environ, c.Dir, false)
	p.stdout, p.stderr, p.now = c.Stdout, c.Stderr, time.Now()
	return p
}

// parse takes only what mage takes: the positional arguments, then options as -name=value, or -name of a switch.
func (c Typed) parse() (one target.Target, args []string, given []target.Given, ok bool) {
	if len(c.Words) == 0 {
		return one, nil, nil, false
	}
	at := slices.IndexFunc(target.All(), func(t target.Target) bool { return t.Name == c.Words[0] })
	if at < 0 {
		return one, nil, nil, false
	}
	one = target.All()[at]
	rest := c.Words[1:]
	if len(rest) < len(one.Args) {
		return one, nil, nil, false
	}
	args, rest = rest[:len(one.Args)], rest[len(one.Args):]
	for _, word := range rest {
		name, value, valued := strings.Cut(strings.TrimPrefix(word, "-"), "=")
		known := slices.IndexFunc(one.Options, func(o target.Option) bool { return o.Name == name })
		if !strings.HasPrefix(word, "-") || known < 0 || one.Options[known].Switch() == valued {
			return one, nil, nil, false
		}
		if !valued {
			value = "true"
		}
		given = append(given, target.Given{Name: name, Value: &value})
	}
	slices.SortStableFunc(given, func(a, b target.Given) int { return index(one, a) - index(one, b) })
	return one, args, given, true
}

// index is where an option stands in its target's list: the magefiles give them in that order.
func index(one target.Target, given target.Given) int {
	return slices.IndexFunc(one.Options, func(o target.Option) bool { return o.Name == given.Name })
}
