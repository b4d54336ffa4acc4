package release

import "slices"

// simpler gives scenarios with one thing less each.
func (sc scenario) simpler() []scenario {
	var out []scenario
	with := func(change func(*scenario)) {
		less := sc
		less.steps, less.registries = slices.Clone(sc.steps), slices.Clone(sc.registries)
		change(&less)
		out = append(out, less)
	}
	for i := len(sc.steps) - 1; i > 0; i-- {
		with(func(l *scenario) { l.steps = slices.Delete(l.steps, i, i+1) })
	}
	if n := len(sc.registries); n > 1 {
		with(func(l *scenario) {
			l.registries = l.registries[:n-1]
			l.required = min(l.required, n-1)
			for i := range l.steps {
				if l.steps[i].down == n {
					l.steps[i].down = 0
				}
			}
		})
	}
	for i, reg := range sc.registries {
		for j := range reg.quirks {
			with(func(l *scenario) { l.registries[i].quirks = slices.Delete(slices.Clone(reg.quirks), j, j+1) })
		}
	}
	for i, step := range sc.steps {
		for _, change := range step.simpler() {
			with(func(l *scenario) { l.steps[i] = change })
		}
	}
	for i, c := range sc.clocks {
		if c != 0 {
			with(func(l *scenario) { l.clocks = slices.Clone(l.clocks); l.clocks[i] = 0 })
		}
	}
	return out
}

// simpler gives the step with one thing less each.
func (s drawnStep) simpler() []drawnStep {
	var out []drawnStep
	with := func(has bool, change func(*drawnStep)) {
		if has {
			less := s
			change(&less)
			out = append(out, less)
		}
	}
	with(s.also != nil, func(l *drawnStep) { l.also = nil })
	with(s.chance > 0, func(l *drawnStep) { l.chance, l.kinds = 0, nil })
	with(s.cut > 0, func(l *drawnStep) { l.cut = 0 })
	with(s.down > 0, func(l *drawnStep) { l.down = 0 })
	with(s.collect, func(l *drawnStep) { l.collect = false })
	with(s.lose, func(l *drawnStep) { l.lose = false })
	with(s.repeat, func(l *drawnStep) { l.repeat = false })
	with(s.command.accept, func(l *drawnStep) { l.command.accept = false })
	with(s.command.variant, func(l *drawnStep) { l.command.variant = false })
	for i := range s.kinds {
		with(len(s.kinds) > 1, func(l *drawnStep) { l.kinds = slices.Delete(slices.Clone(s.kinds), i, i+1) })
	}
	return out
}
