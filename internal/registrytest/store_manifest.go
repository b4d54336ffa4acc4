package registrytest

import (
	"encoding/json"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// mostManifest is the size of a manifest up to which the specification asks registries to take it.
const mostManifest = 4 << 20

// descriptor is what the specification calls so, as far as a registry looks at it.
type descriptor struct {
	MediaType    string            `json:"mediaType"`
	Digest       string            `json:"digest"`
	Size         int64             `json:"size"`
	ArtifactType string            `json:"artifactType,omitempty"`
	Annotations  map[string]string `json:"annotations,omitempty"`
}

// storedManifest is an image's manifest or an index.
type storedManifest struct {
	SchemaVersion int               `json:"schemaVersion"`
	MediaType     string            `json:"mediaType"`
	ArtifactType  string            `json:"artifactType"`
	Config        *descriptor       `json:"config"`
	Layers        []descriptor      `json:"layers"`
	Manifests     []descriptor      `json:"manifests"`
	Subject       *descriptor       `json:"subject"`
	Annotations   map[string]string `json:"annotations"`
}

func (s *Store) manifest(w http.ResponseWriter, r *http.Request, name, ref string, body []byte) {
	byDigest := strings.Contains(ref, ":")
	if byDigest && !digestName.MatchString(ref) || !byDigest && !tagName.MatchString(ref) {
		refuse(w, http.StatusBadRequest, "MANIFEST_INVALID", "reference "+ref)
		return
	}
	if r.Method == http.MethodPut {
		s.putManifest(w, r, name, ref, body)
		return
	}
	repo := s.repo(name, false)
	digest := ref
	if !byDigest {
		digest = repo.tags[ref]
	}
	m, found := repo.manifests[digest]
	if !found {
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", ref)
		return
	}
	switch r.Method {
	case http.MethodGet, http.MethodHead:
		w.Header().Set("Content-Type", m.mediaType)
		w.Header().Set("Docker-Content-Digest", digest)
		w.Header().Set("Content-Length", strconv.Itoa(len(m.data)))
		if r.Method == http.MethodGet {
			_, _ = w.Write(m.data)
		}
	case http.MethodDelete:
		for tag, d := range repo.tags {
			if tag == ref || byDigest && d == digest {
				s.move(name, repo, tag, "")
			}
		}
		if byDigest {
			delete(repo.manifests, digest)
		}
		w.WriteHeader(http.StatusAccepted)
	default:
		refuse(w, http.StatusMethodNotAllowed, "UNSUPPORTED", r.Method)
	}
}

func (s *Store) putManifest(w http.ResponseWriter, r *http.Request, name, ref string, body []byte) {
	digest, mediaType := Digest(body), r.Header.Get("Content-Type")
	var m storedManifest
	switch err := json.Unmarshal(body, &m); {
	case len(body) > mostManifest:
		refuse(w, http.StatusRequestEntityTooLarge, "SIZE_INVALID", "a manifest has at most 4 MiB")
		return
	case err != nil || m.SchemaVersion != 2:
		refuse(w, http.StatusBadRequest, "MANIFEST_INVALID", "no manifest of schema 2")
		return
	case mediaType == "" || m.MediaType != "" && m.MediaType != mediaType:
		refuse(w, http.StatusBadRequest, "MANIFEST_INVALID", "Content-Type "+mediaType+" for "+m.MediaType)
		return
	case digestName.MatchString(ref) && ref != digest:
		refuse(w, http.StatusBadRequest, "DIGEST_INVALID", "the bytes are of "+digest)
		return
	}
	repo := s.repo(name, true)
	if missing := repo.lacks(body, false); missing != "" {
		code := "MANIFEST_BLOB_UNKNOWN"
		if strings.HasPrefix(missing, "manifest ") {
			code = "MANIFEST_UNKNOWN"
		}
		refuse(w, http.StatusNotFound, code, missing)
		return
	}
	repo.manifests[digest] = storeManifest{mediaType, body}
	if ref != digest {
		s.move(name, repo, ref, digest)
	}
	if m.Subject != nil {
		w.Header().Set("OCI-Subject", m.Subject.Digest)
	}
	w.Header().Set("Docker-Content-Digest", digest)
	w.Header().Set("Location", "/v2/"+name+"/manifests/"+digest)
	w.WriteHeader(http.StatusCreated)
}

// referrers lists the manifests whose subject is a digest; the specification wants an empty index where there are none.
func (s *Store) referrers(w http.ResponseWriter, r *http.Request, name, digest string) {
	if !digestName.MatchString(digest) {
		refuse(w, http.StatusBadRequest, "DIGEST_INVALID", digest)
		return
	}
	wanted := r.URL.Query().Get("artifactType")
	list := []descriptor{}
	for d, stored := range s.repo(name, false).manifests {
		var m storedManifest
		if json.Unmarshal(stored.data, &m) != nil || m.Subject == nil || m.Subject.Digest != digest {
			continue
		}
		kind := m.ArtifactType
		if kind == "" && m.Config != nil {
			kind = m.Config.MediaType
		}
		if wanted == "" || wanted == kind {
			list = append(list, descriptor{MediaType: stored.mediaType, Digest: d, Size: int64(len(stored.data)),
				ArtifactType: kind, Annotations: m.Annotations})
		}
	}
	slices.SortFunc(list, func(a, b descriptor) int { return strings.Compare(a.Digest, b.Digest) })
	if wanted != "" {
		w.Header().Set("OCI-Filters-Applied", "artifactType")
	}
	const index = "application/vnd.oci.image.index.v1+json"
	answerJSON(w, index, map[string]any{"schemaVersion": 2, "mediaType": index, "manifests": list})
}
