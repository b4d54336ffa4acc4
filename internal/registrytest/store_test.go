package registrytest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
)

// asked is one request of a table and the answer that the specification wants.
type asked struct {
	method, path, body string
	header             string // "Name: value"
	status             int
	has                string // in the body or the headers of the answer
}

// TestStoreIsStrict asks for what a registry of OCI 1.1 must take, and for what it may refuse and this one does.
func TestStoreIsStrict(t *testing.T) {
	t.Parallel()
	s := NewStore()
	wire := InProcess{"r": s}
	do := func(a asked) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), a.method, "http://r"+a.path, strings.NewReader(a.body))
		if err != nil {
			t.Fatal(err)
		}
		if name, value, ok := strings.Cut(a.header, ": "); ok {
			req.Header.Set(name, value)
		}
		resp, err := wire.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		var headers bytes.Buffer
		if err := resp.Header.Write(&headers); err != nil {
			t.Fatal(err)
		}
		if resp.StatusCode != a.status || !strings.Contains(string(data)+headers.String(), a.has) {
			t.Errorf("%s %s: %d %s%s, want %d and %q", a.method, a.path, resp.StatusCode, headers.String(), data,
				a.status, a.has)
		}
		return resp
	}
	const octets = "Content-Type: application/octet-stream"
	const imageType, indexType = "application/vnd.oci.image.manifest.v1+json", "application/vnd.oci.image.index.v1+json"
	config, layer := Digest([]byte("{}")), Digest([]byte("layer"))
	part := func(kind, digest string, size int) string {
		return fmt.Sprintf(`{"mediaType":%q,"digest":%q,"size":%d}`, kind, digest, size)
	}
	image := `{"schemaVersion":2,"mediaType":"` + imageType + `","config":` + part("c", config, 2) +
		`,"layers":[` + part("l", layer, 5) + `]}`
	index := `{"schemaVersion":2,"mediaType":"` + indexType + `","manifests":[` +
		part(imageType, Digest([]byte(image)), len(image)) + `]}`
	subject := `"artifactType":"sig","subject":` + part(imageType, Digest([]byte(image)), 1)
	signature := strings.Replace(image, `"config"`, subject+`,"config"`, 1)

	do(asked{"GET", "/v2/", "", "", 200, "registry/2.0"})
	do(asked{"GET", "/v2/Upper/tags/list", "", "", 404, "NAME_INVALID"})
	do(asked{"GET", "/v2/a/b/tags/list", "", "", 404, "NAME_UNKNOWN"})
	do(asked{"PUT", "/v2/a/b/manifests/v1", image, "Content-Type: " + imageType, 404, "MANIFEST_BLOB_UNKNOWN"})
	do(asked{"POST", "/v2/a/b/blobs/uploads/?digest=" + config, "{}", octets, 201, config})
	do(asked{"POST", "/v2/a/b/blobs/uploads/?digest=" + layer, "other", octets, 400, "DIGEST_INVALID"})

	begun := do(asked{"POST", "/v2/a/b/blobs/uploads/", "", "", 202, "Range: 0-0"}).Header.Get("Location")
	do(asked{"PATCH", begun, "lay", "Content-Range: 0-2", 400, "octet-stream"})
	next := do(asked{"PATCH", begun, "lay", octets, 202, "Range: 0-2"}).Header.Get("Location")
	do(asked{"PATCH", begun, "er", octets, 400, "BLOB_UPLOAD_INVALID"})
	last := do(asked{"GET", next, "", "", 204, "Range: 0-2"}).Header.Get("Location")
	do(asked{"PUT", last + "&digest=" + layer, "er", octets, 201, layer})
	do(asked{"PUT", last + "&digest=" + layer, "er", octets, 404, "BLOB_UPLOAD_UNKNOWN"})
	do(asked{"POST", "/v2/c/blobs/uploads/?mount=" + layer + "&from=a/b", "", "", 201, layer})
	do(asked{"POST", "/v2/c/blobs/uploads/?mount=" + config + "&from=elsewhere", "", "", 202, "Location"})
	do(asked{"GET", "/v2/a/b/blobs/" + layer, "", "Range: bytes=1-2", 206, "ay"})
	do(asked{"GET", "/v2/a/b/blobs/" + layer, "", "Range: bytes=9-", 416, "bytes */5"})
	do(asked{"HEAD", "/v2/a/b/blobs/" + layer, "", "", 200, "Content-Length: 5"})

	do(asked{"PUT", "/v2/a/b/manifests/v1", image, "Content-Type: " + indexType, 400, "MANIFEST_INVALID"})
	do(asked{"PUT", "/v2/a/b/manifests/-v1", image, "Content-Type: " + imageType, 400, "MANIFEST_INVALID"})
	do(asked{"PUT", "/v2/a/b/manifests/v1", index, "Content-Type: " + indexType, 404, "MANIFEST_UNKNOWN"})
	do(asked{"PUT", "/v2/a/b/manifests/" + layer, image, "Content-Type: " + imageType, 400, "DIGEST_INVALID"})
	do(asked{"PUT", "/v2/a/b/manifests/" + Digest([]byte(image)), image, "Content-Type: " + imageType, 201, "Location"})
	do(asked{"PUT", "/v2/a/b/manifests/v2", index, "Content-Type: " + indexType, 201, "Location"})
	do(asked{"PUT", "/v2/a/b/manifests/sig", signature, "Content-Type: " + imageType, 201,
		"Oci-Subject: " + Digest([]byte(image))})
	do(asked{"GET", "/v2/a/b/referrers/" + Digest([]byte(image)) + "?artifactType=sig", "", "", 200,
		Digest([]byte(signature))})
	do(asked{"GET", "/v2/a/b/referrers/" + layer, "", "", 200, `"manifests":[]`})
	do(asked{"GET", "/v2/a/b/tags/list?n=1", "", "", 200, `rel="next"`})
	do(asked{"GET", "/v2/a/b/tags/list?n=1&last=sig", "", "", 200, `["v2"]`})
	do(asked{"GET", "/v2/a/b/tags/list?n=0", "", "", 200, `"tags":[]`})
	do(asked{"GET", "/v2/a/b/manifests/v2", "", "", 200, Digest([]byte(index))})
	if broken := s.Broken(); len(broken) != 0 || s.Lacks("a/b", "v2") != "" {
		t.Errorf("broken: %v", broken)
	}
	s.Collect()
	if left := s.Blobs("c"); len(left) != 0 {
		t.Errorf("not collected: %v", left)
	}
	if left := s.Blobs("a/b"); !slices.Contains(left, layer) || s.Lacks("a/b", "v2") != "" {
		t.Errorf("a blob that a tag leads to was collected: %v", left)
	}
	s.PutBlob("a/b", layer, []byte("lay??"))
	if broken := s.Broken(); len(broken) != 2 {
		t.Errorf("other bytes than the digest's: %v", broken)
	}
	do(asked{"DELETE", "/v2/a/b/manifests/sig", "", "", 202, ""})
	do(asked{"DELETE", "/v2/a/b/manifests/" + Digest([]byte(index)), "", "", 202, ""})
	do(asked{"GET", "/v2/a/b/tags/list", "", "", 200, `"tags":[]`})
	moves, err := json.Marshal(s.Moves())
	if err != nil || strings.Count(string(moves), `"Tag":"v2"`) != 2 {
		t.Errorf("moves %s, %v", moves, err)
	}
}
