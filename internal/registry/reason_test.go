package registry

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// TestReason: what a registry says when it refuses is in the error, cleaned, whatever form it has.
func TestReason(t *testing.T) {
	for name, test := range map[string]struct{ body, says string }{
		"the registries' form": {rt.Code("DENIED", "installation not allowed to Write organization package"),
			"DENIED: installation not allowed to Write organization package"},
		"Docker Hub's tokens": {`{"details":"incorrect username or password"}`, "incorrect username or password"},
		"OAuth": {`{"error":"invalid_grant","error_description":"the token has expired"}`,
			"the token has expired"},
		"a message": {`{"message":"your plan has ended"}`, "your plan has ended"},
		"a code without words": {`{"errors":[{"code":"UNAUTHORIZED","message":"","detail":"no such user"}]}`,
			"UNAUTHORIZED: no such user"},
		"text":                  {"access forbidden\nref 123\n", "access forbidden"},
		"escapes and commands":  {"{\"message\":\"\\u001b[31mno\\n::error::no\"}", `no\n:\x3aerror`},
		"a page is left out":    {"<html><body>login</body></html>", "denied"},
		"nothing but a status":  {"", "denied"},
		"JSON of another shape": {`[1,2]`, "denied"},
	} {
		for _, status := range []int{401, 403} {
			t.Run(name, func(t *testing.T) {
				p := rt.New(t, distributed(t))
				p.Break(rt.Rule{Path: "mastodon/", Do: rt.Status(status, test.body)})
				repo, err := newClient(t, Options{}).Repo(parse(t, p.Address+"/owner"), "mastodon")
				if err != nil {
					t.Fatal(err)
				}
				for doing, do := range map[string]func(context.Context) error{
					"head": func(ctx context.Context) error { _, _, err := repo.Head(ctx, "edge"); return err },
					"get":  func(ctx context.Context) error { _, _, err := repo.Get(ctx, "edge"); return err },
					"list": func(ctx context.Context) error { _, err := repo.Tags(ctx); return err },
					"push": repo.CanPush,
				} {
					err := do(t.Context())
					says := test.says
					if says == "denied" {
						says = http.StatusText(status)
					}
					if fault.CodeOf(err) != fault.Auth || !strings.Contains(err.Error(), says) ||
						strings.ContainsAny(err.Error(), "\x1b\n<") || strings.Contains(err.Error(), "::") {
						t.Errorf("%s: %v (code %d), want %q", doing, err, fault.CodeOf(err), says)
					}
				}
				if n := len(p.Requests("")); n > 8 {
					t.Errorf("%d requests: a refusal is not retried", n)
				}
			})
		}
	}
}

// TestNobody: where no credentials were found, the error says so, and what to do.
func TestNobody(t *testing.T) {
	refuse := func(t *testing.T, keys authn.Keychain) error {
		p := rt.New(t, distributed(t))
		p.Break(rt.Rule{Path: "uploads/", Do: rt.Status(401, rt.Code("UNAUTHORIZED", "authentication required"))})
		repo, err := newClient(t, Options{Keychain: keys}).Repo(parse(t, p.Address+"/owner"), "mastodon")
		if err != nil {
			t.Fatal(err)
		}
		return repo.CanPush(t.Context())
	}
	if err := refuse(t, nil); !strings.Contains(err.Error(), "none were found") ||
		!strings.Contains(fault.HintOf(err).String(), "docker login") {
		t.Errorf("%v, hint %q", err, fault.HintOf(err))
	}
	if err := refuse(t, known{}); strings.Contains(err.Error(), "none were found") ||
		!strings.Contains(err.Error(), "does not accept") {
		t.Error(err)
	}
}

type known struct{}

func (known) Resolve(authn.Resource) (authn.Authenticator, error) {
	return &authn.Basic{Username: "u", Password: "p"}, nil
}

