package release

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// The answer to a tag's PUT is lost, and the registry refuses to write an immutable tag again: 403 at Docker Hub, 400
// at ECR.
func TestLostAnswerOfAnImmutableTag(t *testing.T) {
	for _, code := range []int{400, 403, 409, 412} {
		for _, path := range []string{"mastodon" + releaseTag, "mini-release" + releaseTag, "mini-release" + claimTags,
			"mastodon/manifests/edge"} {
			t.Run(fmt.Sprint(code, " ", path), func(t *testing.T) {
				s, _, b := proxied(t)
				b.Break(
					rt.Rule{Method: http.MethodPut, Path: path, Count: 1, Do: rt.After(rt.Reset)},
					rt.Rule{Method: http.MethodPut, Path: path, Do: rt.Status(code, rt.Code("DENIED", "tag is immutable"))})
				s.whole(s.must(Done).Record)
			})
		}
	}
}

// The first tag was written, and its answer and all that follows are lost: that is no failure that leaves nothing.
func TestNotFailedWhereATagMayBeWritten(t *testing.T) {
	s, a, b := proxied(t)
	s.must(Done)
	s.another(7)
	for i, p := range []*rt.Proxy{a, b} {
		p.Break(rt.Rule{Method: http.MethodPut, Path: releaseTag,
			Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
				if i == 1 {
					pass().Body.Close()
				}
				p.Down()
				rt.Reset(w, r, pass)
			}})
	}
	res, err := s.release(t.Context())
	if res.State != partial || fault.CodeOf(err) != fault.Partial {
		t.Errorf("%s, exit %d: %v", res.State, fault.CodeOf(err), err)
	}
	a.Mend()
	b.Mend()
	s.whole(s.must(Done).Record)
}

// A promotion whose first tag was written and cannot be read back moved something; the same command finishes it.
func TestPromotionThatBreaksOff(t *testing.T) {
	for n := range 7 {
		for _, written := range []bool{false, true} {
			if n == 0 || testing.Short() && (n%2 == 0 || written != (n == 3)) {
				continue // in the short form the first, the third and the fifth cut, one of which takes effect
			}
			s, a, b := proxied(t)
			was := s.history(2)
			var once sync.Once
			cut := rt.Rule{Method: http.MethodPut, Path: "/manifests/(stable|latest)", From: n,
				Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
					if written {
						once.Do(func() { pass().Body.Close() })
					}
					b.Down()
					rt.Reset(w, r, pass)
				}}
			b.Break(cut)
			a.Break(rt.Rule{Method: http.MethodPut, Path: "/manifests/(stable|latest)", Do: rt.Status(400, "")})
			res, err := storeOf(s.client, s.set).Promote(t.Context(), "", []string{"stable", "latest"}, Accept{}, false)
			b.Mend()
			a.Mend()
			moved := false
			for _, r := range s.set.Registries {
				for tag := range s.tags(r) {
					moved = moved || strings.HasSuffix(tag, ":stable") || strings.HasSuffix(tag, ":latest")
				}
			}
			if moved && res.State != partial || err == nil {
				t.Errorf("cut %d %v: %s, exit %d: %v", n, written, res.State, fault.CodeOf(err), err)
			}
			if res, err = storeOf(s.client, s.set).Promote(t.Context(), was[1].Tag, []string{"stable", "latest"}, Accept{},
				false); err != nil || res.State != Done {
				t.Errorf("cut %d: the same command: %+v, %v", n, res, err)
			}
			for _, r := range s.set.Registries {
				tags := s.tags(r)
				if tags["mastodon:stable"] != was[1].Images[0].Digest ||
					tags["mastodon-streaming:latest"] != was[1].Images[1].Digest {
					t.Errorf("cut %d: %v", n, tags)
				}
			}
		}
	}
}

