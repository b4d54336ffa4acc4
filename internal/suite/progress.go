package suite

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/goroutine"
)

// silence is how long nothing is printed before a line says what is running.
const silence = 4 * time.Second

// progress passes lines on, and says what is running where none came for a while.
type progress struct {
	w      io.Writer
	status func() string // "" says nothing
	stop   chan struct{}
	done   goroutine.All

	mu   sync.Mutex
	last time.Time
}

// newProgress begins to watch. status may be called at any time until Close returns.
func newProgress(w io.Writer, status func() string) *progress {
	p := &progress{w: w, status: status, stop: make(chan struct{}), last: time.Now()}
	p.done.Go(p.watch)
	return p
}

// Write passes on what is printed.
func (p *progress) Write(data []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = time.Now()
	return p.w.Write(data)
}

func (p *progress) watch() {
	ticks := time.NewTicker(silence / 8)
	defer ticks.Stop()
	for {
		select {
		case <-p.stop:
			return
		case now := <-ticks.C:
			p.mu.Lock()
			if now.Sub(p.last) >= silence {
				if status := p.status(); status != "" {
					fmt.Fprintf(p.w, "      %s\n", status)
				}
				p.last = now
			}
			p.mu.Unlock()
		}
	}
}

// Close ends the watch.
func (p *progress) Close() {
	close(p.stop)
	p.done.Wait()
}