// TestVisible: only a refusal says that an image is hidden; a failure is an error, and a 404 may be a lag.
func TestVisible(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for name, test := range map[string]struct {
		do      rt.Fault
		count   int
		visible bool
		code    fault.Code
	}{
		"there":           {nil, 0, true, fault.OK},
		"401":             {rt.Status(401, ""), 0, false, fault.OK},
		"403":             {rt.Status(403, ""), 0, false, fault.OK},
		"404 for good":    {rt.Status(404, ""), 0, false, fault.OK},
		"404 for a while": {rt.Status(404, ""), 3, true, fault.OK},
		"429":             {rt.Status(429, ""), 0, false, fault.Registry},
		"429 for a while": {rt.Status(429, ""), 3, true, fault.OK},
		"503":             {rt.Status(503, ""), 0, false, fault.Registry},
		"reset":           {rt.Reset, 0, false, fault.Registry},
	} {
		t.Run(name, func(t *testing.T) {
			p := rt.New(t, distributed(t))
			r := parse(t, p.Address+"/owner")
			c := newClient(t, Options{})
			if err := deliver(t, c, r, content); err != nil {
				t.Fatal(err)
			}
			if test.do != nil {
				p.Break(rt.Rule{Path: "/manifests/", Count: test.count, Do: test.do})
			}
			repo, err := c.Repo(r, "mastodon")
			if err != nil {
				t.Fatal(err)
			}
			visible, err := repo.Visible(t.Context(), content.Digest().String())
			if visible != test.visible || fault.CodeOf(err) != test.code {
				t.Errorf("%t, %v (code %d)", visible, err, fault.CodeOf(err))
			}
		})
	}
}

// TestForeignUpload: an upload that a registry sends elsewhere over plain HTTP is refused at once, and nobody is
// advised to allow that with insecure, which is for the registry itself.
func TestForeignUpload(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for location, says := range map[string]string{
		"http://storage.example/upload": `leads to "storage.example" over http`,
		"http://10.1.2.3/upload":        `leads to "10.1.2.3" over http`,
		"ftp://storage.example/upload":  "over ftp",
		"http://[fe80::1]/upload":       "over http",
		"":                              "where to continue the upload",
	} {
		p := rt.New(t, distributed(t))
		p.Break(rt.Rule{Method: http.MethodPost, Path: "uploads/", Do: rt.Status(202, "", "Location: "+location)})
		err := deliver(t, newClient(t, Options{}), parse(t, p.Address+"/owner"), content)
		all := ""
		if err != nil {
			all = err.Error() + " " + fault.HintOf(err).String()
		}
		if fault.CodeOf(err) != fault.Registry || !strings.Contains(all, says) || strings.Contains(all, "insecure") {
			t.Errorf("%q: %s", location, all)
		}
	}
}

// TestForeignDownload: a blob that a registry keeps elsewhere, at a place that is not encrypted or inside a network, is
// refused likewise.
func TestForeignDownload(t *testing.T) {
	_, content := built(t, 1, 3<<10)
	for location, says := range map[string]string{
		"http://storage.example/blob": `leads to "storage.example" over http`,
		"http://10.1.2.3/blob":        `leads to "10.1.2.3" over http`,
		"ftp://storage.example/blob":  "over ftp",
	} {
		p := rt.New(t, distributed(t))
		p.Break(rt.Rule{Method: http.MethodGet, Path: "/blobs/sha256", Do: rt.Status(307, "", "Location: "+location)})
		waited := &impatient{}
		err := deliver(t, newClient(t, Options{Sleep: waited.sleep}), parse(t, p.Address+"/owner"), content)
		all := ""
		if err != nil {
			all = err.Error() + " " + fault.HintOf(err).String()
		}
		if fault.CodeOf(err) != fault.Registry || !strings.Contains(all, says) || strings.Contains(all, "insecure") ||
			waited.count() > 0 {
			t.Errorf("%q: waited %d times: %s", location, waited.count(), all)
		}
	}
}
