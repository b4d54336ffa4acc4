package registry

import (
	"bytes"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// TestSource brings a blob once, again where the copy is damaged, and keeps nothing of one that is not what it should
// be.
func TestSource(t *testing.T) {
	_, whole := built(t, 1, 30<<10)
	p := rt.New(t, distributed(t))
	r := parse(t, p.Address+"/owner")
	c := newClient(t, Options{Tries: 2})
	if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{{"mastodon", whole}})[r]; err != nil {
		t.Fatal(err)
	}
	repo, err := c.Repo(r, "mastodon")
	if err != nil {
		t.Fatal(err)
	}
	var layer content.Blob
	for _, b := range whole.Blobs {
		if b.Size > layer.Size {
			layer = b
		}
	}
	dir := t.TempDir()
	src, copied := repo.Source(dir), content.Layout{Dir: dir}.Path(layer.Digest)
	open := func() error {
		f, err := src.Open(t.Context(), layer)
		if err != nil {
			return err
		}
		defer f.Close()
		return content.Check(io.NewSectionReader(f, 0, layer.Size), layer.Digest, "what was opened")
	}
	down := rt.Rule{Method: http.MethodGet, Path: `/blobs/`, Do: rt.Status(500, "")}

	p.Break(rt.Rule{Method: http.MethodGet, Path: `/blobs/`, Do: rt.Flip})
	if err := open(); fault.CodeOf(err) != fault.Registry {
		t.Errorf("a flipped bit: %v", err)
	}
	if left, err := os.ReadDir(filepath.Dir(copied)); err != nil || len(left) > 0 {
		t.Errorf("it left %v, %v", left, err)
	}
	p.Mend()
	if err := open(); err != nil {
		t.Fatal(err)
	}
	p.Break(down)
	if err := open(); err != nil {
		t.Errorf("it does not read its copy: %v", err)
	}
	if err := os.WriteFile(copied, bytes.Repeat([]byte("x"), int(layer.Size)), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := open(); err == nil {
		t.Error("a damaged copy is taken")
	}
	p.Mend()
	if err := open(); err != nil {
		t.Errorf("a damaged copy is not brought again: %v", err)
	}
}
