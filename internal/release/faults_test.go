package release

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/target"
)

// Requests for a release's own tag, and for its claim.
const (
	releaseTag = `/manifests/2026.*-[0-9a-f]{8}$`
	claimTags  = `/manifests/2026.*-[0-9a-f]{8}\.[0-9a-f]{12}$`
)

// proxied is a site with two registries that can be broken.
func proxied(t *testing.T) (*site, *rt.Proxy, *rt.Proxy) {
	t.Helper()
	a, b := rt.New(t, memory(t)), rt.New(t, strict(t))
	return newSite(t, a.Address, b.Address), a, b
}

func fails(t *testing.T, s *site, state string, code fault.Code) (*Result, error) {
	t.Helper()
	res, err := s.release(t.Context())
	if res.State != state || fault.CodeOf(err) != code {
		t.Fatalf("state %q and code %d, want %q and %d: %v", res.State, fault.CodeOf(err), state, code, err)
	}
	return res, err
}

func TestRequiredRegistryDownBeforeTheFirstTag(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"from the start", "in the upload", "reading back"} {
		t.Run(when, func(t *testing.T) {
			s, a, b := proxied(t)
			switch when {
			case "from the start":
				b.Down()
			case "in the upload":
				b.Break(rt.Rule{Method: http.MethodPut, Path: "/blobs/", From: 2, Do: rt.Do(b.Down)})
			default:
				b.Break(rt.Rule{Method: http.MethodGet, Path: "/blobs/", Do: rt.Do(b.Down)})
			}
			res, _ := fails(t, s, Failed, fault.Registry)
			if when != "from the start" && (res.Registries[0].State != Failed || res.Registries[1].State != Failed ||
				res.Registries[1].code != fault.Registry) {
				t.Errorf("registries %+v", res.Registries)
			}
			b.Mend()
			for _, r := range s.set.Registries {
				if tags := s.tags(r); len(tags) != 0 {
					t.Errorf("%s has tags: %v", r, tags)
				}
			}
			a.Forget()
			s.whole(s.must(Done).Record)
			if sent := a.Requests("^PUT .*/blobs/"); when == "reading back" && len(sent) != 0 {
				t.Errorf("uploaded again: %v", sent)
			}
		})
	}
}

func TestRequiredRegistryDownAfterTheFirstTag(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]rt.Rule{
		"immutable": {Method: http.MethodPut, Path: releaseTag, From: 1},
		"second":    {Method: http.MethodPut, Path: releaseTag, From: 2},
		"moving":    {Method: http.MethodPut, Path: `/manifests/edge`, From: 1},
		"record":    {Method: http.MethodPut, Path: `mini-release` + releaseTag, From: 1},
		"current":   {Method: http.MethodPut, Path: `/manifests/current`, From: 1},
	} {
		t.Run(name, func(t *testing.T) {
			s, a, b := proxied(t)
			first := s.must(Done).Record
			s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
			s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
			rule.Do = func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
				b.Down()
				rt.Reset(w, r, pass)
			}
			b.Break(rule)
			res, err := fails(t, s, partial, fault.Partial)
			if !strings.Contains(fault.HintOf(err).String(), "publish:resume") || res.Resume.Target == "" {
				t.Errorf("no way on: %v, hint %q", err, fault.HintOf(err).String())
			}
			if res.Registries[1].State != Failed && res.Registries[1].State != partial || res.Registries[0].State == Failed {
				t.Errorf("registries %+v", res.Registries)
			}
			b.Mend()
			s.pullable()
			if name == "immutable" || name == "second" {
				if got := s.tags(s.set.Registries[0])["mastodon:edge"]; got != first.Images[0].Digest {
					t.Errorf("edge moved to %s though not all registries had the release", got)
				}
			}
			// On an empty machine: no journal, no layouts.
			s.set.Dist, s.set.Cache, s.images = t.TempDir(), t.TempDir(), nil
			a.Forget()
			b.Forget()
			done, err := storeOf(newClient(t), s.set).Resume(t.Context(), Hooks{}, false)
			if err != nil || done.State != Done || done.Record.Tag != res.Record.Tag {
				t.Fatalf("resume: %+v, %v", done, err)
			}
			s.whole(done.Record)
			if sent := append(a.Requests("^PUT .*/blobs/"), b.Requests("^PUT .*/blobs/")...); len(sent) != 0 {
				t.Errorf("uploaded again: %v", sent)
			}
			s.must(Unchanged)
		})
	}
}

