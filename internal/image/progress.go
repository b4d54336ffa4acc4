package image

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/util/progress/progressui"
	"github.com/opencontainers/go-digest"
)

// Progress is where a build's progress is shown: on a Console as BuildKit draws it, or else as plain lines on Out, or
// else nowhere.
type Progress struct {
	Console console
	Out     io.Writer
}

// console is a terminal, as an *os.File is one.
type console interface {
	io.ReadWriteCloser
	Fd() uintptr
	Name() string
}

// Step is one step of a build.
type Step struct {
	Name   string
	Took   time.Duration
	Cached bool
}

// screen shows the progress of all builds that run at once.
type screen struct {
	show  chan *client.SolveStatus
	shown goroutine.All
	stop  context.CancelFunc // of the display, and of the goroutines that feed it
	done  <-chan struct{}
	left  atomic.Bool // a build was left before its end: its status may still arrive
}

func newScreen(p Progress) *screen {
	ctx, stop := context.WithCancel(context.Background()) // shown to the end even after the build is cancelled
	s := &screen{show: make(chan *client.SolveStatus), stop: stop, done: ctx.Done()}
	s.shown.Go(func() {
		defer stop()
		if d, err := p.display(); err == nil {
			_, _ = d.UpdateFrom(ctx, s.show)
		}
	})
	return s
}

// end waits until everything is shown. No build may be running, except ones that were left.
func (s *screen) end() {
	if s.left.Load() {
		s.stop()
	} else {
		close(s.show)
	}
	s.shown.Wait()
}

// watch puts the progress of an image's platforms on a screen, and keeps what a report needs.
type watch struct {
	screen *screen

	mu    sync.Mutex
	order []digest.Digest
	steps map[digest.Digest]*client.Vertex
	logs  map[digest.Digest]*tail
	warns []string
	count func(done, of int) // may be nil
}

func newWatch(s *screen) *watch {
	return &watch{screen: s, steps: map[digest.Digest]*client.Vertex{}, logs: map[digest.Digest]*tail{}}
}

func (p Progress) display() (progressui.Display, error) {
	switch {
	case p.Console != nil:
		return progressui.NewDisplay(p.Console, progressui.AutoMode)
	case p.Out != nil:
		return progressui.NewDisplay(p.Out, progressui.PlainMode)
	}
	return progressui.NewDisplay(io.Discard, progressui.QuietMode)
}

// follow handles one build's status until the channel is closed, and then sends to the returned channel. It puts a
// label before the name of each step, and masks the steps' output.
func (w *watch) follow(ctx context.Context, label string, status <-chan *client.SolveStatus) <-chan error {
	masked := newMaskedLogs(ctx)
	show := func(s *client.SolveStatus) {
		w.note(label, s)
		select {
		case w.screen.show <- s:
		case <-w.screen.done: // a display that gave up must not block the build
		}
	}
	return goroutine.Start(func() error {
		for s := range status {
			masked.apply(s)
			show(s)
		}
		if rest := masked.end(); len(rest) > 0 {
			show(&client.SolveStatus{Logs: rest})
		}
		return nil
	})
}

// note keeps what a status says, and prepares it for display: a label before each step's name, and no error if a
// cache does not exist yet.
func (w *watch) note(label string, s *client.SolveStatus) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, v := range s.Vertexes {
		if label != "" && !strings.HasPrefix(v.Name, "[") {
			v.Name = fmt.Sprintf("[%s] %s", label, v.Name)
		} else if label != "" {
			v.Name = "[" + label + " " + v.Name[1:]
		}
		if noCacheYet(v) {
			v.Error = ""
		}
		if w.steps[v.Digest] == nil {
			w.order = append(w.order, v.Digest)
		}
		if was := w.steps[v.Digest]; was != nil && was.Cached && !v.Cached {
			kept := *v
			kept.Cached = true // later statuses are about fetching its layer
			v = &kept
		}
		w.steps[v.Digest] = v
	}
	w.report()
	for _, l := range s.Logs {
		if w.logs[l.Vertex] == nil {
			w.logs[l.Vertex] = &tail{}
		}
		w.logs[l.Vertex].write(l.Data)
	}
	for _, warning := range s.Warnings {
		text := string(warning.Short)
		if len(warning.Range) > 0 && warning.SourceInfo != nil {
			text = fmt.Sprintf("%s:%d: %s", warning.SourceInfo.Filename, warning.Range[0].Start.Line, text)
		}
		w.warns = append(w.warns, text)
	}
}

// report counts the steps that are done; w.mu is held.
func (w *watch) report() {
	if w.count == nil {
		return
	}
	done := 0
	for _, v := range w.steps {
		if v.Completed != nil || v.Cached {
			done++
		}
	}
	w.count(done, len(w.steps))
}

// warn adds a warning.
func (w *watch) warn(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.warns = append(w.warns, text)
}

// seen returns the steps in the order in which they started, and the warnings.
func (w *watch) seen() ([]Step, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	var steps []Step
	slices.SortStableFunc(w.order, func(a, b digest.Digest) int { return began(w.steps[a]).Compare(began(w.steps[b])) })
	for _, d := range w.order {
		v := w.steps[d]
		s := Step{Name: v.Name, Cached: v.Cached}
		if v.Started != nil && v.Completed != nil {
			s.Took = v.Completed.Sub(*v.Started)
		}
		steps = append(steps, s)
	}
	return steps, w.warns
}

// began returns when a step started; a step that never did sorts last.
func began(v *client.Vertex) time.Time {
	if v.Started == nil {
		return time.Unix(1<<60, 0)
	}
	return *v.Started
}

// failed returns the step that failed, and the last lines of its output.
func (w *watch) failed() (*client.Vertex, []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.order {
		v := w.steps[d]
		if v.Error == "" || ofCache(v.Name) || strings.HasSuffix(v.Error, context.Canceled.Error()) {
			continue
		}
		if log := w.logs[d]; log != nil {
			return v, log.lines()
		}
		return v, nil
	}
	return nil, nil
}

// tail keeps the end of a step's output.
type tail struct{ kept []byte }

const tailBytes, tailLines = 16 << 10, 20

func (t *tail) write(data []byte) {
	t.kept = append(t.kept, data...)
	if over := len(t.kept) - tailBytes; over > 0 {
		t.kept = append(t.kept[:0], t.kept[over:]...)
		if at := bytes.IndexByte(t.kept, '\n'); at >= 0 { // half a secret could not be recognised
			t.kept = append(t.kept[:0], t.kept[at+1:]...)
		}
	}
}

func (t *tail) lines() []string {
	lines := strings.Split(strings.TrimRight(string(t.kept), "\n"), "\n")
	return lines[max(0, len(lines)-tailLines):]
}
