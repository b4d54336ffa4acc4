package registrytest

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// Store is a registry in memory that follows the OCI distribution specification 1.1 strictly: it refuses a manifest
// whose blobs it lacks, a chunk out of order, and an upload that goes on at an address it did not give. Tests read it
// directly.
type Store struct {
	Now func() time.Duration // the time of the events in Moves; nil is always 0

	mu       sync.Mutex
	repos    map[string]*storeRepo
	uploads  map[string]*storeUpload
	started  int // uploads
	finished map[string]int
	moves    []TagMove
}

// storeRepo is one repository.
type storeRepo struct {
	blobs     map[string][]byte
	manifests map[string]storeManifest
	tags      map[string]string
}

type storeManifest struct {
	mediaType string
	data      []byte
}

// TagMove is one write or removal of a tag.
type TagMove struct {
	Repository, Tag string
	Old, New        string // digests; Old is empty for a new tag, New for one that was removed
	at              time.Duration
}

// NewStore makes an empty registry.
func NewStore() *Store {
	return &Store{repos: map[string]*storeRepo{}, uploads: map[string]*storeUpload{}, finished: map[string]int{}}
}

func newStoreRepo() *storeRepo {
	return &storeRepo{blobs: map[string][]byte{}, manifests: map[string]storeManifest{}, tags: map[string]string{}}
}

// Clone copies what the registry holds, without its open uploads and its log.
func (s *Store) Clone() *Store {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := NewStore()
	for name, r := range s.repos {
		c.repos[name] = &storeRepo{blobs: maps.Clone(r.blobs), manifests: maps.Clone(r.manifests), tags: maps.Clone(r.tags)}
	}
	return c
}

// repo returns a repository, which begins to exist with the first upload.
func (s *Store) repo(name string, create bool) *storeRepo {
	r := s.repos[name]
	if r == nil {
		r = newStoreRepo()
		if create {
			s.repos[name] = r
		}
	}
	return r
}

// Serve serves the registry at an address of this machine until the test ends, and gives the address.
func (s *Store) Serve(t *testing.T) string { return Serve(t, s) }

// Serve serves at an address of this machine until the test ends, and gives the address.
func Serve(t *testing.T, h http.Handler) string {
	t.Helper()
	server := httptest.NewServer(h)
	address := strings.TrimPrefix(server.URL, "http://")
	served.Store(address, h)
	t.Cleanup(func() {
		served.Delete(address)
		server.Close()
	})
	return address
}

// served are the handlers that [Serve] serves, by address.
var served sync.Map

// Digest is the digest of bytes, "sha256:…".
func Digest(data []byte) string {
	sum := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(sum[:])
}

// Tags returns the tags of a repository and what they stand for.
func (s *Store) Tags(repository string) map[string]string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return maps.Clone(s.repo(repository, false).tags)
}

// SetTag writes a tag beside the protocol, as somebody else would.
func (s *Store) SetTag(repository, tag, digest string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.move(repository, s.repo(repository, true), tag, digest)
}

// move writes a tag, or removes it where digest is empty. The lock is held.
func (s *Store) move(name string, r *storeRepo, tag, digest string) {
	old := r.tags[tag]
	if digest == "" {
		delete(r.tags, tag)
	} else {
		r.tags[tag] = digest
	}
	at := time.Duration(0)
	if s.Now != nil {
		at = s.Now()
	}
	if old != digest {
		s.moves = append(s.moves, TagMove{Repository: name, Tag: tag, Old: old, New: digest, at: at})
	}
}

// Moves returns all changes of tags so far, in their order.
func (s *Store) Moves() []TagMove {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.moves)
}

// Manifest returns the bytes of a manifest by tag or digest; nil is none.
func (s *Store) Manifest(repository, ref string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repo(repository, false)
	if d, ok := r.tags[ref]; ok {
		ref = d
	}
	return r.manifests[ref].data
}

// Blob returns the bytes of a blob; nil is none.
func (s *Store) Blob(repository, digest string) []byte {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repo(repository, false).blobs[digest]
}

// Blobs returns the digests of a repository's blobs, sorted.
func (s *Store) Blobs(repository string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Sorted(maps.Keys(s.repo(repository, false).blobs))
}

// PutBlob replaces the bytes of a blob beside the protocol; nil loses it.
func (s *Store) PutBlob(repository, digest string, data []byte) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.repo(repository, true)
	if data == nil {
		delete(r.blobs, digest)
		delete(s.finished, repository+" "+digest)
		return
	}
	r.blobs[digest] = data
}

// Repeated returns "REPOSITORY DIGEST" of each blob that was uploaded whole more than once while the registry had it,
// and begins to count anew.
func (s *Store) Repeated() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name, n := range s.finished {
		if n > 1 {
			out = append(out, name)
			s.finished[name] = 1
		}
	}
	slices.Sort(out)
	return out
}