func TestPartialIsFinishedByTheSameCommand(t *testing.T) {
	s, _, b := proxied(t)
	b.Break(rt.Rule{Method: http.MethodPut, Path: releaseTag, Do: rt.Status(503, "")})
	res, _ := fails(t, s, partial, fault.Partial)
	b.Mend()
	s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")} // built again, with other bytes
	done := s.must(Done)
	if done.Record.Tag != res.Record.Tag || done.Record.Images[0].Digest != res.Record.Images[0].Digest {
		t.Errorf("another release: %s, %s", done.Record.Tag, res.Record.Tag)
	}
	s.whole(done.Record)
}

func TestOptionalRegistryLags(t *testing.T) {
	t.Parallel()
	for _, when := range []string{"read", "upload", "tag"} {
		t.Run(when, func(t *testing.T) {
			s, _, b := proxied(t)
			s.set.Required = []string{s.set.Registries[0].String()}
			switch when {
			case "read":
				b.Down()
			case "upload":
				b.Break(rt.Rule{Method: http.MethodPut, Path: "/blobs/", Do: rt.Do(b.Down)})
			case "tag":
				b.Break(rt.Rule{Method: http.MethodPut, Path: releaseTag, Do: rt.Do(b.Down)})
			}
			res := s.must(Done)
			if res.Registries[1].State != lagging || len(res.Warnings) == 0 {
				t.Errorf("%+v, warnings %q", res.Registries, res.Warnings)
			}
			if res = s.must(Unchanged); res.Registries[1].State != lagging {
				t.Errorf("while it is down: %+v", res.Registries)
			}
			b.Mend()
			s.images = nil // nothing is built to catch up
			res = s.must(Done)
			s.whole(res.Record)
		})
	}
}

func TestAuthentication(t *testing.T) {
	s, _, b := proxied(t)
	b.Break(rt.Rule{Method: http.MethodPost, Do: rt.Status(403, rt.Code("DENIED", "permission_denied: write_package"))})
	_, err := fails(t, s, Failed, fault.Auth)
	if !strings.Contains(err.Error(), b.Address+"/owner/mastodon") ||
		!strings.Contains(err.Error(), "repository:owner/mastodon:push,pull") {
		t.Error(err)
	}
}

func TestImmutableTagIsNeverMoved(t *testing.T) {
	s, _, b := proxied(t)
	// Somebody else writes the release's tag between preflight and tagging.
	other := s.must(Done).Record
	s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
	repo, err := s.client.Repo(s.set.Registries[1], "mastodon-streaming")
	if err != nil {
		t.Fatal(err)
	}
	m, _, err := repo.Get(t.Context(), other.Images[1].Digest)
	if err != nil {
		t.Fatal(err)
	}
	tag := ""
	s.hooks.Source = func(ctx context.Context, branch string) error {
		tag = strings.TrimPrefix(branch, "howdah/")
		_, err := repo.Fix(ctx, tag, m)
		return err
	}
	_, err = s.release(t.Context())
	if err == nil || !strings.Contains(err.Error(), "points to") {
		t.Fatalf("no refusal: %v", err)
	}
	if got := s.tags(s.set.Registries[1])["mastodon-streaming:"+tag]; got != m.Digest.String() {
		t.Errorf("the tag was moved to %s", got)
	}
	_ = b
}

// account is what everybody logs in with.
type account struct{}

func (account) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(authn.AuthConfig{Username: "me", Password: "secret"}), nil
}

