package registrytest

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"
)

const tiny = `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[]}`

// ask sends a request to a registry; status 0 is that the connection broke.
func ask(t *testing.T, h http.Handler, method, path, body string) (status int, header http.Header, text string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, "http://r"+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	if strings.Contains(path, "/manifests/") {
		req.Header.Set("Content-Type", "application/vnd.oci.image.index.v1+json")
	}
	resp, err := InProcess{"r": h}.RoundTrip(req)
	if err != nil {
		return 0, nil, ""
	}
	data, err := io.ReadAll(resp.Body)
	if err != nil {
		return 0, resp.Header, string(data)
	}
	return resp.StatusCode, resp.Header, string(data)
}

// TestFaultyRepeats meets the same faults with the same seed, and others with another.
func TestFaultyRepeats(t *testing.T) {
	t.Parallel()
	play := func(seed uint64) []string {
		f := &Faulty{Store: NewStore(), Name: "r", Seed: seed}
		f.Trouble(0.3, Faults...)
		for range 60 {
			ask(t, f, http.MethodPut, "/v2/a/manifests/v1", tiny)
			ask(t, f, http.MethodGet, "/v2/a/manifests/v1", "")
			ask(t, f, http.MethodGet, "/v2/a/tags/list", "")
		}
		return f.Log()
	}
	first := play(1)
	if len(first) < 10 || !slices.Equal(first, play(1)) || slices.Equal(first, play(2)) {
		t.Errorf("the faults of a seed are not its own: %q", first)
	}
}

// TestFaults meets each kind of fault alone: it hides, damages or refuses what it says.
func TestFaults(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind, method, path, body string
		status                   int
		takes                    bool // the request took effect
	}{
		{"reset", http.MethodPut, "/v2/a/manifests/v1", tiny, 0, false},
		{"reset after", http.MethodPut, "/v2/a/manifests/v1", tiny, 0, true},
		{"502", http.MethodPut, "/v2/a/manifests/v1", tiny, 502, false},
		{"502 after", http.MethodPut, "/v2/a/manifests/v1", tiny, 502, true},
		{"503", http.MethodPut, "/v2/a/manifests/v1", tiny, 503, false},
		{"429", http.MethodPut, "/v2/a/manifests/v1", tiny, 429, false},
		{"403", http.MethodPut, "/v2/a/manifests/v1", tiny, 403, false},
		{"403 after", http.MethodPut, "/v2/a/manifests/v1", tiny, 403, true},
		{"400 after", http.MethodPut, "/v2/a/manifests/v1", tiny, 400, true},
		{"down", http.MethodPut, "/v2/a/manifests/v1", tiny, 0, false},
		{"404", http.MethodGet, "/v2/a/manifests/v0", "", 404, false},
		{"cut", http.MethodGet, "/v2/a/manifests/v0", "", 0, false},
		{"flip", http.MethodGet, "/v2/a/manifests/v0", "", 200, false},
		{"list cut off", http.MethodGet, "/v2/a/tags/list", "", 200, false},
		{"list empty", http.MethodGet, "/v2/a/tags/list", "", 200, false},
		{"upload unknown", http.MethodPut, "/v2/a/blobs/uploads/u", "", 404, false},
	} {
		f := &Faulty{Store: NewStore()}
		ask(t, f, http.MethodPut, "/v2/a/manifests/v0", tiny)
		f.Trouble(1, c.kind)
		status, _, text := ask(t, f, c.method, c.path, c.body)
		if status != c.status || strings.Contains(text, "v0") || text == tiny {
			t.Errorf("%s: %s %s answers %d %q, expected %d", c.kind, c.method, c.path, status, text, c.status)
		}
		if _, taken := f.Store.Tags("a")["v1"]; taken != c.takes {
			t.Errorf("%s: the request took effect: %t", c.kind, taken)
		}
		f.Calm()
		if status, _, text := ask(t, f, http.MethodGet, "/v2/a/manifests/v0", ""); status != 200 || text != tiny {
			t.Errorf("%s: in good weather: %d %q", c.kind, status, text)
		}
	}
}

