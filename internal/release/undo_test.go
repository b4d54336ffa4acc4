package release

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// A rollback that breaks off at any request that writes, and is given again, ends on the release that it went to first,
// in the hold; and so does publish:resume.
func TestRollbackGivenAgain(t *testing.T) {
	t.Parallel()
	base, stores, _ := stored(t)
	was := base.history(3) // the third is bad
	step := 1
	if testing.Short() {
		step = 13 // odd, so that some of the requests take effect
	}
	for _, next := range []string{"rollback", "resume", "rollback -to"} {
		for n := 1; ; n += step {
			proxies := [2]*rt.Proxy{rt.New(t, stores[0].Clone().Serve(t)), rt.New(t, stores[1].Clone().Serve(t))}
			s := newSite(t, proxies[0].Address, proxies[1].Address)
			s.now = base.now
			ctx, cancel := context.WithCancel(t.Context())
			proxies[1].Break(rt.Rule{Method: http.MethodPut, From: n,
				Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
					if n%2 == 0 {
						pass().Body.Close()
					}
					cancel()
					rt.Reset(w, r, pass)
				}})
			first, err := storeOf(s.client, s.set).Rollback(ctx, "", Accept{Reason: "x"}, s.now.Add(time.Minute), false)
			proxies[1].Mend()
			cancel()
			if err == nil {
				if n < 8 {
					t.Errorf("only %d requests write", n)
				}
				break
			}
			k, kerr := storeOf(newClient(t), s.set).Read(t.Context())
			if kerr != nil || first.State == Failed && k.hold.On || first.State == partial && !k.hold.On {
				t.Errorf("cut %d: %s, and the hold is %+v: %v", n, first.State, k.hold, kerr)
			}
			if strings.HasPrefix(k.hold.Reason, "rolled back") {
				t.Errorf("cut %d: the hold says %q of a rollback that is not done", n, k.hold.Reason)
			}
			var res *Result
			switch next {
			case "rollback":
				res, err = storeOf(newClient(t), s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, s.now.Add(2*time.Minute),
					false)
			case "resume":
				if res, err = storeOf(newClient(t), s.set).Resume(t.Context(), Hooks{}, false); res.State == Unchanged ||
					fault.CodeOf(err) == fault.Usage {
					continue // it had not begun
				}
			default:
				res, err = storeOf(newClient(t), s.set).
					Rollback(t.Context(), was[1].Tag, Accept{Reason: "x"}, s.now.Add(2*time.Minute), false)
			}
			if err != nil || !record.SameImages(res.Record, was[1]) || res.Record.Of != was[1].Tag {
				t.Fatalf("cut %d, %s: %+v, %v", n, next, res, err)
			}
			s.whole(res.Record)
			if k, err := storeOf(newClient(t), s.set).Read(t.Context()); err != nil || !k.hold.On ||
				!strings.HasPrefix(k.hold.Reason, "rolled back to "+was[1].Tag) {
				t.Errorf("cut %d, %s: the hold is %+v, %v", n, next, k.hold, err)
			}
		}
	}
}

// From a rollback, the release before is before what it rolled back to; a second one does not go forward.
func TestRollbackAfterARollback(t *testing.T) {
	t.Parallel()
	s, _, _ := stored(t)
	was := s.history(4)
	at := s.now
	for i, want := range []*record.Record{was[2], was[1], was[0]} {
		at = at.Add(time.Minute)
		res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, at, false)
		if err != nil || !record.SameImages(res.Record, want) {
			t.Fatalf("rollback %d: %+v, %v", i+1, res, err)
		}
		s.whole(res.Record)
	}
	if _, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, at.Add(time.Minute),
		false); fault.CodeOf(err) != fault.Usage {
		t.Errorf("before the first: %v", err)
	}
}

// The release that broke off and that servers have in part is what a rollback flees from.
func TestRollbackFromAPartialRelease(t *testing.T) {
	for name, cut := range map[string]string{"moving": "/manifests/edge", "immutable": releaseTag} {
		t.Run(name, func(t *testing.T) {
			s, _, b := proxied(t)
			was := s.history(2)
			now := s.now
			s.another(8)
			s.now = now.Add(24 * time.Hour) // that machine's clock is a day ahead
			b.Break(rt.Rule{Method: http.MethodPut, Path: cut, Do: rt.Status(503, "")})
			fails(t, s, partial, fault.Partial)
			b.Mend()
			res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, now.Add(time.Hour), false)
			want := was[1] // edge stood for the third at one registry
			if name == "immutable" {
				want = was[0] // nobody saw the third
			}
			if err != nil || !record.SameImages(res.Record, want) {
				t.Fatalf("%+v, %v", res, err)
			}
			s.whole(res.Record)
			if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Unchanged {
				t.Errorf("resume brings back what was fled from: %+v, %v", res, err)
			}
		})
	}
}

// After a failure the hold is what it was, on or off.
func TestHoldAfterAFailedRollback(t *testing.T) {
	for _, on := range []bool{false, true} {
		t.Run(fmt.Sprint(on), func(t *testing.T) {
			s, _, b := proxied(t)
			s.history(2)
			if on {
				if _, err := storeOf(s.client, s.set).Hold(t.Context(), true, "a person's reason", s.now); err != nil {
					t.Fatal(err)
				}
			}
			was, err := storeOf(s.client, s.set).Read(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			b.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/pending", Do: rt.Status(400, "")})
			res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, s.now.Add(time.Hour), false)
			if err == nil || res.State != Failed {
				t.Fatalf("%+v, %v", res, err)
			}
			is, err := storeOf(s.client, s.set).Read(t.Context())
			if err != nil || is.hold.On != on || is.hold.Reason != was.hold.Reason || !is.hold.Since.Equal(was.hold.Since) {
				t.Errorf("was %+v, is %+v: %v", was.hold, is.hold, err)
			}
		})
	}
}

