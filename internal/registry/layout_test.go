package registry

import (
	"context"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// counter counts what is read of a layout's files.
type counter struct {
	content.Layout
	mu   sync.Mutex
	read int64
}

type countedFile struct {
	content.File
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
	l, whole := built(t, 6, 5<<20)
	c := &counter{Layout: l}
	var size int64
	for i := range whole.Blobs {
		if whole.Blobs[i].Data == nil {
			whole.Blobs[i].Source = sourceFunc(func(b content.Blob) (content.File, error) {
				f, err := l.Open(t.Context(), b)
				return countedFile{f, c}, err
			})
			size += whole.Blobs[i].Size
		}
	}
	to := []address.Registry{parse(t, memory(t)+"/a"), parse(t, memory(t)+"/b"), parse(t, distributed(t)+"/c")}
	for r, err := range newClient(t, Options{}).
		Upload(t.Context(), to, []Delivery{{"mastodon", whole}, {"mastodon-streaming", whole}}) {
		if err != nil {
			t.Errorf("%s: %v", r, err)
		}
	}
	// A registry that is a second behind reads for itself, as happens on a busy machine; three alone would read thrice.
	if c.read < size || c.read >= 2*size {
		t.Errorf("%d bytes were read from the disk, the layers have %d", c.read, size)
	}
}

type sourceFunc func(content.Blob) (content.File, error)

func (f sourceFunc) Open(_ context.Context, b content.Blob) (content.File, error) { return f(b) }

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
			l, whole := built(t, 2, 30<<10)
			var layer content.Blob
			for _, b := range whole.Blobs {
				if b.Data == nil {
					layer = b
				}
			}
			if err := spoil(l.Path(layer.Digest), layer.Size); err != nil {
				t.Fatal(err)
			}
			if err := l.Check(t.Context(), whole); fault.CodeOf(err) != fault.Gate {
				t.Errorf("check: %v", err)
			}
			p := rt.New(t, distributed(t))
			r := parse(t, p.Address+"/owner")
			err := newClient(t, Options{}).Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", whole}})[r]
			if fault.CodeOf(err) != fault.Gate {
				t.Errorf("upload: code %d, %v", fault.CodeOf(err), err)
			}
			if len(p.Requests("^PUT .*/manifests/")) > 0 {
				t.Error("a manifest was written")
			}
		})
	}
	if _, err := (content.Layout{Dir: filepath.Join(t.TempDir(), "none")}).Index(""); fault.CodeOf(err) != fault.Build {
		t.Error(err)
	}
	l, whole := built(t, 1, 100)
	if err := os.Truncate(l.Path(whole.Digest()), 10); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Index(whole.Digest().String()); fault.CodeOf(err) != fault.Gate {
		t.Errorf("an index that is cut off: %v", err)
	}
}
