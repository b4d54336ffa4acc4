package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// What was just written may be read a moment later only.
func TestReadsThatLagAreWaitedFor(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	for name, path := range map[string]string{"blob": `/blobs/sha256`, "manifest": `/manifests/sha256`,
		"tag": `/manifests/v1`} {
		t.Run(name, func(t *testing.T) {
			p := rt.New(t, distributed(t))
			p.Break(rt.Rule{Method: http.MethodGet, Path: path, From: 2, Count: 2,
				Do: rt.Status(404, rt.Code("UNKNOWN", "not yet"))})
			if err := deliver(t, newClient(t, Options{}), parse(t, p.Address+"/owner"), content); err != nil {
				t.Error(err)
			}
		})
	}
}

// A tag that moved may stand for what it stood for before, for a moment; one that stands for a third thing was written
// by somebody else.
func TestMovedTagThatLags(t *testing.T) {
	p := rt.New(t, distributed(t))
	c, r := newClient(t, Options{}), parse(t, p.Address+"/owner")
	_, old := built(t, 1, 3<<10)
	_, fresh := built(t, 1, 3<<10)
	_, third := built(t, 1, 3<<10)
	for _, content := range []content.Content{old, fresh, third} {
		if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", content}})[r]; err != nil {
			t.Fatal(err)
		}
	}
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	answer := func(m content.Manifest) rt.Fault {
		return rt.Status(200, string(m.Data), "Content-Type: "+string(m.Type))
	}
	if _, err := repo.Move(t.Context(), "edge", old.Root()); err != nil {
		t.Fatal(err)
	}
	p.Break(rt.Rule{Method: http.MethodGet, Path: "/manifests/edge", Count: 2, Do: answer(old.Root())})
	if wrote, err := repo.Move(t.Context(), "edge", fresh.Root()); !wrote || err != nil {
		t.Errorf("wrote %v, %v", wrote, err)
	}
	p.Mend()
	p.Break(rt.Rule{Method: http.MethodGet, Path: "/manifests/edge", Count: 1, Do: answer(third.Root())})
	var taken *Taken
	if wrote, err := repo.Move(t.Context(), "edge", old.Root()); !wrote || !errors.As(err, &taken) ||
		taken.Got != third.Digest().String() {
		t.Errorf("wrote %v, %v", wrote, err)
	}
}

// An error is looked into: the tag may have been written by the try before.
func TestAnswerThatIsNotBelieved(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for _, code := range []int{400, 401, 403, 404, 409, 412, 422} {
		for _, written := range []bool{true, false} {
			t.Run(fmt.Sprint(code, written), func(t *testing.T) {
				p := rt.New(t, distributed(t))
				c, r := newClient(t, Options{}), parse(t, p.Address+"/owner")
				if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", content}})[r]; err != nil {
					t.Fatal(err)
				}
				first := rt.Rule{Method: http.MethodPut, Path: "/manifests/v1", Count: 1, Do: rt.After(rt.Reset)}
				if !written {
					first.Do = rt.Reset
				}
				p.Break(first,
					rt.Rule{Method: http.MethodPut, Path: "/manifests/v1", Do: rt.Status(code, rt.Code("DENIED", "tag is immutable"))})
				repo, err := c.Repo(r, "mastodon")
				if err != nil {
					t.Fatal(err)
				}
				if wrote, err := repo.Fix(t.Context(), "v1", content.Root()); wrote != written || (err == nil) != written {
					t.Errorf("wrote %v, %v", wrote, err)
				}
			})
		}
	}
}

// Where the answer is lost and nobody can be asked, the tag may have been written, and the caller hears that.
func TestAnswerThatIsLostForGood(t *testing.T) {
	p := rt.New(t, distributed(t))
	c, r := newClient(t, Options{}), parse(t, p.Address+"/owner")
	_, content := built(t, 1, 3<<10)
	if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", content}})[r]; err != nil {
		t.Fatal(err)
	}
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	p.Break(rt.Rule{Method: http.MethodPut,
		Do: rt.After(func(w http.ResponseWriter, q *http.Request, pass func() *http.Response) {
			p.Down()
			rt.Reset(w, q, pass)
		})})
	var unsure *Unsure
	if wrote, err := repo.Move(t.Context(), "edge", content.Root()); !wrote || !errors.As(err, &unsure) ||
		fault.CodeOf(err) != fault.Registry {
		t.Errorf("wrote %v, %v", wrote, err)
	}
}

// A registry of the first OCI specification sends pages, and no Link that leads from one to the next.
func TestTagsWithoutLink(t *testing.T) {
	for _, size := range []int{1000, 100, 50} {
		var all []string
		for i := range 2*size + 7 {
			all = append(all, fmt.Sprintf("t%06d", i))
		}
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
			n, err := strconv.Atoi(q.URL.Query().Get("n"))
			if err != nil {
				return // the ping
			}
			rest := all
			for len(rest) > 0 && rest[0] <= q.URL.Query().Get("last") {
				rest = rest[1:]
			}
			_ = json.NewEncoder(w).Encode(map[string]any{"tags": rest[:min(n, size, len(rest))]})
		}))
		t.Cleanup(server.Close)
		repo, err := newClient(t, Options{}).Repo(parse(t, strings.TrimPrefix(server.URL, "http://")+"/owner"), "mastodon")
		if err != nil {
			t.Fatal(err)
		}
		tags, err := repo.Tags(t.Context())
		if err != nil || len(tags) != len(all) {
			t.Errorf("pages of %d: %d tags of %d, %v", size, len(tags), len(all), err)
		}
		tags, err = repo.TagsAfter(t.Context(), all[len(all)-3])
		if err != nil || len(tags) != 2 {
			t.Errorf("pages of %d: %d tags after the last but two, %v", size, len(tags), err)
		}
	}
}

