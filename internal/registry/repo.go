package registry

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/roundtrip"
)

// Repo is one image's repository in one registry.
type Repo struct {
	client   *Client
	registry address.Registry
	image    string
	name     name.Repository
	public   bool // without credentials
}

// Repo returns the repository of an image.
func (c *Client) Repo(r address.Registry, image string) (*Repo, error) {
	n, err := r.Repository(image)
	return &Repo{client: c, registry: r, image: image, name: n}, err
}

// anonymous returns the same repository as somebody without an account sees it.
func (r *Repo) anonymous() *Repo {
	p := *r
	p.public = true
	return &p
}

// String returns the full name, as it was written.
func (r *Repo) String() string { return r.registry.Name(r.image) }

// biggest is the largest manifest that is read, in bytes: the specification asks registries for 4 MiB.
const biggest = 8 << 20

var accepted = strings.Join([]string{string(types.OCIImageIndex), string(types.OCIManifestSchema1),
	string(types.DockerManifestList), string(types.DockerManifestSchema2)}, ", ")

// manifestRequest returns a request for a manifest by tag or digest.
func manifestRequest(method, ref string, expect ...int) request {
	return request{method: method, path: "manifests/" + ref, header: map[string]string{"Accept": accepted}, expect: expect}
}

type request struct {
	method, path string
	query        url.Values
	body         []byte
	header       map[string]string
	push         bool
	from         string // a sibling repository to mount a blob from
	expect       []int
}

// send sends a request. An unexpected status is an error with the registry's answer.
func (r *Repo) send(ctx context.Context, q request) (*http.Response, error) {
	target := url.URL{Scheme: r.name.Scheme(), Host: r.name.RegistryStr(),
		Path: "/v2/" + r.name.RepositoryStr() + "/" + q.path, RawQuery: q.query.Encode()}
	return r.sendTo(ctx, target.String(), q)
}

func (r *Repo) sendTo(ctx context.Context, target string, q request) (*http.Response, error) {
	h, err := r.login(ctx, q)
	if err != nil {
		return nil, err
	}
	var body io.Reader
	if q.body != nil {
		body = bytes.NewReader(q.body)
	}
	req, err := http.NewRequestWithContext(ctx, q.method, target, body)
	if err != nil {
		return nil, err
	}
	for k, v := range q.header {
		req.Header.Set(k, v)
	}
	return finish(h.Do(req))(q.expect...)
}

// login returns one session for reading and writing, so that only one token is needed; credentials that may only read
// get one for reading.
func (r *Repo) login(ctx context.Context, q request) (*http.Client, error) {
	h, err := r.client.client(ctx, r.registry, r.name, login{push: !r.public, public: r.public, from: q.from})
	if s := status(err); !q.push && !r.public && (s == http.StatusUnauthorized || s == http.StatusForbidden) {
		return r.client.client(ctx, r.registry, r.name, login{})
	}
	return h, err
}

// finish checks a response's status.
func finish(resp *http.Response, err error) func(expect ...int) (*http.Response, error) {
	return func(expect ...int) (*http.Response, error) {
		if err != nil {
			return nil, unwrapURL(err)
		}
		if err := transport.CheckError(resp, expect...); err != nil {
			resp.Body.Close()
			return nil, &answer{error: err, after: resp.Header.Get("Retry-After")}
		}
		return resp, nil
	}
}

// answer is a registry's refusal with what it asked for.
type answer struct {
	error
	after string
}

func (a *answer) Unwrap() error { return a.error }

// unwrapURL takes off the layer that repeats method and address: they may hold an upload's state, long and secret.
func unwrapURL(err error) error {
	if u, ok := err.(*url.Error); ok {
		return u.Err
	}
	return err
}

// Head returns the digest that a tag or digest points to; found is false if there is none.
func (r *Repo) Head(ctx context.Context, ref string) (digest string, found bool, err error) {
	resp, err := r.send(ctx, manifestRequest(http.MethodHead, ref, http.StatusOK))
	if status(err) == http.StatusNotFound {
		return "", false, nil
	}
	if err != nil {
		err = r.explain(err, func() error {
			resp, err := r.send(ctx, manifestRequest(http.MethodGet, ref, http.StatusOK))
			if err == nil {
				resp.Body.Close()
			}
			return err
		})
		return "", false, r.fail(ctx, "looking for "+ref+" in", false, err)
	}
	resp.Body.Close()
	if digest = resp.Header.Get("Docker-Content-Digest"); digest == "" {
		m, found, err := r.Get(ctx, ref)
		if err != nil || !found {
			return "", false, err
		}
		return m.Digest.String(), true, nil
	}
	if _, err := v1.NewHash(digest); err != nil {
		return "", false, fault.New(fault.Registry, "%s answers with a digest %s for %q", r, quote(digest), ref)
	}
	return digest, true, nil
}

