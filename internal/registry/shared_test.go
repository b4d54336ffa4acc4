package registry

import (
	"bytes"
	"context"
	"crypto/rand"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
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
		s := share(b, f, "test")
		var all sync.WaitGroup
		for i := range 4 {
			r := s.open()
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
	s := share(b, f, "test")
	stopped, quick := s.open(), s.open()
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
	s := share(b, f, "the file")
	got, err := io.ReadAll(s.open())
	if fault.CodeOf(err) != fault.Gate || len(got) >= len(data) {
		t.Errorf("%d of %d bytes, %v", len(got), len(data), err)
	}
	short := share(Blob{Digest: b.Digest, Size: b.Size + 100}, f, "the file")
	if _, err := io.ReadAll(short.open()); err != io.ErrUnexpectedEOF {
		t.Error(err)
	}
}

// counter counts what is read of a layout's files.
type counter struct {
	Layout
	mu   sync.Mutex
	read int64
}

type countedFile struct {
	File
	c *counter
}

func (f countedFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.File.ReadAt(p, off)
	f.c.mu.Lock()
	f.c.read += int64(n)
	f.c.mu.Unlock()
	return n, err
}

func TestUploadReadsTheDiskOnce(t *testing.T) {
	l, content := built(t, 6, 5<<20)
	c := &counter{Layout: l}
	var size int64
	for i := range content.Blobs {
		if content.Blobs[i].Data == nil {
			content.Blobs[i].from = sourceFunc(func(b Blob) (File, error) {
				f, err := l.Open(t.Context(), b)
				return countedFile{f, c}, err
			})
			size += content.Blobs[i].Size
		}
	}
	to := []Registry{parse(t, memory(t)+"/a"), parse(t, memory(t)+"/b"), parse(t, distributed(t)+"/c")}
	for r, err := range newClient(t, Options{}).
		Upload(t.Context(), to, []Delivery{{"mastodon", content}, {"mastodon-streaming", content}}) {
		if err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	if c.read != size {
		t.Errorf("%d bytes were read from the disk, the layers have %d", c.read, size)
	}
}

type sourceFunc func(Blob) (File, error)

func (f sourceFunc) Open(_ context.Context, b Blob) (File, error) { return f(b) }

// TestLayoutCutOff is about what a killed builder leaves behind.
func TestLayoutCutOff(t *testing.T) {
	for name, spoil := range map[string]func(path string, size int64) error{
		"empty":   func(p string, _ int64) error { return os.Truncate(p, 0) },
		"short":   func(p string, n int64) error { return os.Truncate(p, n-1) },
		"missing": func(p string, _ int64) error { return os.Remove(p) },
		"changed": func(p string, n int64) error {
			data, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			data[n/2] ^= 1
			return os.WriteFile(p, data, 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			l, content := built(t, 2, 30<<10)
			var layer Blob
			for _, b := range content.Blobs {
				if b.Data == nil {
					layer = b
				}
			}
			if err := spoil(l.path(layer.Digest), layer.Size); err != nil {
				t.Fatal(err)
			}
			if err := l.Check(t.Context(), content); fault.CodeOf(err) != fault.Gate {
				t.Errorf("check: %v", err)
			}
			p := rt.New(t, distributed(t))
			r := parse(t, p.Address+"/owner")
			err := newClient(t, Options{}).Upload(t.Context(), []Registry{r}, []Delivery{{"mastodon", content}})[r]
			if fault.CodeOf(err) != fault.Gate {
				t.Errorf("upload: code %d, %v", fault.CodeOf(err), err)
			}
			if len(p.Requests("^PUT .*/manifests/")) > 0 {
				t.Error("a manifest was written")
			}
		})
	}
	if _, err := (Layout{Dir: filepath.Join(t.TempDir(), "none")}).Index(""); fault.CodeOf(err) != fault.Build {
		t.Error(err)
	}
	l, content := built(t, 1, 100)
	if err := os.Truncate(l.path(content.Digest()), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Index(content.Digest().String()); fault.CodeOf(err) != fault.Gate {
		t.Errorf("an index that is cut off: %v", err)
	}
}