// loggedIn is a client with credentials.
func loggedIn(t *testing.T) *registry.Client {
	c := registry.New(registry.Options{Keychain: account{}, Idle: 3 * time.Second, Tries: 4,
		Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	t.Cleanup(c.Close)
	return c
}

// anonymously breaks reading a manifest of the streaming image without credentials.
func anonymously(do rt.Fault) rt.Rule {
	return rt.Rule{Method: http.MethodGet, Path: "mastodon-streaming/manifests/sha256",
		Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
			if r.Header.Get("Authorization") == "" {
				do(w, r, pass)
			} else {
				rt.Do(func() {})(w, r, pass)
			}
		}}
}

func TestVisibility(t *testing.T) {
	s, _, b := proxied(t)
	s.client = loggedIn(t)
	hidden := anonymously(rt.Status(401, rt.Code("UNAUTHORIZED", "private")))
	b.Break(hidden)
	_, err := fails(t, s, Failed, fault.Gate)
	if !strings.Contains(err.Error(), "visibility") ||
		!strings.Contains(fault.HintOf(err).String(), "-accept=visibility") {
		t.Errorf("%v, hint %q", err, fault.HintOf(err).String())
	}
	for _, r := range s.set.Registries {
		for tag := range s.tags(r) {
			t.Errorf("%s has tag %s", r, tag)
		}
	}
	b.Mend()
	b.Break(hidden)
	s.accept = Accept{Gates: []string{target.GateVisibility}, Reason: "the cluster has a pull secret"}
	res, err := s.release(t.Context())
	if err != nil || len(res.Record.Accepted) != 1 || res.Record.Accepted[0].Gate != target.GateVisibility {
		t.Fatalf("%+v, %v", res.Record, err)
	}
	b.Mend()
	s.whole(res.Record)
}

// TestVisibilityUnknown: a registry that limits, fails or breaks off while it is read without credentials says nothing
// about who may read. It has failed, and nobody is told to make anything public.
func TestVisibilityUnknown(t *testing.T) {
	for name, do := range map[string]rt.Fault{"429": rt.Status(429, ""), "503": rt.Status(503, ""),
		"500": rt.Status(500, "<html>"), "reset": rt.Reset} {
		t.Run(name, func(t *testing.T) {
			s, _, b := proxied(t)
			s.client = loggedIn(t)
			b.Break(anonymously(do))
			_, err := fails(t, s, Failed, fault.Registry)
			if all := err.Error() + fault.HintOf(err).String(); strings.Contains(all, "public") ||
				strings.Contains(all, "visib") {
				t.Errorf("%v, hint %q", err, fault.HintOf(err))
			}
			b.Mend()
			s.whole(s.must(Done).Record)
		})
	}
}

func TestVerifyHook(t *testing.T) {
	s := newSite(t, strict(t))
	s.hooks.Verify = func(context.Context) error { return fault.New(fault.Gate, "node is in the web image") }
	fails(t, s, Failed, fault.Gate)
	if tags := s.tags(s.set.Registries[0]); len(tags) != 0 {
		t.Error(tags)
	}
	s.accept = Accept{Gates: []string{target.GateVerify}, Reason: "we want it"}
	if rec := s.must(Done).Record; rec.Accepted[0].What != "node is in the web image" {
		t.Errorf("%+v", rec.Accepted)
	}
}

// TestInterruptedAtEveryRequest ends a release at its n-th request, for every n, and finishes it with the same command.
func TestInterruptedAtEveryRequest(t *testing.T) {
	t.Parallel()
	a, b := rt.New(t, memory(t)), rt.New(t, memory(t))
	s := newSite(t, a.Address, b.Address)
	s.must(Done)
	total := len(b.Requests(""))
	if total < 40 {
		t.Fatalf("only %d requests", total)
	}
	stopped, step := 0, 2
	if testing.Short() {
		step = 26
	}
	for n := 1; n <= total; n += step {
		s.upstream(fmt.Sprintf("%040x", 0x1000000000000000+n<<40), "4.6.0-alpha.7")
		s.set.Dist, s.set.Cache = t.TempDir(), t.TempDir()
		s.client = newClient(t)
		ctx, cancel := context.WithCancel(t.Context())
		for _, p := range []*rt.Proxy{a, b} {
			p.Mend()
			p.Break(rt.Rule{From: n, Count: 1, Do: func(w http.ResponseWriter, r *http.Request, pass func() *http.Response) {
				cancel()
				rt.Reset(w, r, pass)
			}})
		}
		begun := time.Now()
		res, err := s.release(ctx)
		if d := time.Since(begun); d > time.Minute {
			t.Errorf("request %d: it took %s to stop", n, d)
		}
		cancel()
		if err == nil {
			continue // it needed fewer
		}
		stopped++
		if code := fault.CodeOf(err); res.State == partial && code != fault.Partial || res.State == Failed &&
			!errors.Is(err, context.Canceled) {
			t.Errorf("request %d: %s and code %d: %v", n, res.State, code, err)
		}
		a.Mend()
		b.Mend()
		s.client = newClient(t)
		done, err := s.release(t.Context())
		if err != nil || done.State != Done && done.State != Unchanged {
			t.Fatalf("request %d: finishing: %+v, %v", n, done, err)
		}
		s.whole(done.Record)
	}
	if stopped < 60/step {
		t.Errorf("only %d of %d runs were stopped", stopped, total)
	}
	s.pullable()
}