// TestQuirks meets the quirks that can be seen in one answer.
func TestQuirks(t *testing.T) {
	t.Parallel()
	now := time.Second
	odd := func(quirk string) *Faulty {
		f := &Faulty{Store: NewStore(), Quirks: []string{quirk}, Lag: time.Second, Clock: func() time.Duration { return now }}
		f.Store.Now = f.Clock
		return f
	}
	expect := func(f *Faulty, method, path, body string, want int, text string) http.Header {
		t.Helper()
		status, header, got := ask(t, f, method, path, body)
		if status != want || !strings.Contains(got, text) {
			t.Errorf("%q: %s %s answers %d %q, expected %d %q", f.Quirks, method, path, status, got, want, text)
		}
		return header
	}
	blob := Digest([]byte("x"))
	upload := func(f *Faulty) { expect(f, http.MethodPost, "/v2/a/blobs/uploads/?digest="+blob, "x", 201, "") }

	f := odd("list lags")
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, "")
	expect(f, http.MethodGet, "/v2/a/tags/list", "", 200, `"tags":[]`)
	now += time.Second
	expect(f, http.MethodGet, "/v2/a/tags/list", "", 200, `"tags":["v1"]`)

	f = odd("reads lag")
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, "")
	expect(f, http.MethodGet, "/v2/a/manifests/v1", "", 404, "")
	now += time.Second
	expect(f, http.MethodGet, "/v2/a/manifests/v1", "", 200, tiny)

	f = odd("tags lag")
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, "")
	now += time.Second
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny+" ", 201, "")
	if _, _, text := ask(t, f, http.MethodGet, "/v2/a/manifests/v1", ""); text != tiny {
		t.Errorf("a tag that lags stands for the new manifest already")
	}
	now += time.Second
	expect(f, http.MethodGet, "/v2/a/manifests/v1", "", 200, tiny+" ")

	f = odd("no digest header")
	if h := expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, ""); h.Get("Docker-Content-Digest") != "" {
		t.Errorf("%q: %v", f.Quirks, h)
	}
	f = odd("list without Link")
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, "")
	expect(f, http.MethodPut, "/v2/a/manifests/v2", tiny, 201, "")
	if h := expect(f, http.MethodGet, "/v2/a/tags/list?n=1", "", 200, "v1"); h.Get("Link") != "" {
		t.Errorf("%q: %v", f.Quirks, h)
	}
	f = odd("HEAD knows no blob")
	upload(f)
	expect(f, http.MethodHead, "/v2/a/blobs/"+blob, "", 404, "")
	expect(f, http.MethodGet, "/v2/a/blobs/"+blob, "", 200, "x")
	f = odd("no mount")
	upload(f)
	expect(f, http.MethodPost, "/v2/b/blobs/uploads/?from=a&mount="+blob, "", 202, "")
	f = odd("no PATCH")
	begun := expect(f, http.MethodPost, "/v2/a/blobs/uploads/", "", 202, "").Get("Location")
	expect(f, http.MethodPatch, begun, "x", 405, "")
	expect(f, http.MethodPut, begun+"&digest="+blob, "x", 201, "")
	f = odd("no DELETE")
	expect(f, http.MethodPut, "/v2/a/manifests/v1", tiny, 201, "")
	expect(f, http.MethodDelete, "/v2/a/manifests/v1", "", 405, "")
	f = odd("HEAD remembers")
	begun = expect(f, http.MethodPost, "/v2/a/blobs/uploads/", "", 202, "").Get("Location")
	expect(f, http.MethodPut, begun+"&digest="+blob, "x", 201, "")
	f.Store.PutBlob("a", blob, nil)
	expect(f, http.MethodHead, "/v2/a/blobs/"+blob, "", 200, "")
	expect(f, http.MethodGet, "/v2/a/blobs/"+blob, "", 404, "")
}
