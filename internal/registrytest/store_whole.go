package registrytest

import (
	"encoding/json"
	"maps"
	"slices"
	"sync"
)

// lacks names something that a manifest leads to and the repository does not have; "" is that it has all. With rehash,
// bytes that are not what their digest says count as missing.
func (r *storeRepo) lacks(data []byte, rehash bool) string {
	m := parsed(data)
	if m == nil {
		return "manifest that is no JSON"
	}
	for _, d := range m.Manifests {
		child, found := r.manifests[d.Digest]
		if !found || rehash && Digest(child.data) != d.Digest {
			return "manifest " + d.Digest
		}
		if missing := r.lacks(child.data, rehash); missing != "" {
			return missing
		}
	}
	blobs := m.Layers
	if m.Config != nil {
		blobs = append(slices.Clone(blobs), *m.Config)
	}
	for _, d := range blobs {
		b, found := r.blobs[d.Digest]
		if !found || int64(len(b)) != d.Size || rehash && Digest(b) != d.Digest {
			return "blob " + d.Digest
		}
	}
	return ""
}

// Lacks re-hashes all that a tag or digest leads to and names what cannot be pulled; "" is that all can.
func (s *Store) Lacks(repository, ref string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.repo(repository, false).lacksAt(ref)
}

func (r *storeRepo) lacksAt(ref string) string {
	digest, tagged := r.tags[ref]
	if !tagged {
		digest = ref
	}
	m, found := r.manifests[digest]
	if !found || Digest(m.data) != digest {
		return "manifest " + digest
	}
	return r.lacks(m.data, true)
}

// Broken names every tag that stands for something that cannot be pulled whole: "REPOSITORY:TAG lacks blob …".
func (s *Store) Broken() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for name, r := range s.repos {
		whole := map[string]string{} // by digest: many tags stand for one image
		for tag, digest := range r.tags {
			missing, known := whole[digest]
			if !known {
				missing = r.lacksAt(tag)
				whole[digest] = missing
			}
			if missing != "" {
				out = append(out, name+":"+tag+" lacks "+missing)
			}
		}
	}
	slices.Sort(out)
	return out
}

// Collect removes what no tag leads to, open uploads too, as registries do that collect their garbage.
func (s *Store) Collect() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.uploads = map[string]*storeUpload{}
	for name, r := range s.repos {
		manifests, blobs := map[string]bool{}, map[string]bool{}
		for _, digest := range r.tags {
			r.reach(digest, manifests, blobs)
		}
		maps.DeleteFunc(r.manifests, func(d string, _ storeManifest) bool { return !manifests[d] })
		for d := range r.blobs {
			if !blobs[d] {
				delete(r.blobs, d)
				delete(s.finished, name+" "+d)
			}
		}
	}
}

// reach marks what a manifest leads to.
func (r *storeRepo) reach(digest string, manifests, blobs map[string]bool) {
	m, found := r.manifests[digest]
	if !found || manifests[digest] {
		return
	}
	manifests[digest] = true
	leads := parsed(m.data)
	if leads == nil {
		return
	}
	for _, d := range leads.Manifests {
		r.reach(d.Digest, manifests, blobs)
	}
	for _, d := range leads.Layers {
		blobs[d.Digest] = true
	}
	if leads.Config != nil {
		blobs[leads.Config.Digest] = true
	}
}

// known are manifests that were parsed before, by their bytes: stores that are cloned hold the same ones.
var known sync.Map

// parsed is a manifest, which the caller must not change; nil is that it is none.
func parsed(data []byte) *storedManifest {
	if m, ok := known.Load(string(data)); ok {
		return m.(*storedManifest)
	}
	var m storedManifest
	if json.Unmarshal(data, &m) != nil {
		return nil
	}
	known.Store(string(data), &m)
	return &m
}
