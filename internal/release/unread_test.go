package release

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/target"
)

// A record that one registry cannot give is read from the other, and publish:resume sends it again.
func TestRecordThatOneRegistryCannotGive(t *testing.T) {
	for _, n := range []int{0, 1} {
		s, stores, _ := stored(t)
		was := s.history(2)
		garble(t, s, stores[n], n, currentTag)
		if k, err := storeOf(s.client, s.set).Read(t.Context()); err != nil || k.Newest.Tag != was[1].Tag {
			t.Fatalf("registry %d: %+v, %v", n, k, err)
		}
		if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Done {
			t.Errorf("registry %d: resume: %+v, %v", n, res, err)
		}
		s.whole(was[1])
		s.must(Unchanged)
	}
}

// Records that cannot be read anywhere: of the two newest releases, and of the only one. Each refusal names a way
// out, and that way leads out.
func TestRecordsThatNobodyCanRead(t *testing.T) {
	t.Run("the two newest", func(t *testing.T) {
		s, stores, _ := stored(t)
		was := s.history(3)
		for i, store := range stores {
			garble(t, s, store, i, was[1].Tag, was[2].Tag, currentTag)
		}
		s.another(7)
		_, err := fails(t, s, Failed, fault.Gate)
		if !strings.Contains(fault.HintOf(err).String(), "-to="+was[0].Tag) {
			t.Errorf("%v, hint %q", err, fault.HintOf(err))
		}
		res, err := storeOf(s.client, s.set).Rollback(t.Context(), was[0].Tag, Accept{Reason: "x"}, s.now.Add(time.Hour),
			false)
		if err != nil || res.State != Done {
			t.Fatalf("rollback: %+v, %v", res, err)
		}
		s.whole(res.Record)
	})
	t.Run("the only one", func(t *testing.T) {
		s, stores, _ := stored(t)
		first := s.must(Done).Record
		for i, store := range stores {
			garble(t, s, store, i, first.Tag, currentTag)
		}
		s.another(7)
		_, err := fails(t, s, Failed, fault.Gate)
		if !strings.Contains(fault.HintOf(err).String(), "-accept=schema") {
			t.Errorf("%v, hint %q", err, fault.HintOf(err))
		}
		s.accept = Accept{Gates: []string{target.GateSchema}, Reason: "the database is that of the last release"}
		s.whole(s.must(Done).Record)
	})
}

// A hold that no registry can give is written anew by publish:hold; if that fails, it counts as set, and says since
// when.
func TestHoldThatNobodyCanRead(t *testing.T) {
	s, stores, proxies := stored(t)
	s.must(Done)
	for i, store := range stores {
		garble(t, s, store, i, holdTag)
	}
	s.another(7)
	_, err := fails(t, s, Failed, fault.Registry)
	if hint := fault.HintOf(err).String(); !strings.Contains(hint, "publish:hold -off") {
		t.Errorf("%v, hint %q", err, hint)
	}
	proxies[1].Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/hold", Count: 1, Do: rt.Status(403, "")})
	if res, err := storeOf(s.client, s.set).Hold(t.Context(), false, "", s.now); err == nil || res.State != Failed {
		t.Errorf("a hold that a required registry does not take: %+v, %v", res, err)
	}
	proxies[1].Mend()
	if held := s.must(Held); held.Record == nil {
		t.Error("held, and no release is named")
	}
	st, err := storeOf(s.client, s.set).Status(t.Context(), "", true)
	if text := strings.Join(st.Warnings, " "); err != nil || !strings.Contains(text, "held since "+s.now.Format("2006")) {
		t.Errorf("status: %q, %v", text, err)
	}
	if _, err := storeOf(s.client, s.set).Hold(t.Context(), false, "", s.now); err != nil {
		t.Fatal(err)
	}
	s.whole(s.must(Done).Record)
}
