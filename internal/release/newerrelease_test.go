package release

import (
	"context"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// X and Y release at once; X dies at a request, while Y has not written a tag yet. From there, each command that is
// printed ends with a whole release: Y's command, X's command, and publish:resume.
func TestOneOfTwoReleasersDies(t *testing.T) {
	cuts := map[string]rt.Rule{
		"pending":   {Method: http.MethodPut, Path: "/manifests/pending"},
		"claim":     {Method: http.MethodPut, Path: claimTags},
		"immutable": {Method: http.MethodPut, Path: "/mastodon" + releaseTag},
		"second":    {Method: http.MethodPut, Path: "/mastodon-streaming" + releaseTag},
		"moving":    {Method: http.MethodPut, Path: "/manifests/edge"},
		"record":    {Method: http.MethodPut, Path: "mini-release" + releaseTag},
		"current":   {Method: http.MethodPut, Path: "/manifests/current"},
	}
	n := 0
	for _, name := range slices.Sorted(maps.Keys(cuts)) {
		cut := cuts[name]
		for _, written := range []bool{false, true} {
			for _, next := range []string{"Y", "X", "resume"} {
				if n++; testing.Short() && n%5 != 0 {
					continue // each fifth: of both kinds, and of all three commands
				}
				t.Run(name+" "+next, func(t *testing.T) {
					t.Parallel()
					oneOfTwoDies(t, cut, written, next)
				})
			}
		}
	}
}

// A run that is overtaken by one that died after its image tags ends with 75 once. The same command gets out.
func TestOvertakenByOneThatDied(t *testing.T) {
	cut := rt.Rule{Method: http.MethodPut, Path: "/manifests/edge"}
	if err := oneOfTwoDies(t, cut, false, "Y"); fault.CodeOf(err) != fault.Retry {
		t.Errorf("the first run of Y: exit %d: %v", fault.CodeOf(err), err)
	}
}

// oneOfTwoDies kills X, lets Y go on, which may fail, and then gives the next command, which must not.
func oneOfTwoDies(t *testing.T, cut rt.Rule, written bool, next string) (yErr error) {
	t.Helper()
	a, b := memory(t), memory(t)
	base := newSite(t, a, b)
	base.must(Done)
	pa, pb := rt.New(t, a), rt.New(t, b)
	x, y := newSite(t, pa.Address, pb.Address), newSite(t, a, b)
	x.now, y.now = base.now.Add(10*time.Second), base.now.Add(5*time.Second)
	x.another(7)
	y.another(8)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	cut.Do = func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
		if written {
			pass().Body.Close()
		}
		cancel()
		rt.Reset(w, r, pass)
	}
	pa.Break(cut)
	pb.Break(cut)
	begun, dead := make(chan bool), make(chan bool)
	y.hooks.Source = func(context.Context, string) error { close(begun); <-dead; return nil }
	ended := make(chan error)
	go func() { _, err := y.release(context.Background()); ended <- err }()
	<-begun
	if _, err := x.release(ctx); err == nil {
		t.Fatal("X did not die")
	}
	close(dead)
	yErr = <-ended
	if code := fault.CodeOf(yErr); yErr != nil && code != fault.Retry {
		t.Errorf("Y: exit %d: %v", code, yErr)
	}
	pa.Mend()
	pb.Mend()
	y.hooks.Source = nil
	var res *Result
	var err error
	switch next {
	case "Y":
		res, err = y.release(t.Context())
	case "X":
		x.client = newClient(t)
		res, err = x.release(t.Context())
	default:
		res, err = storeOf(newClient(t), y.set).Resume(t.Context(), Hooks{}, false)
		if fault.CodeOf(err) == fault.Usage && yErr != nil { // nothing of either had moved
			res, err = y.release(t.Context())
		}
	}
	if err != nil {
		t.Fatalf("the next command: %+v, exit %d: %v", res, fault.CodeOf(err), err)
	}
	k, err := storeOf(newClient(t), y.set).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	y.whole(k.Newest)
	y.pullable()
	if res, err := storeOf(newClient(t), y.set).Resume(t.Context(), Hooks{}, false); err != nil {
		t.Errorf("resume afterwards: %+v, %v", res, err)
	}
	return yErr
}

// What was begun at a registry that lagged is not finished behind a release that came since: the same inputs are
// released anew, and the moving tags stand for them.
func TestBegunBeforeAnotherRelease(t *testing.T) {
	s, a, b := proxied(t)
	s.set.Required = []string{s.set.Registries[0].String()}
	s.must(Done)
	s.another(7)
	images, cand := s.images, s.cand
	a.Break(rt.Rule{Method: http.MethodPut, Path: releaseTag, Do: rt.Status(503, "")})
	fails(t, s, partial, fault.Partial)
	a.Mend()
	b.Down()
	s.another(8)
	s.must(Done)
	b.Mend()
	s.images, s.cand = images, cand
	s.whole(s.must(Done).Record)
}

// The same inputs, built with other bytes on two machines, each of which reached one registry only, under one tag.
func TestSameInputsWithOtherBytes(t *testing.T) {
	for _, next := range []string{"release", "resume"} {
		t.Run(next, func(t *testing.T) {
			s, stores, proxies := stored(t)
			first := s.must(Done).Record
			s.another(7)
			now := s.now
			for i := range 2 { // twice the same second
				s.now = now
				s.set.Dist = t.TempDir()
				s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
				proxies[1-i].Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/(2026|pending)", Do: rt.Status(400, "")})
				proxies[1-i].Break(rt.Rule{Method: http.MethodGet, Path: "/manifests/pending",
					Do: rt.Status(404, rt.Code("MANIFEST_UNKNOWN", "x"))})
				if i == 1 { // it does not see what the first did
					proxies[0].Break(rt.Rule{Method: http.MethodGet, Path: "/manifests/pending",
						Do: rt.Status(404, rt.Code("MANIFEST_UNKNOWN", "x"))})
				}
				res, err := s.release(t.Context())
				t.Logf("%d: %s, exit %d", i, res.State, fault.CodeOf(err))
				proxies[0].Mend()
				proxies[1].Mend()
			}
			s.set.Dist = t.TempDir()
			var res *Result
			var err error
			if next == "release" {
				res, err = s.release(t.Context())
			} else if res, err = storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); fault.CodeOf(err) == fault.OK &&
				res.State == Unchanged {
				s.whole(first)
				return
			}
			if err != nil || res.State != Done {
				t.Fatalf("%+v, exit %d: %v", res, fault.CodeOf(err), err)
			}
			s.whole(res.Record)
			for _, st := range stores {
				for _, m := range st.Moves() {
					if m.Old != "" && m.Tag[:4] == "2026" {
						t.Errorf("an immutable tag moved: %+v", m)
					}
				}
			}
		})
	}
}
