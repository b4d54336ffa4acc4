package release

import (
	"net/http"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// A registry that answers once that the hold's tag is not there does not make anybody forget the hold.
func TestHoldThatIsNotFoundOnce(t *testing.T) {
	missing := rt.Rule{Method: http.MethodGet, Path: "/manifests/hold", Count: 1,
		Do: rt.Status(http.StatusNotFound, rt.Code("MANIFEST_UNKNOWN", "hold"))}
	newSite := func(t *testing.T) (*site, *rt.Proxy) {
		t.Helper()
		p := rt.New(t, memory(t))
		s := newSite(t, p.Address)
		s.must(Done)
		if _, err := storeOf(s.client, s.set).Hold(t.Context(), true, "broken media", s.now); err != nil {
			t.Fatal(err)
		}
		p.Break(missing)
		return s, p
	}
	held := func(t *testing.T, s *site, p *rt.Proxy) {
		t.Helper()
		p.Mend()
		s.another(8)
		if res := s.must(Held); res.State != Held {
			t.Errorf("state %s", res.State)
		}
	}
	t.Run("release", func(t *testing.T) {
		s, p := newSite(t)
		s.another(7)
		s.must(Held)
		held(t, s, p)
	})
	t.Run("resume", func(t *testing.T) {
		s, p := newSite(t)
		if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Unchanged {
			t.Errorf("%+v, %v", res, err)
		}
		held(t, s, p)
	})
	t.Run("hold that fails", func(t *testing.T) {
		s, p := newSite(t)
		p.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/hold", Count: 1, Do: rt.After(rt.Status(403, ""))})
		p.Break(rt.Rule{Method: http.MethodGet, Path: "/manifests/hold", From: 2, Count: 1, Do: rt.Status(500, "")})
		_, _ = storeOf(s.client, s.set).Hold(t.Context(), true, "another", s.now) // whatever comes of it, a hold stays
		held(t, s, p)
	})
	t.Run("rollback that fails", func(t *testing.T) {
		s, p := newSite(t)
		p.Mend()
		if _, err := storeOf(s.client, s.set).Hold(t.Context(), false, "", s.now); err != nil {
			t.Fatal(err)
		}
		s.another(7)
		s.must(Done)
		if _, err := storeOf(s.client, s.set).Hold(t.Context(), true, "again", s.now); err != nil {
			t.Fatal(err)
		}
		p.Break(missing, rt.Rule{Method: http.MethodPut, Path: "/manifests/pending", Do: rt.Status(400, "")})
		res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, s.now, false)
		if fault.CodeOf(err) == fault.OK || res.State == Done {
			t.Errorf("%+v, %v", res, err)
		}
		held(t, s, p)
	})
}

// A hold that fails, and that no registry is known to have taken back, is said to be so: a tag that may have been
// written does not count as written.
func TestHoldThatCannotBeTakenBack(t *testing.T) {
	for name, second := range map[string]rt.Fault{"reset": rt.Reset, "reset after": rt.After(rt.Reset)} {
		t.Run(name, func(t *testing.T) {
			a, b := rt.New(t, memory(t)), rt.New(t, memory(t))
			s := newSite(t, a.Address, b.Address)
			s.must(Done)
			for p, put := range map[*rt.Proxy]rt.Fault{a: rt.After(rt.Reset), b: second} {
				p.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/hold",
					Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
						p.Down()
						put(w, r, pass)
					}})
			}
			_, err := storeOf(s.client, s.set).Hold(t.Context(), true, "broken media", s.now)
			if fault.CodeOf(err) != fault.Registry || !strings.Contains(err.Error(), "bringing the hold back") {
				t.Errorf("%v", err)
			}
			a.Mend()
			b.Mend()
			if _, err := storeOf(newClient(t), s.set).Hold(t.Context(), false, "", s.now); err != nil {
				t.Fatal(err)
			}
			s.another(7)
			s.must(Done)
		})
	}
}
