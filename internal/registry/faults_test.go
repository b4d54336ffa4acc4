package registry

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// verbs are the kinds of requests that bringing an image to a registry makes.
var verbs = []rt.Rule{
	{Method: http.MethodGet, Path: `^/v2/$`},
	{Method: http.MethodHead, Path: `/blobs/sha256`},
	{Method: http.MethodPost, Path: `/blobs/uploads/$`},
	{Method: http.MethodPut, Path: `/blobs/uploads/.`},
	{Method: http.MethodHead, Path: `/manifests/sha256`},
	{Method: http.MethodPut, Path: `/manifests/sha256`},
	{Method: http.MethodGet, Path: `/manifests/sha256`},
	{Method: http.MethodGet, Path: `/blobs/sha256`},
	{Method: http.MethodHead, Path: `/manifests/v1$`},
	{Method: http.MethodPut, Path: `/manifests/v1$`},
	{Method: http.MethodGet, Path: `/manifests/v1$`},
}

// passing are the faults that go away; each must be got over.
var passing = map[string]rt.Fault{
	"408":            rt.Status(408, ""),
	"429":            rt.Status(429, rt.Code("TOOMANYREQUESTS", "slow down"), "Retry-After: 2"),
	"429 with date":  rt.Status(429, "", "Retry-After: "+time.Now().Add(30*time.Second).UTC().Format(http.TimeFormat)),
	"500":            rt.Status(500, "<html>oops</html>"),
	"502":            rt.Status(502, "bad gateway"),
	"503":            rt.Status(503, rt.Code("INTERNAL_ERROR", "an unlisted code")),
	"504":            rt.Status(504, ""),
	"522":            rt.Status(522, ""),
	"reset":          rt.Reset,
	"done and reset": rt.After(rt.Reset),
	"done and 500":   rt.After(rt.Status(500, "")),
	"cut":            rt.Cut,
}

// deliver uploads, reads back and tags.
func deliver(t *testing.T, c *Client, r address.Registry, content content.Content) error {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute) // it hangs
	defer cancel()
	d := Delivery{"mastodon", content}
	if err := c.Upload(ctx, []address.Registry{r}, []Delivery{d})[r]; err != nil {
		return err
	}
	if err := c.Verify(ctx, r, d, nil); err != nil {
		return err
	}
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		return err
	}
	_, err = repo.Fix(ctx, "v1", content.Root())
	return err
}

// With -short each third case is tried.
func TestFaultsThatPass(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	n := 0
	for _, name := range slices.Sorted(maps.Keys(passing)) {
		f := passing[name]
		t.Run(name, func(t *testing.T) {
			for _, verb := range verbs {
				for _, first := range []int{1, 2} {
					if n++; testing.Short() && n%3 != 0 {
						continue
					}
					p := rt.New(t, memory(t))
					verb.From, verb.Count, verb.Do = first, 2, f
					if first == 2 && strings.Contains(verb.Path, "v1$") {
						verb.From = 1
					}
					p.Break(verb)
					r := parse(t, p.Address+"/owner")
					c := newClient(t, Options{})
					if err := deliver(t, c, r, content); err != nil {
						t.Errorf("%s %s, from %d: %v", verb.Method, verb.Path, verb.From, err)
						continue
					}
					p.Mend()
					if err := c.Verify(t.Context(), r, Delivery{"mastodon", content}, nil); err != nil {
						t.Errorf("%s %s: %v", verb.Method, verb.Path, err)
					}
				}
			}
		})
	}
}

func TestFaultsThatStay(t *testing.T) {
	_, content := built(t, 2, 3<<10)
	for name, want := range map[string]struct {
		do   rt.Fault
		code fault.Code
		says string
	}{
		"down":    {rt.Reset, fault.Registry, ""},
		"500":     {rt.Status(500, ""), fault.Registry, "500"},
		"429":     {rt.Status(429, rt.Code("TOOMANYREQUESTS", "enough")), fault.Registry, ""},
		"401":     {rt.Status(401, rt.Code("UNAUTHORIZED", "who are you")), fault.Auth, ""},
		"403":     {rt.Status(403, rt.Code("DENIED", "permission_denied: write_package")), fault.Auth, ""},
		"hostile": {rt.Status(400, rt.Code("NAME_INVALID", `\u001b[31m::add-mask::\n::error::x`)), fault.Registry, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for _, verb := range verbs {
				if verb.Method == http.MethodHead && strings.Contains(verb.Path, "manifests/sha") || name == "401" &&
					verb.Path == "^/v2/$" {
					continue // nothing depends on it
				}
				p := rt.New(t, memory(t))
				verb.Do = want.do
				p.Break(verb)
				err := deliver(t, newClient(t, Options{Tries: 3, Keychain: known{}}), parse(t, p.Address+"/owner"), content)
				if err == nil {
					t.Errorf("%s %s: no error", verb.Method, verb.Path)
					continue
				}
				if got := fault.CodeOf(err); got != want.code {
					t.Errorf("%s %s: code %d, want %d: %v", verb.Method, verb.Path, got, want.code, err)
				}
				text := err.Error() + fault.HintOf(err).String()
				if strings.ContainsAny(text, "\x1b\n\r") || strings.Contains(text, "::") {
					t.Errorf("%s %s: not clean: %q", verb.Method, verb.Path, text)
				}
				if !strings.Contains(text, p.Address+"/owner/mastodon") {
					t.Errorf("%s %s: does not name the repository: %s", verb.Method, verb.Path, text)
				}
				if want.code == fault.Auth && !strings.Contains(text, "repository:owner/mastodon:") {
					t.Errorf("%s %s: does not name the scope: %s", verb.Method, verb.Path, text)
				}
			}
		})
	}
}

