package term

import (
	"slices"
	"strings"
	"time"
)

// watch returns what shows progress until stop is closed.
func (s *Story) watch(stop chan struct{}) func() error {
	return func() error {
		tick := time.NewTicker(drawEach)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				return nil
			case now := <-tick.C:
				s.show(now, stop)
			}
		}
	}
}

func (s *Story) show(now time.Time, stop chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.stop != stop {
		return
	}
	var parts []string
	within := slices.ContainsFunc(s.open, func(g *Stage) bool { return !g.around })
	for _, g := range s.open {
		if g.around && within {
			g.printed = now
			continue
		}
		if !s.t.live && now.Sub(g.printed) >= printEach {
			g.printed = now
			s.t.Sayf("%s", g.line(now))
		}
		parts = append(parts, g.line(now))
	}
	if s.t.live {
		s.t.mu.Lock()
		s.t.draw(strings.Join(parts, " · "))
		s.t.mu.Unlock()
	}
}
