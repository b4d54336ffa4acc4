package release

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// cutCommand is a command that is cut off at a registry.
type cutCommand struct {
	name   string
	before func(*site) // what there has to be
	run    func(context.Context, *site) (*Result, error)
	held   bool // afterwards
	check  func(*testing.T, *site)
}

// cutCommands are the commands that change what a registry holds. first is the release that a rollback goes back to.
func cutCommands(first *record.Record) []cutCommand {
	n := 0
	another := func(s *site) {
		n++
		s.another(0x20 + n)
	}
	released := func(s *site) {
		another(s)
		s.whole(s.must(Done).Record)
	}
	hold := func(on bool) func(context.Context, *site) (*Result, error) {
		return func(ctx context.Context, s *site) (*Result, error) {
			return storeOf(s.client, s.set).Hold(ctx, on, "media", s.now)
		}
	}
	lifted := func(s *site) {
		if _, err := hold(false)(s.t.Context(), s); err != nil {
			s.t.Fatal(err)
		}
	}
	return []cutCommand{
		{name: "release", before: another,
			run: func(ctx context.Context, s *site) (*Result, error) { return s.release(ctx) }},
		{name: "promote", before: released, run: func(ctx context.Context, s *site) (*Result, error) {
			return storeOf(s.client, s.set).Promote(ctx, "", []string{"stable"}, Accept{}, false)
		}, check: func(t *testing.T, s *site) {
			if tags := s.tags(s.set.Registries[0]); tags["mastodon:stable"] != tags["mastodon:edge"] ||
				tags["mastodon-streaming:stable"] != tags["mastodon-streaming:edge"] {
				t.Errorf("stable is not promoted: %v", tags)
			}
		}},
		{name: "hold", before: lifted, run: hold(true), held: true},
		{name: "hold off", before: func(s *site) {
			if _, err := hold(true)(s.t.Context(), s); err != nil {
				s.t.Fatal(err)
			}
		}, run: hold(false)},
		{name: "rollback", before: func(s *site) { lifted(s); released(s) },
			run: func(ctx context.Context, s *site) (*Result, error) {
				s.now = s.now.Add(time.Minute)
				return storeOf(s.client, s.set).Rollback(ctx, first.Tag, Accept{Reason: "media"}, s.now, false)
			}, held: true, check: func(t *testing.T, s *site) {
				if got := s.tags(s.set.Registries[0])["mastodon:edge"]; got != first.Images[0].Digest {
					t.Errorf("edge stands for %s", got)
				}
			}},
	}
}

// TestCutsAtRegistries cuts commands off at requests that write, at Debian's docker-registry, at distribution's library
// and at a registry that follows OCI 1.1 strictly. The same command then ends whole, and so it does after
// publish:resume. It takes four cuts of each command; with -short two at the strict registry, and at the others,
// whose stores are on disk, one of a release or of a rollback; with -cut=N each N-th.
func TestCutsAtRegistries(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"debian", "distribution", "strict"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			proxy := rt.New(t, kinds[kind](t))
			s := newSite(t, proxy.Address)
			first := s.must(Done).Record
			for _, c := range cutCommands(first) {
				if own := map[string]string{"debian": "release", "distribution": "rollback"}[kind]; testing.Short() &&
					kind != "strict" && c.name != own {
					continue
				}
				c.before(s)
				proxy.Forget()
				if _, err := c.run(t.Context(), s); err != nil {
					t.Fatalf("%s: %v", c.name, err)
				}
				writes := len(proxy.Requests("^PUT"))
				step := *everyCut
				if step == 0 {
					step = max(1, writes/4)
					if testing.Short() {
						step = (writes + 1) / 2
						if kind != "strict" {
							step = writes
						}
					}
				}
				for cut := 1; cut <= writes; cut += step {
					c.cutAt(t, s, proxy, cut)
				}
				t.Logf("%s: %d writes, a cut at each %d-th", c.name, writes, step)
			}
			s.pullable()
		})
	}
}

// cutAt cuts the command off at its n-th request that writes, which takes effect where n is odd, and finishes it.
func (c cutCommand) cutAt(t *testing.T, s *site, proxy *rt.Proxy, n int) {
	t.Helper()
	c.before(s)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	proxy.Break(rt.Rule{Method: http.MethodPut, From: n,
		Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
			if n%2 == 1 {
				pass().Body.Close()
			}
			cancel()
			rt.Reset(w, r, pass)
		}})
	_, _ = c.run(ctx, s) // what the registry holds afterwards is what counts
	proxy.Mend()
	s.client = newClient(t)
	if n%4 < 2 {
		again, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false)
		if code := fault.CodeOf(err); code != fault.OK && code != fault.Usage { // 2: nothing of it is published
			t.Errorf("%s, cut at write %d, then resume: %+v, exit %d: %v", c.name, n, again, code, err)
		}
	}
	res, err := c.run(t.Context(), s)
	if err != nil || res.State != Done && res.State != Unchanged {
		t.Fatalf("%s, cut at write %d, then the same command: %+v, %v", c.name, n, res, err)
	}
	k, err := storeOf(s.client, s.set).Read(t.Context())
	if err != nil || k.hold.On != c.held {
		t.Fatalf("%s, cut at write %d: the hold is %+v, %v", c.name, n, k.hold, err)
	}
	s.whole(k.Newest)
	if c.check != nil {
		c.check(t, s)
	}
	if st, err := storeOf(s.client, s.set).Status(t.Context(), "", true); err != nil || st.State != Done {
		t.Errorf("%s, cut at write %d: status %+v, %v", c.name, n, st, err)
	}
}