// TestSessionsThatVanish is about answers that mean "begin the upload anew": the bytes may or may not be there.
func TestSessionsThatVanish(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	for code, statuses := range map[string][]int{"BLOB_UPLOAD_UNKNOWN": {400, 404}, "BLOB_UNKNOWN": {404},
		"BLOB_UPLOAD_INVALID": {400, 416}, "DIGEST_INVALID": {400}} {
		for _, status := range statuses {
			for _, done := range []bool{false, true} {
				for _, method := range []string{http.MethodPost, http.MethodPut} {
					t.Run(fmt.Sprint(code, status, done, method), func(t *testing.T) {
						p := rt.New(t, distributed(t))
						f := rt.Status(status, rt.Code(code, "gone"))
						if done {
							f = rt.After(f)
						}
						p.Break(rt.Rule{Method: method, Path: `/blobs/uploads/`, From: 2, Count: 2, Do: f})
						if err := deliver(t, newClient(t, Options{}), parse(t, p.Address+"/owner"), content); err != nil {
							t.Error(err)
						}
					})
				}
			}
		}
	}
}

func TestManifestWhoseBlobsAreMissed(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	p := rt.New(t, distributed(t))
	// A registry that says it has every blob, and has none.
	p.Break(rt.Rule{Method: http.MethodHead, Path: `/blobs/`, Count: len(content.Blobs), Do: rt.Status(200, "")})
	if err := deliver(t, newClient(t, Options{}), parse(t, p.Address+"/owner"), content); err != nil {
		t.Error(err)
	}
}

// TestTagThatStaysBehind: where writing a tag fails and it stands for what it stood for before, that is an error; where
// the answer was lost and it stands for the new, it is not.
func TestTagThatStaysBehind(t *testing.T) {
	_, old := built(t, 2, 3<<10)
	_, fresh := built(t, 2, 3<<10)
	p := rt.New(t, distributed(t))
	r := parse(t, p.Address+"/owner")
	c := newClient(t, Options{Tries: 2})
	for _, content := range []content.Content{old, fresh} {
		if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", content}})[r]; err != nil {
			t.Fatal(err)
		}
	}
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Put(t.Context(), "edge", old.Root()); err != nil {
		t.Fatal(err)
	}
	for _, done := range []bool{false, true} {
		do, want := rt.Status(500, ""), old.Root().Digest.String()
		if done {
			do, want = rt.After(do), fresh.Root().Digest.String()
		}
		p.Break(rt.Rule{Method: http.MethodPut, Path: `/manifests/edge$`, Do: do})
		if err := repo.Put(t.Context(), "edge", fresh.Root()); (err == nil) != done {
			t.Errorf("carried out: %v, and the error is %v", done, err)
		}
		p.Mend()
		if got, _, err := repo.Head(t.Context(), "edge"); err != nil || got != want {
			t.Errorf("the tag stands for %s, %v, want %s", got, err, want)
		}
	}
}

