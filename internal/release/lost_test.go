package release

import (
	"bytes"
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/record"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// stored is a site with two registries whose stores a test reads and changes, and proxies before them.
func stored(t *testing.T) (s *site, stores [2]*rt.Store, proxies [2]*rt.Proxy) {
	t.Helper()
	for i := range stores {
		stores[i] = rt.NewStore()
		proxies[i] = rt.New(t, stores[i].Serve(t))
	}
	return newSite(t, proxies[0].Address, proxies[1].Address), stores, proxies
}

// A blob that a registry has lost is sent again by publish:resume, from the other registry, and no other is.
func TestResumeSendsALostBlob(t *testing.T) {
	for name, of := range map[string]func(*record.Record) (string, string){
		"layer":  func(r *record.Record) (string, string) { return "mastodon", r.Images[0].Blobs[1].Digest },
		"config": func(r *record.Record) (string, string) { return "mastodon-streaming", r.Images[1].Blobs[0].Digest },
	} {
		t.Run(name, func(t *testing.T) {
			s, stores, proxies := stored(t)
			image, digest := of(s.must(Done).Record)
			stores[1].PutBlob("owner/"+image, digest, nil)
			status, err := storeOf(s.client, s.set).Status(t.Context(), "", true)
			if err != nil || status.State != partial || status.Resume.Target == "" {
				t.Fatalf("status: %+v, %v", status, err)
			}
			s.set.Dist, s.set.Cache = t.TempDir(), t.TempDir()
			proxies[1].Forget()
			res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false)
			if err != nil || res.State != Done {
				t.Errorf("resume: %+v, %v", res, err)
			}
			if broken := stores[1].Broken(); len(broken) > 0 {
				t.Error(broken)
			}
			if sent := proxies[1].Requests("^POST"); len(sent) != 1 {
				t.Errorf("sent: %v", sent)
			}
			if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Unchanged {
				t.Errorf("resume again: %+v, %v", res, err)
			}
		})
	}
}

// A blob that no registry has any more cannot be had, and the error says what can be done.
func TestResumeWithABlobThatIsLostEverywhere(t *testing.T) {
	s, stores, _ := stored(t)
	rec := s.must(Done).Record
	for _, st := range stores {
		st.PutBlob("owner/mastodon", rec.Images[0].Blobs[1].Digest, nil)
	}
	s.set.Cache = t.TempDir()
	res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false)
	if res.State != Failed || fault.CodeOf(err) != fault.Registry || fault.HintOf(err).IsZero() {
		t.Errorf("%s, exit %d: %v", res.State, fault.CodeOf(err), err)
	}
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	s.whole(s.must(Done).Record)
	for _, st := range stores {
		if broken := st.Broken(); len(broken) > 0 {
			t.Error(broken)
		}
	}
}