// A registry that does not heed "last" gives the same page for ever.
func TestTagsThatAreNotPaged(t *testing.T) {
	var all []string
	for i := range 100 {
		all = append(all, fmt.Sprintf("t%06d", i))
	}
	asked := 0
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, q *http.Request) {
		asked++
		_ = json.NewEncoder(w).Encode(map[string]any{"tags": all})
	}))
	t.Cleanup(server.Close)
	repo, err := newClient(t, Options{}).Repo(parse(t, strings.TrimPrefix(server.URL, "http://")+"/owner"), "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	if tags, err := repo.Tags(t.Context()); err != nil || len(tags) != len(all) || asked > 4 {
		t.Errorf("%d tags after %d requests, %v", len(tags), asked, err)
	}
}

// A blob that HEAD claims and GET does not have is sent again, and then it is there.
func TestResend(t *testing.T) {
	_, content := built(t, 2, 30<<10)
	lost := content.Blobs[1].Digest.String()
	p := rt.New(t, distributed(t))
	c, r := newClient(t, Options{}), parse(t, p.Address+"/owner")
	d := Delivery{"mastodon", content}
	if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{d})[r]; err != nil {
		t.Fatal(err)
	}
	p.Break(
		rt.Rule{Method: http.MethodGet, Path: "/blobs/" + lost, Do: rt.Status(404, rt.Code("BLOB_UNKNOWN", ""))},
		rt.Rule{Method: http.MethodPut, Path: "/blobs/", Count: 1, Do: rt.Do(p.Mend)})
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	if err := repo.Touch(t.Context(), content.Blobs[1]); len(Flaws(err)) != 1 {
		t.Errorf("touching: %v", err)
	}
	flaws := Flaws(c.Verify(t.Context(), r, d, nil))
	if len(flaws) != 1 || flaws[0].Digest.String() != lost || !flaws[0].absent {
		t.Fatalf("%+v", flaws)
	}
	p.Forget()
	if err := c.Resend(t.Context(), r, d, []v1.Hash{flaws[0].Digest}); err != nil {
		t.Fatal(err)
	}
	if n := len(p.Requests("^PUT .*/blobs/")); n != 1 {
		t.Errorf("%d blobs sent", n)
	}
	if err := c.Verify(t.Context(), r, d, nil); err != nil {
		t.Error(err)
	}
}

// A refusal or a failure that follows a lost answer, at a registry whose reads lag behind its writes: the tag was
// written, and is waited for. A refusal of the first try is believed at once.
func TestAnswerThatIsNotBelievedWhereReadsLag(t *testing.T) {
	_, old := built(t, 1, 3<<10)
	_, fresh := built(t, 1, 3<<10)
	missing := rt.Status(404, rt.Code("MANIFEST_UNKNOWN", "not yet"))
	before := rt.Status(200, "", "Docker-Content-Digest: "+old.Digest().String(), "Content-Type: "+string(old.Root().Type))
	denied := func(code int) rt.Fault { return rt.Status(code, rt.Code("DENIED", "tag is immutable")) }
	gateway := rt.Status(502, "<html>bad gateway</html>")
	for name, test := range map[string]struct {
		first, then, look rt.Fault
		wrote             bool
		waits             int // for what was written
	}{
		"reset, 400":            {rt.After(rt.Reset), denied(400), missing, true, 2},
		"reset, 403":            {rt.After(rt.Reset), denied(403), missing, true, 2},
		"reset, 403, old seen":  {rt.After(rt.Reset), denied(403), before, true, 2},
		"502, 409":              {rt.After(gateway), denied(409), missing, true, 2},
		"502 for good":          {rt.After(gateway), gateway, missing, true, 2},
		"429 and not written":   {rt.Status(429, ""), denied(403), missing, false, 0},
		"reset and not written": {rt.Reset, denied(403), missing, false, 5},
		"first answer":          {denied(403), denied(403), missing, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			p := rt.New(t, distributed(t))
			waits := 0
			c := newClient(t, Options{Progress: func(e Event) {
				if e.What == Waiting && strings.Contains(e.Name, "may have been written") {
					waits++
				}
			}})
			r := parse(t, p.Address+"/owner")
			for _, content := range []content.Content{old, fresh} {
				if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", content}})[r]; err != nil {
					t.Fatal(err)
				}
			}
			repo, err := c.Repo(r, "mastodon")
			if err != nil {
				t.Fatal(err)
			}
			p.Break(
				rt.Rule{Method: http.MethodPut, Path: "/manifests/v1", Count: 1, Do: test.first},
				rt.Rule{Method: http.MethodPut, Path: "/manifests/v1", Do: test.then},
				rt.Rule{Method: http.MethodHead, Path: "/manifests/v1", Count: 2, Do: test.look})
			if err := repo.Put(t.Context(), "v1", fresh.Root()); (err == nil) != test.wrote || waits != test.waits {
				t.Errorf("waited %d times, expected %d: %v", waits, test.waits, err)
			}
		})
	}
}
