// Package term prints pages of styled lines and progress to a terminal, a pipe or a CI log, cleaned and with secrets
// masked. It knows nothing about Mastodon.
package term

// Rules of what is printed:
//
//   - stdout is the answer: what a person asked for and a script may read. stderr is the story: stages, warnings,
//   errors.
//   - An answer's first line has the whole result.
//   - Nothing from outside is printed raw: control, bidirectional and invisible characters and workflow commands
//     become visible escapes, secrets become "***".
//   - Lines begin with a small letter and end without a period. An error is "error: file:line: what is wrong", its next
//     step a second line "hint: …".
//   - Colour only on a terminal, never alone: the words say the same. Off with NO_COLOR (not empty), TERM=dumb or a
//   pipe;
//     CLICOLOR_FORCE (neither empty nor 0) turns it on for a pipe; NO_COLOR wins.
//   - Progress is redrawn in place on a terminal only. Elsewhere a stage prints a line when it ends, and before that
//     one each five seconds. With CI set, it prints a line when it starts too.
//   - One answer a run. A file under dist/ is complete or absent.

import (
	"bytes"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/target"
	"golang.org/x/term"
)

// Terminal writes answers to stdout and the story (stages, warnings, errors) to stderr. Several goroutines may call
// its methods.
type Terminal struct {
	mu       sync.Mutex
	out, err io.Writer
	outColor bool
	errColor bool
	outRaw   bool // stdout is neither a terminal nor a CI log: bytes are written as they are
	live     bool // progress is redrawn in place
	ci       bool
	secrets  Secrets
	drawn    int // columns of the progress line on the screen
	handed   int // number of consoles that are handed out
	columns  func() int

	outColumns func() int // returns the width of stdout; nil if it is no terminal

	held bytes.Buffer // said while a console is handed out
}

// Open returns the terminal of a process for its two files and its environment.
func Open(stdout, stderr *os.File, environment []string) *Terminal {
	get := func(name string) string { return environ.Get(environment, name) }
	isTerminal := func(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }
	dumb := get("TERM") == "dumb"
	ci := InCI(environment)
	color := func(tty bool) bool {
		switch force := get("CLICOLOR_FORCE"); {
		case get("NO_COLOR") != "":
			return false
		case force != "" && force != "0":
			return true
		}
		return tty && !dumb
	}
	opened := &Terminal{
		out: stdout, err: stderr,
		outColor: color(isTerminal(stdout)), errColor: color(isTerminal(stderr)),
		outRaw: !isTerminal(stdout) && (!ci || isRegular(stdout)),
		live:   isTerminal(stderr) && !dumb && !ci, ci: ci,
		secrets: SecretsOf(environment),
		columns: func() int { return Columns(stderr) },
	}
	if isTerminal(stdout) {
		opened.outColumns = func() int { return Columns(stdout) }
	}
	return opened
}