func TestRegistryThatLies(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	other := "Docker-Content-Digest: sha256:" + strings.Repeat("0", 64)
	for name, rule := range map[string]rt.Rule{
		"flipped blob":     {Method: http.MethodGet, Path: `/blobs/sha256`, From: 2, Count: 1, Do: rt.Flip},
		"flipped manifest": {Method: http.MethodGet, Path: `/manifests/sha256`, From: 2, Do: rt.Flip},
		"flipped once":     {Method: http.MethodGet, Path: `/manifests/sha256`, From: 2, Count: 1, Do: rt.Flip},
		"flipped tag":      {Method: http.MethodGet, Path: `/manifests/v1`, Do: rt.Flip},
		"lost blob": {Method: http.MethodGet, Path: `/blobs/sha256`, From: 3,
			Do: rt.Status(404, rt.Code("BLOB_UNKNOWN", ""))},
		"lost tag":  {Method: http.MethodGet, Path: `/manifests/v1`, Do: rt.Status(404, rt.Code("MANIFEST_UNKNOWN", ""))},
		"taken tag": {Method: http.MethodHead, Path: `/manifests/v1`, Do: rt.Status(200, "", other)},
		"odd digest": {Method: http.MethodHead, Path: `/manifests/v1`,
			Do: rt.Status(200, "", "Docker-Content-Digest: \x1b[1m")},
	} {
		t.Run(name, func(t *testing.T) {
			p := rt.New(t, distributed(t))
			p.Break(rule)
			err := deliver(t, newClient(t, Options{}), parse(t, p.Address+"/owner"), content)
			want := fault.Registry
			switch name {
			case "taken tag":
				want = fault.Gate
			case "flipped once":
				want = fault.OK // it is read again, and is right then
			}
			if fault.CodeOf(err) != want {
				t.Errorf("code %d, want %d: %v", fault.CodeOf(err), want, err)
			}
		})
	}
}

func TestRetryAfter(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for asked, want := range map[string]time.Duration{"7": 7 * time.Second, "": 0, "x": 0, "-5": 0, "0": 0} {
		p := rt.New(t, distributed(t))
		p.Break(rt.Rule{Method: http.MethodPost, Count: 1, Do: rt.Status(429, "", "Retry-After: "+asked)})
		i := &impatient{}
		if err := deliver(t, newClient(t, Options{Sleep: i.sleep}), parse(t, p.Address+"/owner"), content); err != nil {
			t.Fatal(err)
		}
		if len(i.slept) != 1 || want != 0 && i.slept[0] != want || i.slept[0] < 200*time.Millisecond ||
			i.slept[0] > time.Minute {
			t.Errorf("asked for %q, slept %v", asked, i.slept)
		}
	}
	p := rt.New(t, distributed(t))
	p.Break(rt.Rule{Method: http.MethodPost, Do: rt.Status(429, "", "Retry-After: 1000000000")})
	i := &impatient{}
	err := deliver(t, newClient(t, Options{Sleep: i.sleep}), parse(t, p.Address+"/owner"), content)
	if fault.CodeOf(err) != fault.Registry || i.count() != 0 ||
		!strings.Contains(err.Error(), "asks to be tried again in") {
		t.Errorf("slept %v: %v", i.slept, err)
	}
}

func TestInterrupted(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for name, f := range map[string]rt.Fault{"waiting": rt.Status(503, "", "Retry-After: 3600"), "stalled": rt.Stall} {
		t.Run(name, func(t *testing.T) {
			p := rt.New(t, distributed(t))
			ctx, cancel := context.WithCancel(t.Context())
			p.Break(rt.Rule{Method: http.MethodPut, Path: "/blobs/", Do: func(w http.ResponseWriter, r *http.Request,
				pass func() *http.Response) {
				if name == "stalled" {
					cancel()
				}
				f(w, r, pass)
			}})
			hour := time.Hour
			c := newClient(t, Options{Idle: hour, budget: 2 * hour, longest: 2 * hour,
				Sleep: func(ctx context.Context, d time.Duration) error {
					cancel()
					return sleep(ctx, d)
				}})
			r := parse(t, p.Address+"/owner")
			err := c.Upload(ctx, []address.Registry{r}, []Delivery{{"mastodon", content}})[r]
			if !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		})
	}
}

func TestStalls(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for _, verb := range verbs {
		t.Run(verb.Method+verb.Path, func(t *testing.T) {
			t.Parallel()
			p := rt.New(t, distributed(t))
			verb.Count, verb.Do = 1, rt.Stall
			p.Break(verb)
			if err := deliver(t, newClient(t, Options{Idle: time.Second}), parse(t, p.Address+"/owner"),
				content); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestTriesAreNotMultiplied: a registry that is down is asked as often as the client tries, not that often for each of
// its own tries, and the error says once what was wrong.
func TestTriesAreNotMultiplied(t *testing.T) {
	p := rt.New(t, memory(t))
	p.Down()
	c := newClient(t, Options{Tries: 3, Sleep: func(context.Context, time.Duration) error { return nil }})
	repo, err := c.Repo(parse(t, p.Address+"/owner"), "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	_, err = repo.Tags(t.Context())
	if fault.CodeOf(err) != fault.Registry || strings.Contains(err.Error(), `Get "`) ||
		strings.Count(err.Error(), "reset by peer") > 1 {
		t.Errorf("%v", err)
	}
	if n := len(p.Requests("")); n > 3 {
		t.Errorf("%d requests: %v", n, p.Requests(""))
	}
}
