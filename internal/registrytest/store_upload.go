package registrytest

import (
	"bytes"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// storeUpload is an upload that has begun. Each answer names another address at which alone it goes on.
type storeUpload struct {
	repository string
	data       []byte
	state      int
}

// upload begins a blob, takes chunks of it, and ends it.
func (s *Store) upload(w http.ResponseWriter, r *http.Request, name, id string, body sent) {
	query := r.URL.Query()
	if id == "" {
		s.beginUpload(w, r, name, body)
		return
	}
	u := s.uploads[id]
	if u == nil || u.repository != name {
		refuse(w, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "no such upload")
		return
	}
	if r.Method != http.MethodGet && r.Method != http.MethodDelete && query.Get("state") != strconv.Itoa(u.state) {
		refuse(w, http.StatusBadRequest, "BLOB_UPLOAD_INVALID", "the upload goes on at the address of the last answer")
		return
	}
	switch r.Method {
	case http.MethodGet:
		s.goOn(w, id, u, http.StatusNoContent)
	case http.MethodDelete:
		delete(s.uploads, id)
		w.WriteHeader(http.StatusNoContent)
	case http.MethodPatch, http.MethodPut:
		if !s.chunk(w, r, u, id, body.data) {
			return
		}
		if r.Method == http.MethodPatch {
			s.goOn(w, id, u, http.StatusAccepted)
			return
		}
		delete(s.uploads, id)
		if len(u.data) > len(body.data) {
			body = sent{u.data, Digest(u.data)} // it came in parts
		}
		s.finish(w, name, query.Get("digest"), body)
	default:
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method)
	}
}

// beginUpload opens a session, mounts a blob of another repository, or takes one whole.
func (s *Store) beginUpload(w http.ResponseWriter, r *http.Request, name string, body sent) {
	query := r.URL.Query()
	if r.Method != http.MethodPost {
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method)
		return
	}
	if d := query.Get("mount"); d != "" && query.Get("from") != "" {
		if data, found := s.repo(query.Get("from"), false).blobs[d]; found {
			s.repo(name, true).blobs[d] = data
			w.Header().Set("Location", "/v2/"+name+"/blobs/"+d)
			w.Header().Set("Docker-Content-Digest", d)
			w.WriteHeader(http.StatusCreated)
			return
		}
	}
	if d := query.Get("digest"); d != "" {
		s.finish(w, name, d, body)
		return
	}
	s.started++
	id := fmt.Sprintf("upload%d", s.started)
	u := &storeUpload{repository: name}
	s.uploads[id] = u
	s.repo(name, true)
	s.goOn(w, id, u, http.StatusAccepted)
}

// chunk appends a body, at the place that its range names, if it names one.
func (s *Store) chunk(w http.ResponseWriter, r *http.Request, u *storeUpload, id string, body []byte) bool {
	if len(body) > 0 && r.Header.Get("Content-Type") != "application/octet-stream" {
		refuse(w, http.StatusBadRequest, "BLOB_UPLOAD_INVALID", "a chunk is application/octet-stream")
		return false
	}
	if span := strings.TrimPrefix(r.Header.Get("Content-Range"), "bytes "); span != "" {
		var from, to int
		if _, err := fmt.Sscanf(span, "%d-%d", &from, &to); err != nil || from != len(u.data) || to-from+1 != len(body) {
			s.goOn(w, id, u, http.StatusRequestedRangeNotSatisfiable)
			return false
		}
	}
	if len(u.data) == 0 {
		u.data = body
	} else {
		u.data = append(bytes.Clone(u.data), body...)
	}
	return true
}

// goOn says where an upload goes on, and how much of it is there.
func (s *Store) goOn(w http.ResponseWriter, id string, u *storeUpload, status int) {
	u.state++
	w.Header().Set("Location", fmt.Sprintf("/v2/%s/blobs/uploads/%s?state=%d", u.repository, id, u.state))
	w.Header().Set("Range", fmt.Sprintf("0-%d", max(0, len(u.data)-1)))
	w.Header().Set("Docker-Upload-UUID", id)
	w.WriteHeader(status)
}

// finish takes a whole blob.
func (s *Store) finish(w http.ResponseWriter, name, digest string, body sent) {
	if body.digest == "" {
		body.digest = Digest(body.data)
	}
	if body.digest != digest {
		refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "the bytes are of "+body.digest)
		return
	}
	s.repo(name, true).blobs[digest] = body.data
	s.finished[name+" "+digest]++
	w.Header().Set("Location", "/v2/"+name+"/blobs/"+digest)
	w.Header().Set("Docker-Content-Digest", digest)
	w.WriteHeader(http.StatusCreated)
}