// A hold that cannot be lifted at a registry that is required stays on.
func TestHoldThatCannotBeLifted(t *testing.T) {
	s, a, b := proxied(t)
	s.must(Done)
	if _, err := storeOf(s.client, s.set).Hold(t.Context(), true, "x", s.now); err != nil {
		t.Fatal(err)
	}
	for _, rule := range []rt.Rule{{Method: http.MethodPost}, {Method: http.MethodPut, Path: "/manifests/hold"}} {
		rule.Do = rt.Status(403, rt.Code("DENIED", "x"))
		b.Break(rule)
		res, err := storeOf(s.client, s.set).Hold(t.Context(), false, "", s.now.Add(time.Minute))
		if err == nil || res.State != Failed {
			t.Errorf("%+v, %v", res, err)
		}
		b.Mend()
		a.Mend()
		if k, err := storeOf(s.client, s.set).Read(t.Context()); err != nil || !k.hold.On || k.hold.Reason != "x" {
			t.Errorf("%+v, %v", k.hold, err)
		}
	}
}

// What a registry that was away still has of the hold does not count, whichever clock was ahead.
func TestHoldDoesNotComeBack(t *testing.T) {
	for name, test := range map[string]struct {
		was, is    bool // while both registries are there, and while one is away
		ahead      time.Duration
		secondAway bool
	}{
		"lifted, set with a clock ahead":    {true, false, time.Hour, true},
		"lifted, set with a clock behind":   {true, false, -time.Hour, true},
		"set, lifted with a clock ahead":    {false, true, time.Hour, true},
		"set again, with a clock behind":    {true, true, 24 * time.Hour, true},
		"lifted while the first is away":    {true, false, time.Hour, false},
		"set while the first is away":       {false, true, time.Hour, false},
		"lifted twice, with a clock behind": {false, false, time.Hour, true},
	} {
		t.Run(name, func(t *testing.T) {
			s, a, b := proxied(t)
			away, required := a, 1
			if test.secondAway {
				away, required = b, 0
			}
			s.set.Required = []string{s.set.Registries[required].String()}
			s.must(Done)
			hold := func(on bool, reason string, at time.Time) {
				t.Helper()
				if res, err := storeOf(s.client, s.set).Hold(t.Context(), on, reason, at); err != nil || res.State != Done {
					t.Fatalf("%+v, %v", res, err)
				}
			}
			hold(true, "first", s.now.Add(-2*time.Hour))
			hold(test.was, "before", s.now.Add(test.ahead))
			away.Down()
			hold(test.is, "after", s.now.Add(time.Minute))
			away.Mend()
			k, err := storeOf(s.client, s.set).Read(t.Context())
			if err != nil || k.hold.On != test.is || k.hold.Reason != "after" {
				t.Errorf("%+v, %v", k.hold, err)
			}
		})
	}
}

// Two rollbacks at once: the one that is overtaken ends with 75. Given again, on its own machine or with the target
// that the message names, it does not go one release further back, and the hold of the other stays.
func TestTwoRollbacksAtOnce(t *testing.T) {
	t.Parallel()
	for _, again := range []string{"the same command", "the command in the message"} {
		s, stores, _ := stored(t)
		was := s.history(3)
		proxy := rt.New(t, stores[0].Serve(t))
		loser, winner := newSite(t, proxy.Address, stores[1].Serve(t)), s
		loser.now, winner.now = s.now.Add(time.Minute), s.now.Add(2*time.Minute)
		roll := func(s *site, to string) (*Result, error) {
			return storeOf(newClient(t), s.set).Rollback(t.Context(), to, Accept{Reason: "x"}, s.now, false)
		}
		var once sync.Once
		proxy.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/hold",
			Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
				once.Do(func() {
					if res, err := roll(winner, ""); err != nil || res.Record.Of != was[1].Tag {
						t.Errorf("the other: %+v, %v", res, err)
					}
				})
				rt.Header()(w, r, pass)
			}})
		res, err := roll(loser, "")
		if fault.CodeOf(err) != fault.Retry {
			t.Fatalf("expected exit 75, found %+v, %v", res, err)
		}
		to := ""
		if again != "the same command" {
			commands := fault.HintOf(err).Commands()
			if len(commands) == 0 {
				t.Fatalf("the hint names no command: %v", fault.HintOf(err))
			}
			to = strings.TrimPrefix(commands[0].Args[0], "-to=")
			loser.set.Dist = t.TempDir() // another machine
		}
		loser.now = loser.now.Add(time.Hour)
		res, err = roll(loser, to)
		if err != nil || res.State != Unchanged || res.Record.Of != was[1].Tag {
			t.Errorf("%s: %+v, %v", again, res, err)
		}
		if k, err := storeOf(newClient(t), s.set).Read(t.Context()); err != nil || !k.hold.On || k.hold.Rollback != "" {
			t.Errorf("%s: the hold is %+v, %v", again, k.hold, err)
		}
		res, err = roll(loser, "")
		if err != nil || res.State != Done || res.Record.Of != was[0].Tag {
			t.Errorf("%s, then once more: %+v, %v", again, res, err)
		}
	}
}
