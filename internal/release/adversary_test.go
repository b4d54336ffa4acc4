package release

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	rt "github.com/howdah/howdah/internal/registrytest"
)

var (
	seeds    = flag.Int("seeds", 200, "how many scenarios TestAdversary tries")
	fromSeed = flag.Uint64("from", 1, "the first seed of TestAdversary; with -seeds=1 it is the only one")
	shrinks  = flag.Int("shrink", 60,
		"how often a failing scenario is tried again with less in it, once a kind of problem")
)

// scenario is what a seed draws: registries with quirks, releasers with clocks, and what they do in what weather.
type scenario struct {
	seed       uint64
	registries []drawnRegistry
	required   int // the first so many registries; 0 is all
	clocks     []time.Duration
	steps      []drawnStep
}

type drawnRegistry struct {
	quirks []string
	lag    time.Duration
}

// drawnStep is one command of one releaser, or of two at once.
type drawnStep struct {
	who     int
	command drawnCommand
	also    *drawnCommand // of the other releaser, at the same time
	chance  float64       // of a fault, for each request
	kinds   []string
	down    int  // one more than the registry that is down for this step; 0 is none
	cut     int  // the request at which the process is killed; 0 is none
	effect  bool // the request that it is killed at takes effect
	collect bool // the registries collect garbage before the step
	lose    bool // a registry loses a blob of the newest release before the step
	repeat  bool // the same command follows in good weather
}

// drawnCommand is what a person types.
type drawnCommand struct {
	verb      string
	candidate int  // of release
	accept    bool // release: lets the gate hold pass
	variant   bool // release: other bytes of the same inputs than the other releaser's
	to        int  // promote, rollback: the release before the newest that is named; 0 names none
}

func (c drawnCommand) String() string {
	switch c.verb {
	case "release":
		return fmt.Sprintf("release of candidate %d (bytes of variant %t, accepts a hold %t)", c.candidate, c.variant,
			c.accept)
	case "promote", "rollback":
		return fmt.Sprintf("%s (-%d)", c.verb, c.to)
	}
	return c.verb
}

func (s drawnStep) String() string {
	out := fmt.Sprintf("releaser %d: %s", s.who, s.command)
	if s.also != nil {
		out += fmt.Sprintf(", while the other does: %s", s.also)
	}
	if s.chance > 0 {
		out += fmt.Sprintf("; faults %q, chance %.2f", s.kinds, s.chance)
	}
	if s.down > 0 {
		out += fmt.Sprintf("; registry %d is down", s.down-1)
	}
	if s.cut > 0 {
		out += fmt.Sprintf("; killed at request %d, which takes effect: %t", s.cut, s.effect)
	}
	if s.collect {
		out += "; after a garbage collection"
	}
	if s.lose {
		out += "; after a blob was lost"
	}
	if s.repeat {
		out += "; then again in good weather"
	}
	return out
}

func (sc scenario) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "seed %d, %d registries", sc.seed, len(sc.registries))
	if sc.required > 0 {
		fmt.Fprintf(&out, ", %d of them required", sc.required)
	}
	for i, r := range sc.registries {
		if len(r.quirks) > 0 {
			fmt.Fprintf(&out, "\n  registry %d: %q, lag %s", i, r.quirks, r.lag)
		}
	}
	fmt.Fprintf(&out, "\n  clocks of the releasers: %v", sc.clocks)
	for i, s := range sc.steps {
		fmt.Fprintf(&out, "\n  step %d: %s", i, s)
	}
	return out.String()
}

// draw makes the scenario of a seed.
func draw(seed uint64) scenario {
	r := rand.New(rand.NewPCG(seed, 9))
	sc := scenario{seed: seed}
	for range 1 + r.IntN(3) {
		var reg drawnRegistry
		for _, q := range rt.Quirks {
			if r.IntN(12) == 0 {
				reg.quirks = append(reg.quirks, q)
			}
		}
		reg.lag = time.Duration(100+r.IntN(3000)) * time.Millisecond
		sc.registries = append(sc.registries, reg)
	}
	if r.IntN(3) == 0 {
		sc.required = 1 + r.IntN(len(sc.registries))
	}
	for range 1 + r.IntN(2) {
		clock := time.Duration(0)
		if r.IntN(4) == 0 {
			clock = time.Duration(r.IntN(52*60)-26*60) * time.Minute
		}
		sc.clocks = append(sc.clocks, clock)
	}
	last := 0
	sc.steps = append(sc.steps, drawnStep{command: drawnCommand{verb: "release"}})
	for range 2 + r.IntN(6) {
		sc.steps = append(sc.steps, drawStep(r, sc, &last))
	}
	return sc
}

