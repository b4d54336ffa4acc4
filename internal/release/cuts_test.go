package release

import (
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

var everyCut = flag.Int("cut", 0,
	"TestEveryCut takes each so-manieth cut; 0 is each of one registry and each seventh of two, fewer of publish:resume; "+
		"two of each command at one or at two registries with -short")

// cutCase is a command that is cut off, and what the registries hold before it.
type cutCase struct {
	name    string
	command drawnCommand
	before  []drawnCommand
	held    bool // afterwards

	// begun is the state that a release which was cut off leaves before the command; "" is none. See registriesState.
	begun string
}

var cutCases = []cutCase{
	{name: "the first release", command: drawnCommand{verb: "release"}},
	{name: "release", command: drawnCommand{verb: "release", candidate: 1}, before: releasesUpTo(1)},
	{name: "rollback", command: drawnCommand{verb: "rollback"}, before: releasesUpTo(3), held: true},
	{name: "a second rollback", command: drawnCommand{verb: "rollback"},
		before: append(releasesUpTo(3), drawnCommand{verb: "rollback"}), held: true},
	{name: "promote", command: drawnCommand{verb: "promote"}, before: releasesUpTo(2)},
	{name: "hold", command: drawnCommand{verb: "hold"}, before: releasesUpTo(1), held: true},
	{name: "hold off", command: drawnCommand{verb: "hold off"}, before: append(releasesUpTo(1),
		drawnCommand{verb: "hold"})},
	{name: "resume of what is begun", command: drawnCommand{verb: "resume"}, before: releasesUpTo(1), begun: "begun"},
	{name: "resume of what is tagged", command: drawnCommand{verb: "resume"}, before: releasesUpTo(1), begun: "tagged"},
	{name: "resume of moving tags", command: drawnCommand{verb: "resume"}, before: releasesUpTo(1), begun: "moving"},
	{name: "resume of a record", command: drawnCommand{verb: "resume"}, before: releasesUpTo(1), begun: "recorded"},
}

// releasesUpTo are the first n releases.
func releasesUpTo(n int) []drawnCommand {
	var out []drawnCommand
	for c := range n {
		out = append(out, drawnCommand{verb: "release", candidate: c})
	}
	return out
}

// TestEveryCut kills every command at each of its requests, which takes effect or does not. From every state that this
// leaves, the same command ends whole, on the same machine and on an empty one, and so does it after publish:resume.
func TestEveryCut(t *testing.T) {
	t.Parallel()
	pool := newPool(t)
	for i, c := range cutCases {
		for registries := 1; registries <= 2; registries++ {
			if testing.Short() && registries != 1+i%2 {
				continue // one of both
			}
			t.Run(fmt.Sprintf("%s, %d registries", c.name, registries), func(t *testing.T) { c.walk(t, pool, registries) })
		}
	}
}

// prepared is what there is before the command.
func (c cutCase) prepared(t *testing.T, pool *imagePool, registries int) *world {
	t.Helper()
	sc := scenario{registries: make([]drawnRegistry, registries), clocks: make([]time.Duration, 2)}
	base := newWorld(t, pool, sc, memoryDir(t))
	for _, command := range c.before {
		base.hour++
		if o := base.run(0, command, 0, false); o.err != nil {
			t.Fatalf("%s: %s", command, o)
		}
		if base.judgeMoves(false, false); len(base.problems) > 0 {
			t.Fatal(base.problems)
		}
	}
	if c.begun == "" {
		return base
	}
	return base.begin(t, c.begun)
}

// begin is a fork in which a release was cut off at the first request that leaves a state. A whole release tells about
// which one that is: what runs side by side is not in the same order each time.
func (w *world) begin(t *testing.T, state string) *world {
	t.Helper()
	release := drawnCommand{verb: "release", candidate: poolSize - 2}
	about := slices.Index(w.statesOf(t, release), state) // in which the next request finds the registries
	for _, first := range []int{max(1, about), 1} {
		for cut := first; ; cut++ {
			f := w.fork(t)
			if o := f.run(0, release, cut, true); !o.killed {
				break
			}
			if f.registriesState() == state {
				f.judgeMoves(false, false)
				return f
			}
		}
	}
	t.Fatalf("no cut of a release leaves the state %q", state)
	return nil
}

// statesOf runs a command in a fork, and gives the state that the registries are in before each of its requests.
func (w *world) statesOf(t *testing.T, c drawnCommand) []string {
	t.Helper()
	var mu sync.Mutex
	var states []string
	f := w.fork(t)
	f.before = func(n int) {
		mu.Lock()
		defer mu.Unlock()
		for len(states) < n {
			states = append(states, "")
		}
		states[n-1] = f.registriesState()
	}
	f.run(0, c, 0, false)
	return states
}

// walk cuts the command off at each request.
func (c cutCase) walk(t *testing.T, pool *imagePool, registries int) {
	t.Parallel()
	base := c.prepared(t, pool, registries)
	whole := base.fork(t)
	total := whole.run(0, c.command, 0, false).asked
	step := *everyCut
	if step == 0 {
		step = []int{1, 7}[registries-1]
		if c.begun != "" { // from where it was cut off, a release does the same under another command
			step = []int{5, 17}[registries-1]
		}
		if testing.Short() {
			// The first request and one in the middle: odd, so that all ways to finish are walked.
			step = max(step, (total/2)|1)
		}
	}
	walked, failed := 0, 0
	for cut := 1; cut <= total && failed < 3; cut += step {
		// What a request leaves that takes effect is what the next one finds, so both are finished in other ways.
		for effect, ways := range map[bool][]string{true: {[]string{"same", "same elsewhere"}[cut%2]}, false: {"resume"}} {
			if !c.cutAt(t, base, cut, effect, ways) {
				failed++
			}
			walked++
		}
	}
	t.Logf("%d requests, %d cuts", total, walked)
}

// cutAt cuts the command off once and finishes it in some ways.
func (c cutCase) cutAt(t *testing.T, base *world, cut int, effect bool, ways []string) bool {
	t.Helper()
	stopped := base.fork(t)
	target := stopped.target(c.command)
	o := stopped.run(0, c.command, cut, effect)
	if !o.killed {
		return true // it needed fewer requests this time
	}
	stopped.judgeMoves(false, false)
	stopped.judgeWhole()
	stopped.judgeBelonging()
	for _, way := range ways {
		w := stopped.fork(t)
		who := 0
		switch way {
		case "same elsewhere":
			who = 1
		case "resume":
			who = 1
			w.again(outcome{who: who, command: drawnCommand{verb: "resume"}, killed: true}, "")
		}
		if finished := target != "" && w.isAt(target); !finished { // else the same command would go back once more
			w.again(outcome{who: who, command: c.command, killed: true}, target)
		}
		w.end()
		if len(w.problems) == 0 && w.look().held != c.held {
			w.problem("the hold is another", "expected %t", c.held)
		}
		if len(w.problems) > 0 {
			t.Errorf("cut at request %d, which takes effect: %t; then %s:\n%s\n%s", cut, effect, way,
				strings.Join(w.problems, "\n"), strings.Join(w.trace, "\n"))
			return false
		}
	}
	return true
}

// isAt says that the newest release is a rollback to a release.
func (w *world) isAt(target string) bool {
	tags := w.releases()
	newest := w.record(tags[len(tags)-1])
	return newest != nil && newest.Of == target
}

// fork is another world with the same registries and the same files.
func (w *world) fork(t *testing.T) *world {
	t.Helper()
	f := newWorld(t, w.pool, w.sc, memoryDir(t))
	f.hour, f.pruned = w.hour+1, w.pruned
	f.problems, f.trace = w.problems, w.trace
	for i, s := range w.stores {
		f.stores[i] = s.Clone()
		f.faulty[i].Store = f.stores[i]
	}
	maps.Copy(f.stands, w.stands)
	for repository, order := range w.orders {
		f.orders[repository] = map[string]string{}
		for digest, tag := range order {
			f.orders[repository][digest] = tag
		}
	}
	if err := os.CopyFS(filepath.Join(f.dir, "dist0"), os.DirFS(filepath.Join(w.dir, "dist0"))); err != nil &&
		len(w.releases()) > 0 {
		t.Fatal(err)
	}
	return f
}