// Columns returns the width of a terminal; 80 if f is none.
func Columns(f *os.File) int {
	if w, _, err := term.GetSize(int(f.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}

// Plain returns a terminal without colour or redrawing, for tests and files. With ci, progress is plain lines.
func Plain(out, err io.Writer, ci bool, secrets Secrets) *Terminal {
	return &Terminal{out: out, err: err, ci: ci, secrets: secrets, columns: func() int { return 80 }}
}

func isRegular(f *os.File) bool {
	s, err := f.Stat()
	return err == nil && s.Mode().IsRegular()
}

// InCI reports whether a run is part of a CI job, by the variables CI and GITHUB_ACTIONS.
func InCI(environment []string) bool {
	return isTrue(environ.Get(environment, "CI")) || isTrue(environ.Get(environment, "GITHUB_ACTIONS"))
}

func isTrue(value string) bool {
	return value != "" && value != "0" && !strings.EqualFold(value, "false")
}

// Secrets returns what the terminal masks; files are masked with the same.
func (t *Terminal) Secrets() Secrets { return t.secrets }

// Answer writes a page to stdout.
func (t *Terminal) Answer(p Page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	p = p.masked(t.secrets)
	if t.outColumns != nil {
		p = p.Fit(t.outColumns()) // after masking: half a secret would no longer be masked
	}
	io.WriteString(t.out, t.secrets.Mask(string(p.Bytes(t.outColor))))
}

// Answerf writes one or more lines to stdout; see [Page.Printf].
func (t *Terminal) Answerf(format string, args ...any) {
	var p Page
	p.Printf(format, args...)
	t.Answer(p)
}

// AnswerDiff writes a diff to stdout: as brief makes it, and in colour, for a person, otherwise byte for byte.
func (t *Terminal) AnswerDiff(diff []byte, brief func([]byte) []byte) {
	if !t.outRaw {
		diff = brief(diff)
	}
	if t.outColor && !t.outRaw && len(diff) > 0 {
		t.Answer(Diff(string(diff)))
		return
	}
	t.AnswerBytes(diff)
}

// AnswerBytes writes what another program will read, such as JSON, to stdout: byte for byte into a file or pipe,
// cleaned for a terminal or a CI log.
func (t *Terminal) AnswerBytes(data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	if t.outRaw {
		t.out.Write(data)
		return
	}
	lines := strings.SplitAfter(t.secrets.Mask(string(data)), "\n")
	for i, l := range lines {
		body, ended := strings.CutSuffix(l, "\n")
		cells := strings.Split(body, "\t")
		for j, cell := range cells {
			cells[j] = Clean(cell)
		}
		lines[i] = disarm(strings.Join(cells, "\t"))
		if ended {
			lines[i] += "\n"
		}
	}
	io.WriteString(t.out, t.secrets.Mask(strings.Join(lines, "")))
}

// printLine writes a page to stderr.
func (t *Terminal) printLine(p Page) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.say(p)
}

// Sayf writes one or more lines to stderr; see [Page.Printf].
func (t *Terminal) Sayf(format string, args ...any) {
	var p Page
	p.Printf(format, args...)
	t.printLine(p)
}

// Warnf is Sayf for warnings.
func (t *Terminal) Warnf(format string, args ...any) {
	var p, text Page
	text.Printf(format, args...)
	for i, l := range text.lines {
		if i == 0 {
			l = append(Line{Yellow.Of("warning: ")}, l...)
		}
		p.Add(l...)
	}
	t.printLine(p)
}

// Fail writes an error and its hints to stderr; see [Failure].
func (t *Terminal) Fail(err error, by target.Caller) { t.printLine(Failure(err, by)) }

func (t *Terminal) say(p Page) {
	p = p.masked(t.secrets)
	if t.live {
		p = p.Fit(t.columns())
	}
	data := t.secrets.Mask(string(p.Bytes(t.errColor)))
	if t.handed > 0 {
		t.held.WriteString(data)
		return
	}
	t.erase()
	io.WriteString(t.err, data)
}

// erase removes the progress line from the screen before something else is written.
func (t *Terminal) erase() {
	if t.drawn > 0 {
		io.WriteString(t.err, "\r\x1b[K")
		t.drawn = 0
	}
}

// draw replaces the progress line.
func (t *Terminal) draw(text string) {
	if !t.live || t.handed > 0 {
		return
	}
	text = clip(t.secrets.Mask(Clean(text)), max(t.columns()-1, 20))
	io.WriteString(t.err, "\r"+text+"\x1b[K")
	t.drawn = max(columns(text), 1)
}

// Live reports whether stderr is a terminal, where a person is likely to look.
func (t *Terminal) Live() bool { return t.live }

// Console is a terminal that another program draws on; what it writes is masked.
type Console struct {
	*os.File
	secrets Secrets
}

// Write writes p without secrets.
func (c *Console) Write(p []byte) (int, error) {
	if _, err := c.File.WriteString(c.secrets.Mask(string(p))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Console lends stderr to a program that draws on the terminal itself, such as BuildKit's progress, until back is
// called; messages in between are printed then. ok is false if there is no terminal.
func (t *Terminal) Console() (console *Console, back func(), ok bool) {
	f, isFile := t.err.(*os.File)
	if !t.live || !isFile {
		return nil, func() {}, false
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	t.handed++
	return &Console{f, t.secrets}, sync.OnceFunc(func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.handed--; t.handed == 0 {
			t.held.WriteTo(t.err)
		}
	}), true
}

// Command writes workflow commands to the log, which is stderr: stdout has the answer.
func (t *Terminal) Command(data []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.erase()
	io.WriteString(t.err, t.secrets.Mask(string(data)))
}