// All is published, and only this machine's copy cannot be written: not partial, and the same command writes it later.
func TestCopyThatCannotBeWritten(t *testing.T) {
	s := newSite(t, memory(t), strict(t))
	blocked := filepath.Join(s.set.Dist, "releases")
	if err := os.WriteFile(blocked, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	res, err := s.release(t.Context())
	if res.State != Done || fault.CodeOf(err) != fault.Other || fault.HintOf(err).IsZero() {
		t.Errorf("%s, exit %d: %v", res.State, fault.CodeOf(err), err)
	}
	s.whole(res.Record)
	if err := os.Remove(blocked); err != nil {
		t.Fatal(err)
	}
	s.must(Unchanged)
	for _, f := range []string{"releases/" + res.Record.Tag + ".json", "kustomization.yaml"} {
		if _, err := os.Stat(filepath.Join(s.set.Dist, f)); err != nil {
			t.Error(err)
		}
	}
}

// garble puts a manifest that is no record under tags of NAME-release, at the n-th registry.
func garble(t *testing.T, s *site, store *rt.Store, n int, tags ...string) {
	t.Helper()
	repo, err := s.client.Repo(s.set.Registries[n], s.set.artifact())
	if err != nil {
		t.Fatal(err)
	}
	junk := content.Manifest{Type: "application/vnd.oci.image.manifest.v1+json", Data: []byte(`{"schemaVersion":2}`)}
	if err := repo.Put(t.Context(), "junk", junk); err != nil && store.Tags("owner/mini-release")["junk"] == "" {
		t.Fatal(err)
	}
	for _, tag := range tags {
		store.SetTag("owner/mini-release", tag, store.Tags("owner/mini-release")["junk"])
	}
}

// The newest record cannot be read anywhere: status says so with the way out, a release is refused, and a rollback
// to a release whose record is whole works.
func TestRecordThatCannotBeRead(t *testing.T) {
	s, stores, proxies := stored(t)
	was := s.history(2)
	for i := range stores {
		garble(t, s, stores[i], i, was[1].Tag, currentTag)
	}
	st, err := storeOf(s.client, s.set).Status(t.Context(), "", true)
	if err != nil || st.State != partial || !strings.Contains(strings.Join(st.Warnings, " "), "publish:rollback") {
		t.Errorf("status: %+v, %v", st, err)
	}
	if res, err := storeOf(s.client, s.set).Resume(t.Context(), Hooks{}, false); res.State != Failed ||
		!strings.Contains(fault.HintOf(err).String(), "publish:rollback") {
		t.Errorf("resume: %+v, %v", res, err)
	}
	s.another(7)
	if _, err := s.release(t.Context()); fault.CodeOf(err) != fault.Gate || !strings.Contains(err.Error(), was[1].Tag) {
		t.Errorf("release: exit %d: %v", fault.CodeOf(err), err)
	}
	res, err := storeOf(s.client, s.set).Rollback(t.Context(), was[0].Tag, Accept{Reason: "x"}, s.now.Add(time.Hour),
		false)
	if err != nil || res.State != Done {
		t.Fatalf("rollback: %+v, %v", res, err)
	}
	s.whole(res.Record)
	proxies[0].Down() // one registry out of reach is not a record that cannot be read
	if _, err := storeOf(s.client, s.set).Read(t.Context()); err != nil {
		t.Error(err)
	}
}

// Web and streaming of a moving tag are written together: each PUT is answered only after the other has come.
func TestMovingTagsAreWrittenTogether(t *testing.T) {
	store := rt.NewStore()
	var mu sync.Mutex
	come := map[string]chan bool{}
	both := func(tag string) chan bool {
		mu.Lock()
		defer mu.Unlock()
		if c := come[tag]; c != nil {
			close(c)
			return c
		}
		come[tag] = make(chan bool)
		return come[tag]
	}
	watching := false
	s := newSite(t, rt.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, tag, _ := strings.Cut(r.URL.Path, "/manifests/")
		if watching && r.Method == http.MethodPut && strings.Contains("edge latest v4 v4.6", tag) && tag != "" {
			select {
			case <-both(tag):
			case <-time.After(time.Minute):
				t.Errorf("%s of one image is written before that of the other is asked for", tag)
			}
		}
		store.ServeHTTP(w, r)
	})))
	s.set.Moving = []string{"edge", "latest", "v4", "v4.6"}
	s.must(Done)
	watching = true
	s.another(7)
	s.whole(s.must(Done).Record)
	if len(come) != 4 {
		t.Errorf("%d tags were written", len(come))
	}
}
