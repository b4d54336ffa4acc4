package history

import (
	"sync/atomic"

	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
)

// Range is what Walk walks over: the commits, and which changes upstream contained at them.
type Range struct {
	Line     mainline.Line
	Landings landed.Landings
	Progress func(format string, args ...any) // how far the walk is; may be nil
}

// progress counts the states that a walk has judged; nil counts nothing.
type progress struct {
	print     func(format string, args ...any) // may be nil
	done, all atomic.Int64
}

func (p *progress) expect(states int) {
	if p != nil {
		p.all.Add(int64(states))
	}
}

func (p *progress) judged() {
	if p == nil {
		return
	}
	if done := p.done.Add(1); p.print != nil {
		p.print("%d of %d states", done, max(done, p.all.Load()))
	}
}
