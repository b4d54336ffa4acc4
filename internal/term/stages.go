package term

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
)

// Story prints a run's stages while they happen, and records how long each took.
type Story struct {
	t     *Terminal
	mu    sync.Mutex
	open  []*Stage
	ended []StageSeconds
	stop  chan struct{} // ends the goroutine that draws; nil while no stage is open

	drawing <-chan error // of that goroutine
}

// NewStory returns a story that a terminal prints.
func NewStory(t *Terminal) *Story { return &Story{t: t} }

// StageSeconds is how long a stage took.
type StageSeconds struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Result  string  `json:"result,omitempty"`
}

// Stage is one step of a run, from Story.Stage to End or Fail.
type Stage struct {
	story   *Story
	name    string
	begin   time.Time
	now     string    // progress; "" if unknown
	printed time.Time // when its progress was last printed
	around  bool      // see Around
	over    bool
}

// Intervals of redrawing progress on a terminal, and of printing it to a log or pipe.
const (
	drawEach  = 100 * time.Millisecond
	printEach = 5 * time.Second
)

// Stage starts a stage; name is a gerund: "fetching upstream".
func (s *Story) Stage(name string) *Stage { return s.stage(&Stage{name: name}) }

// Around starts a stage within which others run. Its progress is shown only while none of those is open.
func (s *Story) Around(name string) *Stage { return s.stage(&Stage{name: name, around: true}) }

func (s *Story) stage(g *Stage) *Stage {
	s.mu.Lock()
	defer s.mu.Unlock()
	g.story, g.name, g.begin = s, Clean(g.name), time.Now()
	g.printed = g.begin
	s.open = append(s.open, g)
	if s.t.ci {
		s.t.Sayf("%s", g.name)
	}
	if s.stop == nil {
		s.stop = make(chan struct{})
		s.drawing = goroutine.Start(s.watch(s.stop))
	}
	return g
}

// line returns the line of an open stage.
func (g *Stage) line(now time.Time) string {
	if g.now == "" {
		return fmt.Sprintf("%s (%s)", g.name, Took(now.Sub(g.begin)))
	}
	return fmt.Sprintf("%s: %s (%s)", g.name, g.now, Took(now.Sub(g.begin)))
}

// Progress sets how far the stage is: "12 of 80 MB", "linux/arm64, step 4 of 31". It may be called as often as
// wanted.
func (g *Stage) Progress(format string, args ...any) {
	g.story.mu.Lock()
	defer g.story.mu.Unlock()
	g.now = Clean(fmt.Sprintf(format, args...))
}

// Bytes is Progress with two sizes; total is 0 if unknown.
func (g *Stage) Bytes(done, total int64) {
	if total > 0 {
		g.Progress("%s of %s", Size(done), Size(total))
	} else {
		g.Progress("%s", Size(done))
	}
}

// Say prints a line that stays on the screen.
func (g *Stage) Say(format string, args ...any) { g.story.t.Sayf(format, args...) }

// Warn prints a warning that stays on the screen.
func (g *Stage) Warn(format string, args ...any) { g.story.t.Warnf(format, args...) }

// End closes the stage with its result: "main c6facd27e". Only the first call of End or Fail counts, so a function
// may start with `defer stage.Fail(…)`.
func (g *Stage) End(format string, args ...any) {
	result := Clean(fmt.Sprintf(format, args...))
	g.close(result, func(took string) Line {
		if result == "" {
			return Line{Textf("%s", g.name), Dim.Of(" (%s)", took)}
		}
		return Line{Textf("%s: %s", g.name, result), Dim.Of(" (%s)", took)}
	})
}

// Fail closes the stage as failed. The error itself is printed once, at the end of the run.
func (g *Stage) Fail() {
	g.close("failed", func(took string) Line {
		return Line{Textf("%s: ", g.name), Red.Of("failed"), Dim.Of(" (%s)", took)}
	})
}