// Get reads a manifest by tag or digest. It computes the digest, and compares it if a digest was asked for.
func (r *Repo) Get(ctx context.Context, ref string) (m content.Manifest, found bool, err error) {
	err = r.again(ctx, "reading "+ref+" from", func() error {
		resp, err := r.send(ctx, manifestRequest(http.MethodGet, ref, http.StatusOK, http.StatusNotFound))
		if err != nil {
			return err
		}
		defer resp.Body.Close()
		if found = resp.StatusCode == http.StatusOK; !found {
			return nil
		}
		m = content.Manifest{Type: types.MediaType(resp.Header.Get("Content-Type"))}
		if m.Data, err = io.ReadAll(io.LimitReader(resp.Body, biggest+1)); err != nil {
			return err
		}
		return damaged(m.Data, resp.Header.Get("Docker-Content-Digest"))
	})
	if err != nil || !found {
		return content.Manifest{}, false, err
	}
	if len(m.Data) > biggest {
		return content.Manifest{}, false,
			fault.New(fault.Registry, "%s returns a manifest of more than %d bytes for %q", r, biggest, ref)
	}
	if m.Digest, _, err = v1.SHA256(bytes.NewReader(m.Data)); err != nil {
		return content.Manifest{}, false, err
	}
	if strings.HasPrefix(ref, "sha256:") && m.Digest.String() != ref {
		want, err := v1.NewHash(ref)
		if err != nil {
			return content.Manifest{}, false, fault.New(fault.Usage, "%s is not a digest: %w", quote(ref), err)
		}
		return content.Manifest{}, false, r.flawed(want, fmt.Sprintf("%s returns %s for %s: do not trust this "+
			"registry", r, m.Digest, ref))
	}
	return m, true, nil
}

// damaged returns an error if a manifest's bytes do not have the digest in the registry's header: it is then read
// again, and never written elsewhere.
func damaged(data []byte, digest string) error {
	want, err := v1.NewHash(digest)
	if err != nil || want.Algorithm != "sha256" || len(data) > biggest {
		return nil // there is nothing to compare
	}
	got, _, err := v1.SHA256(bytes.NewReader(data))
	if err == nil && got != want {
		err = fmt.Errorf("the registry names %s beside the bytes of %s: %w", want, got, io.ErrUnexpectedEOF)
	}
	return err
}

// blobSize asks whether a blob is there.
func (r *Repo) blobSize(ctx context.Context, h v1.Hash) (size int64, found bool, err error) {
	resp, err := r.send(ctx, request{method: http.MethodHead, path: "blobs/" + h.String(), expect: []int{http.StatusOK}})
	if status(err) == http.StatusNotFound {
		return 0, false, nil
	}
	if err != nil {
		return 0, false, r.fail(ctx, "looking for "+h.String()+" in", false, err)
	}
	resp.Body.Close()
	return resp.ContentLength, true, nil
}

// Small reads a small blob into memory: a config, or a part of a record.
func (r *Repo) Small(ctx context.Context, b content.Blob) (data []byte, err error) {
	if b.Size > mostSmall {
		return nil, fault.New(fault.Registry, "%s has %d bytes for %s, more than Howdah reads at once", r, b.Size, b.Digest)
	}
	var w bytes.Buffer
	err = r.read(ctx, b, &w)
	return w.Bytes(), err
}

// mostSmall limits such a blob, in bytes: real records have some ten kilobytes.
const mostSmall = 16 << 20

// read copies a blob to w; after an interruption it starts again. The bytes are checked.
func (r *Repo) read(ctx context.Context, b content.Blob, w interface {
	io.Writer
	Reset()
}) error {
	return r.again(ctx, "reading "+b.Digest.String()+" from", func() error {
		w.Reset()
		q := request{method: http.MethodGet, path: "blobs/" + b.Digest.String(), expect: []int{http.StatusOK}}
		resp, err := r.send(ctx, q)
		if status(err) == http.StatusNotFound {
			return r.lacks("blob", b.Digest)
		}
		if err != nil {
			return err
		}
		body := verifying(resp.Body, b, r)
		defer body.Close()
		return copyBody(w, body)
	})
}

// Delete removes a tag, or a manifest with all its tags, from the repository. Gone is false if neither the registry
// nor (for a digest) the client's Deleter can do it.
func (r *Repo) Delete(ctx context.Context, ref string) (gone bool, err error) {
	resp, err := r.send(ctx, request{method: http.MethodDelete, path: "manifests/" + ref, push: true,
		expect: []int{http.StatusAccepted, http.StatusOK, http.StatusNoContent, http.StatusNotFound}})
	switch s := status(err); {
	case err == nil:
		roundtrip.Drain(resp)
		return true, nil
	case s != http.StatusMethodNotAllowed && s != http.StatusNotImplemented && s != http.StatusBadRequest:
		return false, r.fail(ctx, "deleting "+ref+" from", true, err)
	}
	if d := r.client.opt.Deleter; d != nil && strings.Contains(ref, ":") {
		return d.Delete(ctx, r.registry, r.image, ref)
	}
	return false, nil
}

// Deleter deletes what a registry's own protocol cannot: from ghcr.io by GitHub's API.
type Deleter interface {
	// Delete removes a manifest of an image with its tags; gone is false if it is not for this registry.
	Delete(ctx context.Context, r address.Registry, image, digest string) (gone bool, err error)
}
