package tree

import "strconv"

// What an object weighs in memory beside its content.
const (
	objectWeight = 128
	folderWeight = 640
	entryWeight  = 128
)

// blob keeps a content.
func (s *store) blob(f *File) (ID, error) {
	id := f.ID()
	if _, ok := s.written(id); ok {
		return id, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.grow(len(f.Data) + objectWeight); err != nil {
		return "", err
	}
	s.blobs[id] = f.Data
	return id, nil
}

// tree keeps a folder.
func (s *store) tree(entries []Entry) (ID, error) {
	if s.made != nil {
		return s.sketch(entries)
	}
	o, err := encode(entries)
	if err != nil {
		return "", err
	}
	if _, ok := s.stored(o.ID); ok {
		return o.ID, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.grow(len(entries)*entryWeight + folderWeight); err != nil {
		return "", err
	}
	s.trees[o.ID] = stored{entries: entries, object: o}
	return o.ID, nil
}

// sketch keeps a folder of a draft under a name that is none of git's.
func (s *store) sketch(entries []Entry) (ID, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.grow(len(entries)*entryWeight + folderWeight); err != nil {
		return "", err
	}
	id := ID("draft " + strconv.FormatInt(s.made.Add(1), 10))
	s.trees[id] = stored{entries: entries}
	return id, nil
}

// grow counts what is about to be kept.
func (s *store) grow(n int) error {
	if s.full = s.full || s.size+n > maxFresh; s.full {
		return ErrFull
	}
	s.size += n
	return nil
}

// stored finds a folder here or below.
func (s *store) stored(id ID) (stored, bool) {
	for ; s != nil; s = s.below {
		s.mu.RLock()
		found, ok := s.trees[id]
		s.mu.RUnlock()
		if ok {
			return found, true
		}
	}
	return stored{}, false
}

// written finds a content that was made, here or below.
func (s *store) written(id ID) ([]byte, bool) {
	for ; s != nil; s = s.below {
		s.mu.RLock()
		data, ok := s.blobs[id]
		s.mu.RUnlock()
		if ok {
			return data, true
		}
	}
	return nil, false
}

// content finds a content that was made or read ahead, here or below.
func (s *store) content(id ID) ([]byte, bool) {
	for ; s != nil; s = s.below {
		s.mu.RLock()
		data, ok := s.blobs[id]
		if !ok {
			data, ok = s.read[id]
		}
		s.mu.RUnlock()
		if ok {
			return data, true
		}
	}
	return nil, false
}

// Full reports whether With has failed with ErrFull in this chain of trees; it fails from then on.
func (t *Tree) Full() bool {
	if t.fresh == nil {
		return false
	}
	t.fresh.mu.RLock()
	defer t.fresh.mu.RUnlock()
	return t.fresh.full
}