func drawStep(r *rand.Rand, sc scenario, last *int) drawnStep {
	s := drawnStep{who: r.IntN(len(sc.clocks)), command: drawCommand(r, last), repeat: r.IntN(3) > 0}
	if len(sc.clocks) == 2 && r.IntN(5) == 0 {
		also := drawCommand(r, last)
		s.also = &also
	}
	switch r.IntN(5) {
	case 0: // good weather
	case 1:
		s.down = 1 + r.IntN(len(sc.registries))
	case 2:
		s.cut, s.effect = 1+r.IntN(90*len(sc.registries)), r.IntN(2) == 0
	default:
		s.chance = []float64{0.01, 0.03, 0.1, 0.3}[r.IntN(4)]
		for range 1 + r.IntN(4) {
			s.kinds = append(s.kinds, rt.Faults[r.IntN(len(rt.Faults))])
		}
		if r.IntN(4) == 0 {
			s.cut = 1 + r.IntN(90*len(sc.registries))
		}
	}
	s.collect, s.lose = r.IntN(8) == 0, r.IntN(12) == 0
	return s
}

func drawCommand(r *rand.Rand, last *int) drawnCommand {
	c := drawnCommand{verb: []string{"release", "release", "release", "release", "resume", "resume", "promote", "rollback",
		"rollback",
		"hold", "hold off", "prune"}[r.IntN(12)], accept: r.IntN(2) == 0, variant: r.IntN(3) == 0}
	switch {
	case c.verb == "release" && (*last == 0 || r.IntN(3) > 0):
		*last = min(*last+1, poolSize-1)
		c.candidate = *last
	case c.verb == "release":
		c.candidate = r.IntN(*last + 1)
	case r.IntN(3) == 0:
		c.to = 1 + r.IntN(2)
	}
	return c
}

// TestAdversary plays scenarios that seeds draw. After every command an oracle looks into the registries' stores; see
// oracle_test.go for what must hold. A failing seed is shown with the least that still fails:
// go test ./internal/release -run Adversary -from=SEED -seeds=1 plays it again.
func TestAdversary(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	n := *seeds
	if testing.Short() {
		n = min(n, 12)
	}
	var next, commands atomic.Int64
	var all sync.WaitGroup
	var mu sync.Mutex
	failing := map[string][]uint64{} // seeds, by kind of problem
	for range 2 {
		all.Go(func() {
			for {
				i := next.Add(1) - 1
				if i >= int64(n) {
					return
				}
				sc := draw(*fromSeed + uint64(i))
				w := play(t, pool, sc)
				commands.Add(int64(w.commands))
				if len(w.problems) == 0 {
					continue
				}
				kind := problemKind(w.problems[0])
				mu.Lock()
				failing[kind] = append(failing[kind], sc.seed)
				first := len(failing[kind]) == 1
				mu.Unlock()
				if first {
					report(t, pool, sc, w)
				}
			}
		})
	}
	all.Wait()
	for kind, list := range failing {
		t.Errorf("%d scenarios: %s: seeds %v", len(list), kind, list[:min(len(list), 10)])
	}
	t.Logf("%d scenarios, %d commands", n, commands.Load())
}

// report shows the least of a failing scenario that still fails with a problem of the same kind.
func report(t *testing.T, pool *imagePool, sc scenario, w *world) {
	t.Helper()
	kind := problemKind(w.problems[0])
	tries := *shrinks
	fails := func(less scenario) bool {
		for range 2 { // what runs side by side is not the same each time
			if tries--; tries < 0 {
				return false
			}
			got := play(t, pool, less)
			if slices.ContainsFunc(got.problems, func(p string) bool { return problemKind(p) == kind }) {
				w, sc = got, less
				return true
			}
		}
		return false
	}
	for again := true; again && tries > 0; {
		again = slices.ContainsFunc(sc.simpler(), fails)
	}
	t.Errorf("%s\n%s\n%s", sc, strings.Join(w.problems, "\n"), strings.Join(w.trace, "\n"))
}

// problemKind is the part of a problem that is the same for the same fault of the program.
func problemKind(p string) string {
	kind, _, _ := strings.Cut(p, ": ")
	return kind
}
