package registrytest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
)

const component = `[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*`

// route is what the specification calls an end point: a repository's name and what is asked of it.
var route = regexp.MustCompile(`^/v2/(` + component + `(?:/` + component + `)*)/` +
	`(blobs/uploads/|blobs/uploads/[^/]+|blobs/[^/]+|manifests/[^/]+|tags/list|referrers/[^/]+)$`)

// routes are the matches of route by path: thousands of releases ask for the same few hundred.
var routes sync.Map

// routeOf matches a path with route; the caller must not change the result.
func routeOf(path string) []string {
	if m, ok := routes.Load(path); ok {
		return m.([]string)
	}
	m := route.FindStringSubmatch(path)
	routes.Store(path, m)
	return m
}

var (
	tagName    = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
	digestName = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)
)

// refuse answers with an error as the specification writes it.
func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, Code(code, message))
}

func (s *Store) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Docker-Distribution-API-Version", "registry/2.0")
	if r.URL.Path == "/v2/" {
		return
	}
	m := routeOf(r.URL.Path)
	if m == nil {
		refuse(w, http.StatusNotFound, "NAME_INVALID", "no such end point")
		return
	}
	body, err := readBody(r)
	if err != nil {
		panic(http.ErrAbortHandler) // the client is gone
	}
	sent := sent{data: body}
	if len(body) > 0 {
		sent.digest = Digest(body) // before the lock: registries hash side by side
	}
	if data := s.answer(w, r, m, sent); len(data) > 0 {
		_, _ = w.Write(data)
	}
}

// readBody reads a request's body, at once where its size is known.
func readBody(r *http.Request) ([]byte, error) {
	if r.ContentLength <= 0 {
		return io.ReadAll(r.Body)
	}
	body := make([]byte, r.ContentLength)
	_, err := io.ReadFull(r.Body, body)
	return body, err
}

// sent is a request's body.
type sent struct {
	data   []byte
	digest string
}

// answer does what is asked, and returns the body that is still to be written, which needs no lock.
func (s *Store) answer(w http.ResponseWriter, r *http.Request, m []string, body sent) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	name, what := m[1], m[2]
	switch kind, rest, _ := strings.Cut(what, "/"); {
	case kind == "tags":
		s.listTags(w, r, name)
	case kind == "manifests":
		s.manifest(w, r, name, rest, body.data)
	case kind == "referrers":
		s.referrers(w, r, name, rest)
	case strings.HasPrefix(rest, "uploads/"):
		s.upload(w, r, name, strings.TrimPrefix(rest, "uploads/"), body)
	default:
		return s.blob(w, r, name, rest)
	}
	return nil
}

// listTags lists in the order of bytes, after last, at most n.
func (s *Store) listTags(w http.ResponseWriter, r *http.Request, name string) {
	repo := s.repos[name]
	if repo == nil {
		refuse(w, http.StatusNotFound, "NAME_UNKNOWN", name)
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method)
		return
	}
	tags := make([]string, 0, len(repo.tags))
	query := r.URL.Query()
	for t := range repo.tags {
		if t > query.Get("last") {
			tags = append(tags, t)
		}
	}
	slices.Sort(tags)
	if query.Has("n") {
		n, err := strconv.Atoi(query.Get("n"))
		if err != nil || n < 0 {
			refuse(w, http.StatusBadRequest, "PAGINATION_NUMBER_INVALID", query.Get("n"))
			return
		}
		if len(tags) > n {
			tags = tags[:n]
			if n > 0 {
				next := fmt.Sprintf("/v2/%s/tags/list?last=%s&n=%d", name, url.QueryEscape(tags[n-1]), n)
				w.Header().Set("Link", "<"+next+`>; rel="next"`)
			}
		}
	}
	answerJSON(w, "application/json", map[string]any{"name": name, "tags": tags})
}

func answerJSON(w http.ResponseWriter, mediaType string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	w.Header().Set("Content-Type", mediaType)
	w.Header().Set("Content-Length", strconv.Itoa(len(data)))
	_, _ = w.Write(data)
}

// blob reads, asks for or removes a blob, and returns what is read.
func (s *Store) blob(w http.ResponseWriter, r *http.Request, name, digest string) []byte {
	if !digestName.MatchString(digest) {
		refuse(w, http.StatusBadRequest, "DIGEST_INVALID", digest)
		return nil
	}
	repo := s.repo(name, false)
	data, found := repo.blobs[digest]
	if !found {
		refuse(w, http.StatusNotFound, "BLOB_UNKNOWN", digest)
		return nil
	}
	switch r.Method {
	case http.MethodDelete:
		delete(repo.blobs, digest)
		delete(s.finished, name+" "+digest)
		w.WriteHeader(http.StatusAccepted)
	case http.MethodGet, http.MethodHead:
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Type", "application/octet-stream")
		w.Header().Set("Accept-Ranges", "bytes")
		from, status := 0, http.StatusOK
		if spec, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok && r.Method == http.MethodGet {
			to := len(data) - 1
			if n, _ := fmt.Sscanf(spec, "%d-%d", &from, &to); n == 0 || from > to || from >= len(data) {
				w.Header().Set("Content-Range", fmt.Sprintf("bytes */%d", len(data)))
				refuse(w, http.StatusRequestedRangeNotSatisfiable, "RANGE_INVALID", spec)
				return nil
			}
			to, status = min(to, len(data)-1), http.StatusPartialContent
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to, len(data)))
			data = data[from : to+1]
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.WriteHeader(status)
		if r.Method == http.MethodGet {
			return data
		}
	default:
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method)
	}
	return nil
}