// FailOn closes the stage as failed if *err is set: `defer stage.FailOn(&err)`. It does nothing if the stage has
// ended.
func (g *Stage) FailOn(err *error) {
	if *err != nil {
		g.Fail()
	}
}

// Write takes another program's progress, and shows its last line. A step that git calls done is over, so it is shown
// no longer.
func (g *Stage) Write(data []byte) (int, error) {
	line := strings.TrimSpace(string(data))
	if i := strings.LastIndexAny(line, "\r\n"); i >= 0 {
		line = line[i+1:]
	}
	switch {
	case strings.HasSuffix(line, ", done."):
		g.Progress("")
	case line != "":
		g.Progress("%s", line)
	}
	return len(data), nil
}

// Write takes another program's progress for the stage that started last: a fetch does not know its stage.
func (s *Story) Write(data []byte) (int, error) {
	s.mu.Lock()
	var newest *Stage
	if n := len(s.open); n > 0 {
		newest = s.open[n-1]
	}
	s.mu.Unlock()
	if newest == nil {
		return len(data), nil
	}
	return newest.Write(data)
}

// Close calls End without a result if err is nil, otherwise Fail.
func (g *Stage) Close(err error) {
	if err != nil {
		g.Fail()
		return
	}
	g.End("")
}

func (g *Stage) close(result string, render func(took string) Line) {
	if drawing := g.shut(result, render); drawing != nil {
		if err := <-drawing; err != nil {
			panic(err)
		}
	}
}

// shut ends a stage. After the last one it returns when the goroutine that draws has ended.
func (g *Stage) shut(result string, render func(took string) Line) (drawing <-chan error) {
	s := g.story
	s.mu.Lock()
	defer s.mu.Unlock()
	if g.over {
		return nil
	}
	g.over = true
	took := time.Since(g.begin)
	s.ended = append(s.ended, StageSeconds{Name: g.name, Seconds: took.Round(time.Millisecond).Seconds(), Result: result})
	for i, other := range s.open {
		if other == g {
			s.open = append(s.open[:i:i], s.open[i+1:]...)
			break
		}
	}
	if len(s.open) == 0 && s.stop != nil {
		close(s.stop)
		s.stop, drawing = nil, s.drawing
	}
	var p Page
	p.Add(render(Took(took))...)
	s.t.printLine(p)
	return drawing
}

// Stages returns the ended stages, in the order in which they ended.
func (s *Story) Stages() []StageSeconds {
	s.mu.Lock()
	defer s.mu.Unlock()
	return append([]StageSeconds(nil), s.ended...)
}

// Writer returns a writer for another program's output. It prints the lines on stderr, cleaned; Close prints an
// unfinished last line.
func (s *Story) Writer() io.WriteCloser { return &lineWriter{t: s.t} }

type lineWriter struct {
	t    *Terminal
	mu   sync.Mutex
	rest []byte
}

// longest is where a line of another program is broken in two, in bytes, so that a line without an end does not fill
// the memory.
const longest = 8 << 10

func (w *lineWriter) Write(data []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.rest = append(w.rest, data...)
	var p Page
	for {
		i, next := bytes.IndexByte(w.rest, '\n'), 1
		if len(w.rest) > longest && (i < 0 || i > longest) {
			i, next = longest, 0
		}
		if i < 0 {
			break
		}
		p.Add(Textf("%s", visible(w.rest[:i])))
		w.rest = w.rest[i+next:]
	}
	if !p.Empty() {
		w.t.printLine(p)
	}
	return len(data), nil
}

// visible returns the final state of a progress bar that redraws itself, without its colours.
func visible(data []byte) string {
	data = bytes.TrimRight(data, "\r")
	if i := bytes.LastIndexByte(data, '\r'); i >= 0 {
		data = data[i+1:]
	}
	return string(sgr.ReplaceAll(data, nil))
}

func (w *lineWriter) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rest) > 0 {
		w.t.Sayf("%s", visible(w.rest))
		w.rest = nil
	}
	return nil
}