// The same release command sends again what one registry lost, and builds again what no registry has, where a person
// waits for it; publish:status and publish:resume see the same. A scheduled run does not look for blobs.
func TestReleaseAfterABlobWasLost(t *testing.T) {
	for name, lostAt := range map[string][]int{"at one": {1}, "at each": {0, 1}} {
		for what, of := range map[string]func(*record.Record) (string, string){
			"layer":  func(r *record.Record) (string, string) { return "mastodon", r.Images[0].Blobs[1].Digest },
			"config": func(r *record.Record) (string, string) { return "mastodon-streaming", r.Images[1].Blobs[0].Digest },
		} {
			t.Run(name+" "+what, func(t *testing.T) {
				s, stores, _ := stored(t)
				rec := s.must(Done).Record
				image, digest := of(rec)
				for _, i := range lostAt {
					stores[i].PutBlob("owner/"+image, digest, nil)
				}
				s.must(Unchanged)
				s.set.Attended, s.set.Cache = true, t.TempDir()
				k, err := storeOf(s.client, s.set).Read(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				plan, err := storeOf(s.client, s.set).Prepare(t.Context(), k, s.cand, PrepareOptions{Now: s.now})
				if err != nil || plan.State != Done || (plan.Record == nil) != (len(lostAt) == 2) {
					t.Fatalf("%+v, %v", plan, err)
				}
				found, err := storeOf(s.client, s.set).Reuse(t.Context(), plan.Known, image, s.cand.Images[image])
				if len(lostAt) == 2 && found != nil || err != nil {
					t.Errorf("a lost image is used again: %+v, %v", found, err)
				}
				s.now = s.now.Add(time.Minute)
				next := s.must(Done).Record
				if same := next.Tag == rec.Tag; same != (len(lostAt) == 1) {
					t.Errorf("%s became %s", rec.Tag, next.Tag)
				}
				for i, store := range stores {
					if lacks := store.Lacks("owner/"+image, "edge"); lacks != "" {
						t.Errorf("registry %d: edge lacks %s", i, lacks)
					}
				}
				s.must(Unchanged)
			})
		}
	}
}

// remembers answers HEAD for a blob that its store has lost, until the blob is sent again.
func remembers(p *rt.Proxy, digest string) {
	p.Break(
		rt.Rule{Method: http.MethodGet, Path: "/blobs/" + digest, Do: rt.Status(404, rt.Code("BLOB_UNKNOWN", digest))},
		rt.Rule{Method: http.MethodPut, Path: "mastodon/blobs/", Do: rt.Do(p.Mend)})
}

func TestBlobThatIsOnlyRemembered(t *testing.T) {
	s, _, proxies := stored(t)
	// all is uploaded, nothing tagged
	s.hooks.Verify = func(context.Context) error { return fault.New(fault.Gate, "stop here") }
	fails(t, s, Failed, fault.Gate)
	s.hooks.Verify = nil
	content, err := s.images[0].stamped(s.cand.Stamp)
	if err != nil {
		t.Fatal(err)
	}
	remembers(proxies[1], content.Blobs[1].Digest.String())
	res := s.must(Done)
	if len(res.Warnings) != 1 {
		t.Errorf("warnings %q", res.Warnings)
	}
	remembers(proxies[1], res.Record.Images[0].Blobs[2].Digest)
	if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Done {
		t.Errorf("resume: %+v, %v", res, err)
	}
	if n := len(proxies[1].Requests("^PUT .*mastodon/blobs/")); n == 0 {
		t.Error("nothing was sent again")
	}
	s.whole(res.Record)
}

// A layer that a release takes over from the one before is looked at: what a registry lost of it is sent again, and
// nothing is released that cannot be pulled.
func TestLayersOfTheReleaseBefore(t *testing.T) {
	for _, what := range []string{"other bytes", "remembered", "gone for good"} {
		t.Run(what, func(t *testing.T) {
			s, stores, proxies := stored(t)
			rec := s.must(Done).Record
			digest := rec.Images[0].Blobs[1].Digest
			switch what {
			case "other bytes":
				data := bytes.Clone(stores[1].Blob("owner/mastodon", digest))
				data[len(data)/2] ^= 1
				stores[1].PutBlob("owner/mastodon", digest, data)
			case "remembered":
				remembers(proxies[1], digest)
			default:
				proxies[1].Break(rt.Rule{Method: http.MethodGet, Path: "/blobs/" + digest,
					Do: rt.Status(404, rt.Code("BLOB_UNKNOWN", digest))})
			}
			s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7") // the same layers, another stamp
			if what == "gone for good" {
				fails(t, s, Failed, fault.Registry)
				return
			}
			s.whole(s.must(Done).Record)
			if broken := stores[1].Broken(); len(broken) > 0 {
				t.Error(broken)
			}
		})
	}
}

// -all finds bytes that are wrong where the first byte and the size are right.
func TestResumeReadsAll(t *testing.T) {
	s, stores, _ := stored(t)
	digest := s.must(Done).Record.Images[0].Blobs[1].Digest
	data := bytes.Clone(stores[1].Blob("owner/mastodon", digest))
	data[len(data)/2] ^= 1
	stores[1].PutBlob("owner/mastodon", digest, data)
	if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Unchanged {
		t.Errorf("without -all: %+v, %v", res, err)
	}
	s.set.ReadAll = true
	if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); err != nil || res.State != Done {
		t.Errorf("with -all: %+v, %v", res, err)
	}
	if broken := stores[1].Broken(); len(broken) > 0 {
		t.Error(broken)
	}
}

// In turn, every blob that stays is read again.
func TestBlobsAreReadInTurn(t *testing.T) {
	blobs := []record.Blob{{Digest: "a", Size: 10 << 20}, {Digest: "b", Size: 20 << 20}, {Digest: "c", Size: 4 << 20},
		{Digest: "d", Size: 4 << 20}, {Digest: "e", Size: 100 << 20},
		{Digest: "a", Size: 10 << 20}}
	read := map[string]int{}
	for n := range 5 {
		due := inTurn(blobs, n)
		var size int64
		for _, b := range blobs[:5] {
			if due[b.Digest] {
				read[b.Digest]++
				size += b.Size
			}
		}
		if len(due) == 0 || len(due) > 1 && size > readAgain {
			t.Errorf("release %d reads %v", n, due)
		}
	}
	if len(read) != 5 {
		t.Errorf("read in five releases: %v", read)
	}
}

// What one registry lacks of the release to go back to comes from the other, layer by layer.
func TestRollbackWithBlobsFromBothRegistries(t *testing.T) {
	s, stores, _ := stored(t)
	old := s.must(Done).Record
	s.another(7)
	s.must(Done)
	stores[0].PutBlob("owner/mastodon", old.Images[0].Blobs[1].Digest, nil)
	stores[1].PutBlob("owner/mastodon", old.Images[0].Blobs[2].Digest, nil)
	res, err := storeOf(s.client, s.set).Rollback(t.Context(), "", Accept{Reason: "x"}, s.now.Add(time.Hour), false)
	if err != nil || res.State != Done {
		t.Fatalf("%+v, %v", res, err)
	}
	s.whole(res.Record)
	for _, st := range stores {
		if broken := st.Broken(); len(broken) > 0 {
			t.Error(broken)
		}
	}
}
