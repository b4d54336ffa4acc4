package release

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/target"
)

// world is a scenario being played.
type world struct {
	t    *testing.T
	sc   scenario
	pool *imagePool
	dir  string
	set  Settings

	stores []*rt.Store
	faulty []*rt.Faulty
	passed atomic.Int64 // nanoseconds of the registries' clock: requests take time, and so do waits
	hour   int          // of the releasers' clocks
	before func(n int)  // is told of a command's n-th request before it is carried; nil where nobody asks

	mu       sync.Mutex                   // of released: two commands run at once
	seen     map[*rt.Store]int            // moves of tags that were looked at
	orders   map[string]map[string]string // by image and digest: the newest release's tag with it
	stands   map[string]string            // by registry, repository and moving tag: the release that it stands for
	lost     map[string]bool              // "REPOSITORY DIGEST" of blobs that a registry lost
	pruned   bool
	released *drawnCommand // the last command that released
	problems []string
	trace    []string
	commands int
}

// requestTakes is how long the answer to a request takes.
const requestTakes = 10 * time.Millisecond

func play(t *testing.T, pool *imagePool, sc scenario) *world {
	t.Helper()
	dir, err := os.MkdirTemp(filepath.Dir(filepath.Dir(pool[0][0][0].Layout)), "howdah-test-play-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	w := newWorld(t, pool, sc, dir)
	for i := range sc.steps {
		if w.step(i); len(w.problems) > 0 {
			return w
		}
	}
	w.end()
	return w
}

func newWorld(t *testing.T, pool *imagePool, sc scenario, dir string) *world {
	t.Helper()
	w := &world{t: t, sc: sc, pool: pool, dir: dir, seen: map[*rt.Store]int{}, orders: map[string]map[string]string{},
		stands: map[string]string{}, lost: map[string]bool{}}
	w.set = newSettings()
	for i, r := range sc.registries {
		store := rt.NewStore()
		store.Now = func() time.Duration { return time.Duration(w.passed.Load()) }
		w.stores = append(w.stores, store)
		host := fmt.Sprintf("127.0.0.1:%d", 5000+i)
		w.faulty = append(w.faulty, &rt.Faulty{Store: store, Name: host, Seed: sc.seed, Quirks: r.quirks, Lag: r.lag,
			Clock: store.Now})
		reg, err := address.Parse(host + "/owner")
		if err != nil {
			t.Fatal(err)
		}
		w.set.Registries = append(w.set.Registries, reg)
	}
	for i, reg := range w.set.Registries {
		if i < sc.required {
			w.set.Required = append(w.set.Required, reg.String())
		}
	}
	return w
}

func newSettings() Settings {
	return Settings{Name: "mini", Images: []string{"mastodon", "mastodon-streaming"}, Moving: []string{"edge", "latest"},
		Public: true}
}

// process is the network of one command, which a kill cuts off.
type process struct {
	next   http.RoundTripper
	world  *world
	cut    int
	effect bool
	killed func()

	mu   sync.Mutex
	n    int
	dead bool
}

var errKilled = errors.New("the process was killed")

func (p *process) RoundTrip(r *http.Request) (*http.Response, error) {
	p.world.passed.Add(int64(requestTakes))
	p.mu.Lock()
	p.n++
	hit := p.n == p.cut
	if hit && !p.effect {
		p.dead = true
	}
	dead, n := p.dead, p.n
	p.mu.Unlock()
	if p.world.before != nil {
		p.world.before(n)
	}
	if !dead {
		resp, err := p.next.RoundTrip(r)
		if !hit {
			return resp, err
		}
		p.mu.Lock()
		p.dead = true
		p.mu.Unlock()
	} else if r.Body != nil {
		r.Body.Close()
	}
	if hit {
		p.killed()
	}
	return nil, &os.SyscallError{Syscall: "read", Err: syscall.ECONNRESET}
}

// outcome is what came of a command.
type outcome struct {
	command drawnCommand
	who     int
	res     *Result
	err     error
	killed  bool
	asked   int // requests
}

func (o outcome) state() string {
	if o.res == nil {
		return Failed
	}
	return o.res.State
}

func (o outcome) code() fault.Code { return fault.CodeOf(o.err) }

func (o outcome) String() string {
	out := fmt.Sprintf("  %s, exit %d, %d requests", o.state(), o.code(), o.asked)
	if o.killed {
		out += ", killed"
	}
	if o.res != nil && o.res.Record != nil {
		out += ", " + o.res.Record.Tag
	}
	if o.err != nil {
		out += fmt.Sprintf(": %.300v", o.err)
	}
	return out
}

// startTakes is how long a person and a process take until the first request.
const startTakes = 4 * time.Second

// run runs one command in a process of its own, which is killed at a request, if cut is not 0.
func (w *world) run(who int, c drawnCommand, cut int, effect bool) outcome {
	w.passed.Add(int64(startTakes))
	ctx, cancel := context.WithCancelCause(w.t.Context())
	defer cancel(nil)
	set := w.set
	set.Dist, set.Cache = filepath.Join(w.dir, fmt.Sprint("dist", who)), filepath.Join(w.dir, fmt.Sprint("cache", who))
	wire := rt.InProcess{}
	for _, f := range w.faulty {
		wire[f.Name] = f
	}
	journal, written := filepath.Join(set.Dist, "journal"), int64(-1)
	p := &process{next: wire, world: w, cut: cut, effect: effect}
	p.killed = func() {
		if info, err := os.Stat(journal); err == nil {
			written = info.Size()
		}
		cancel(errKilled)
	}
	client := registry.New(registry.Options{Roots: p, Sleep: func(ctx context.Context, d time.Duration) error {
		w.passed.Add(int64(d))
		return ctx.Err()
	}})
	defer client.Close()
	if c.verb == "release" {
		w.mu.Lock()
		again := c
		again.accept = true // a hold is another matter
		w.released = &again
		w.mu.Unlock()
	}
	o := outcome{command: c, who: who}
	o.res, o.err = w.command(ctx, client, set, who, c)
	p.mu.Lock()
	o.killed, o.asked = p.dead, p.n
	p.mu.Unlock()
	if o.killed && written >= 0 { // a dead process writes no journal
		if err := os.Truncate(journal, written); err != nil {
			w.t.Error(err)
		}
	}
	return o
}

// now is what a releaser's clock says.
func (w *world) now(who int) time.Time {
	return day.Add(time.Duration(w.hour)*time.Hour + w.sc.clocks[who] + time.Duration(who)*time.Second)
}

func (w *world) command(ctx context.Context, client *registry.Client, set Settings, who int,
	c drawnCommand) (*Result, error) {
	reason := Accept{Reason: "asked for"}
	switch c.verb {
	case "release":
		s := &site{t: w.t, set: set, client: client, now: w.now(who)}
		s.upstream(fmt.Sprintf("%09x%031d", c.candidate+1, 0), "4.6.0-alpha.7")
		s.cand.Images = map[string]string{"mastodon": rt.Digest(fmt.Append(nil, "web", c.candidate)),
			"mastodon-streaming": rt.Digest(fmt.Append(nil, "streaming", c.candidate))}
		variant := 0
		if c.variant {
			variant = who
		}
		s.images = w.pool[c.candidate][variant]
		if c.accept {
			s.accept = Accept{Gates: []string{target.GateHold}, Reason: "asked for"}
		}
		return s.release(ctx)
	case "resume":
		return storeOf(client, set).Resume(ctx, Hooks{}, false)
	case "promote":
		return storeOf(client, set).Promote(ctx, w.named(c.to), []string{"stable"}, Accept{}, false)
	case "rollback":
		return storeOf(client, set).Rollback(ctx, w.named(c.to), reason, w.now(who), false)
	case "hold":
		return storeOf(client, set).Hold(ctx, true, "wait", w.now(who))
	case "hold off":
		return storeOf(client, set).Hold(ctx, false, "", w.now(who))
	}
	_, err := storeOf(client, set).Prune(ctx, PruneOptions{Keep: 3, Now: w.now(who)})
	return &Result{State: Done}, err
}

// named gives the tag of an older release, as a person would name it; "" names none.
func (w *world) named(back int) string {
	tags := w.releases()
	if back == 0 || len(tags) <= back {
		return ""
	}
	return tags[len(tags)-1-back]
}

// releases are the tags of all releases, oldest first.
func (w *world) releases() []string {
	var out []string
	for _, s := range w.stores {
		for tag := range s.Tags("owner/mini-release") {
			if isRelease(tag) {
				out = append(out, tag)
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
