package content

import (
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"io"
	"sync"
	"time"
)

// A blob goes to several registries, and is read from the disk once: the reader that is ahead reads, the others find
// what it read in a window behind it. One that falls out of the window reads for itself.
const (
	piece    = 256 << 10
	window   = 64          // pieces, 16 MiB
	patience = time.Second // how long the one that is ahead waits for the others
)

// Shared is an open blob with its readers.
type Shared struct {
	blob   Blob
	file   File
	source string // named when the bytes are wrong

	mu      sync.Mutex
	moved   *sync.Cond
	pieces  [][]byte // the window; pieces[0] is number base
	base    int
	hash    hash.Hash
	wrong   error
	readers map[*sharedReader]bool
	all     bool  // nobody new is to come: what every reader has had is let go of
	reads   int64 // bytes that came from the file
}

// Share begins to share a blob that was opened; from names it when its bytes are wrong.
func Share(b Blob, f File, from string) *Shared {
	s := &Shared{blob: b, file: f, source: from, hash: sha256.New(), readers: map[*sharedReader]bool{}}
	s.moved = sync.NewCond(&s.mu)
	return s
}

// Open returns a reader from the blob's start, which calls sent with the number of bytes of each read.
func (s *Shared) Open(sent func(int)) io.ReadCloser {
	r := &sharedReader{of: s, sent: sent}
	s.mu.Lock()
	s.readers[r] = true
	s.mu.Unlock()
	return r
}

// get returns piece number n, or io.EOF after the last. The last one comes only if the whole blob is what it should be.
func (s *Shared) get(r *sharedReader, n int) ([]byte, error) {
	offset := int64(n) * piece
	if offset >= s.blob.Size {
		return nil, io.EOF
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	r.at = n
	s.trim()
	s.moved.Broadcast()
	for {
		switch next := s.base + len(s.pieces); {
		case s.wrong != nil:
			return nil, s.wrong
		case n < s.base:
			return s.read(offset)
		case n < next:
			return s.pieces[n-s.base], nil
		}
		if len(s.pieces) == window && s.tail(r) {
			continue // somebody moved, or does not count any more
		}
		if err := s.advance(); err != nil {
			return nil, err
		}
	}
}

// ExpectNobody says that every registry that wants the blob has opened it.
func (s *Shared) ExpectNobody() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.all = true
	s.trim()
}

// Err is why the blob's bytes cannot be sent: they could not be read, or are not the blob.
func (s *Shared) Err() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.wrong
}

// Forget lets go of what was read. Who reads on reads from the file, which stays open.
func (s *Shared) Forget() {
	s.mu.Lock()
	s.base += len(s.pieces)
	s.pieces = nil
	s.mu.Unlock()
}

func (s *Shared) Close() error { return s.file.Close() }

// trim lets go of the pieces that every reader has had, where no other reader is to come.
func (s *Shared) trim() {
	if !s.all {
		return
	}
	first := s.base + len(s.pieces)
	for r := range s.readers {
		if !r.left {
			first = min(first, r.at)
		}
	}
	for ; s.base < first; s.base++ {
		s.pieces[0] = nil
		s.pieces = s.pieces[1:]
	}
}

// tail waits for a reader that still needs the oldest piece. It gives false when there is none.
func (s *Shared) tail(r *sharedReader) bool {
	var slow *sharedReader
	for other := range s.readers {
		if other != r && !other.left && other.at <= s.base {
			slow = other
		}
	}
	if slow == nil {
		return false
	}
	was := slow.at
	t := time.AfterFunc(patience, func() {
		s.mu.Lock()
		if slow.at == was {
			slow.left = true
		}
		s.moved.Broadcast()
		s.mu.Unlock()
	})
	s.moved.Wait()
	t.Stop()
	return true
}

// advance reads the next piece into the window.
func (s *Shared) advance() error {
	next := s.base + len(s.pieces)
	data, err := s.read(int64(next) * piece)
	if err != nil {
		s.wrong = err
		return err
	}
	s.hash.Write(data)
	if int64(next+1)*piece >= s.blob.Size {
		if got := hex.EncodeToString(s.hash.Sum(nil)); got != s.blob.Digest.Hex {
			s.wrong = mismatch(s.source, s.blob.Digest, got)
			s.moved.Broadcast()
			return s.wrong
		}
	}
	if s.pieces = append(s.pieces, data); len(s.pieces) > window {
		s.pieces[0] = nil
		s.pieces = s.pieces[1:]
		s.base++
	}
	s.moved.Broadcast()
	return nil
}

func (s *Shared) read(offset int64) ([]byte, error) {
	data := make([]byte, min(piece, s.blob.Size-offset))
	n, err := s.file.ReadAt(data, offset)
	s.reads += int64(n)
	if n == len(data) {
		return data, nil
	}
	if err == nil || err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	return nil, err
}

// sharedReader is one registry's way through the blob.
type sharedReader struct {
	of   *Shared
	n    int    // the next piece
	rest []byte // of the current one
	at   int    // under of.mu: the piece asked for last
	left bool   // under of.mu: nobody waits for it any more
	sent func(int)
}

var _ io.ReadCloser = (*sharedReader)(nil)

func (r *sharedReader) Read(p []byte) (int, error) {
	if len(r.rest) == 0 {
		data, err := r.of.get(r, r.n)
		if err != nil {
			return 0, err
		}
		r.rest = data
		r.n++
	}
	n := copy(p, r.rest)
	r.rest = r.rest[n:]
	if r.sent != nil {
		r.sent(n)
	}
	return n, nil
}

func (r *sharedReader) Close() error {
	r.of.mu.Lock()
	delete(r.of.readers, r)
	r.of.moved.Broadcast()
	r.of.mu.Unlock()
	return nil
}
