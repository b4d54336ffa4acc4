package content

import (
	"bytes"
	"crypto/rand"
	"io"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
)

// memoryFile is a blob in memory that counts what is read of it.
type memoryFile struct {
	*bytes.Reader
	mu   sync.Mutex
	read int64
}

func (m *memoryFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := m.Reader.ReadAt(p, off)
	m.mu.Lock()
	m.read += int64(n)
	m.mu.Unlock()
	return n, err
}

func (*memoryFile) Close() error { return nil }

func blobOf(t *testing.T, size int) (Blob, *memoryFile, []byte) {
	t.Helper()
	data := make([]byte, size)
	_, _ = rand.Read(data)
	h, n, err := v1.SHA256(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return Blob{Digest: h, Size: n}, &memoryFile{Reader: bytes.NewReader(data)}, data
}

func TestSharedIsReadOnce(t *testing.T) {
	for _, size := range []int{0, 1, piece - 1, piece, piece + 1, 3 * piece, (window + 40) * piece} {
		b, f, data := blobOf(t, size)
		s := Share(b, f, "test")
		var all sync.WaitGroup
		for i := range 4 {
			r := s.Open(nil)
			all.Go(func() {
				defer r.Close()
				var slow io.Reader = r
				if i == 0 {
					slow = io.LimitReader(r, int64(size)) // reads in other portions
				}
				got, err := io.ReadAll(slow)
				if err != nil || !bytes.Equal(got, data) {
					t.Errorf("%d bytes: got %d, %v", size, len(got), err)
				}
			})
		}
		all.Wait()
		if f.read != int64(size) {
			t.Errorf("%d bytes were read from a file of %d", f.read, size)
		}
	}
}

// TestSharedWaitsForNobodyForever has a reader that stops: the other goes on, and the first finds its way alone.
func TestSharedWaitsForNobodyForever(t *testing.T) {
	b, f, data := blobOf(t, (window+20)*piece)
	s := Share(b, f, "test")
	stopped, quick := s.Open(nil), s.Open(nil)
	if _, err := io.ReadFull(stopped, make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	begun := time.Now()
	got, err := io.ReadAll(quick)
	if err != nil || !bytes.Equal(got, data) {
		t.Fatal(len(got), err)
	}
	if d := time.Since(begun); d > 10*patience { // 20 pieces fall out of the window
		t.Errorf("it took %s", d)
	}
	rest, err := io.ReadAll(stopped)
	if err != nil || !bytes.Equal(rest, data[10:]) {
		t.Error(len(rest), err)
	}
}

func TestSharedRefusesWrongBytes(t *testing.T) {
	b, f, data := blobOf(t, 3*piece)
	data[2*piece+5] ^= 1
	f.Reader = bytes.NewReader(data)
	s := Share(b, f, "the file")
	got, err := io.ReadAll(s.Open(nil))
	if fault.CodeOf(err) != fault.Gate || len(got) >= len(data) {
		t.Errorf("%d of %d bytes, %v", len(got), len(data), err)
	}
	short := Share(Blob{Digest: b.Digest, Size: b.Size + 100}, f, "the file")
	if _, err := io.ReadAll(short.Open(nil)); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}
