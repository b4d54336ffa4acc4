package registry

import (
	"context"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/loopback"
)

func TestServe(t *testing.T) {
	dir := t.TempDir()
	_, content := built(t, 1, 3<<10)
	for range 2 { // what was pushed to the first is there in the second
		s, err := loopback.Start(t.Context(), dir, "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		if s.Shared() {
			t.Error("shared")
		}
		if err := deliver(t, newClient(t, Options{}), parse(t, s.Address()), content); err != nil {
			t.Error(err)
		}
		again, err := loopback.Start(t.Context(), dir, s.Address())
		if err != nil || !again.Shared() {
			t.Errorf("a second server of the same folder: %+v, %v", again, err)
		}
		if !loopback.Served(t.Context(), dir, s.Address()) || loopback.Served(t.Context(), t.TempDir(), s.Address()) {
			t.Error("Served mistakes one folder for another")
		}
		if _, err := loopback.Start(t.Context(), t.TempDir(), s.Address()); fault.CodeOf(err) != fault.Retry ||
			fault.HintOf(err).String() == "" {
			t.Errorf("another folder at a busy port: %v", err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		ready := func(*loopback.Server) { t.Error("ready") }
		if err := loopback.Serve(ctx, dir, ready, s.Address()); fault.CodeOf(err) != fault.Retry {
			t.Errorf("serving what is served: %v", err)
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	if err := loopback.Serve(ctx, dir, func(*loopback.Server) { cancel() }, "127.0.0.1:0"); err != nil {
		t.Error(err)
	}
	for _, bad := range []string{"0.0.0.0:0", ":5000", "192.0.2.1:80", "127.0.0.1", ""} {
		if _, err := loopback.Start(t.Context(), dir, bad); fault.CodeOf(err) != fault.Usage {
			t.Errorf("%q: %v", bad, err)
		}
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	if _, err := loopback.Start(t.Context(), dir, busy.Addr().String()); fault.CodeOf(err) != fault.Retry {
		t.Errorf("a port that never answers: %v", err)
	}
}

// TestCollectUnfinished: where the only upload never ended, it goes after a day, and not before.
func TestCollectUnfinished(t *testing.T) {
	dir := t.TempDir()
	s := must(loopback.Start(t.Context(), dir, "127.0.0.1:0"))
	answer, err := http.Post("http://"+s.Address()+"/v2/o/mastodon/blobs/uploads/", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	answer.Body.Close()
	if err := s.Close(); err != nil || answer.StatusCode != http.StatusAccepted {
		t.Fatal(answer.Status, err)
	}
	uploads := func() int {
		return len(must(filepath.Glob(filepath.Join(dir, "docker/registry/v2/repositories/o/mastodon/_uploads/*"))))
	}
	now := time.Now()
	for _, c := range []struct {
		after time.Duration
		left  int
	}{{0, 1}, {25 * time.Hour, 0}} {
		if err := loopback.Collect(t.Context(), dir, now.Add(c.after)); err != nil {
			t.Errorf("after %v: %v", c.after, err)
		}
		if n := uploads(); n != c.left {
			t.Errorf("after %v %d uploads are left, want %d", c.after, n, c.left)
		}
	}
}

func TestCollect(t *testing.T) {
	dir := t.TempDir()
	if err := loopback.Collect(t.Context(), filepath.Join(dir, "none"), time.Now()); err != nil {
		t.Error(err)
	}
	s := must(loopback.Start(t.Context(), dir, "127.0.0.1:0"))
	r := parse(t, s.Address()+"/o")
	c := newClient(t, Options{})
	_, keep := built(t, 1, 500<<10)
	_, drop := built(t, 1, 900<<10)
	for tag, content := range map[string]content.Content{"keep": keep, "drop": drop} {
		d := Delivery{"mastodon", content}
		if err := c.Upload(t.Context(), []address.Registry{r}, []Delivery{d})[r]; err != nil {
			t.Fatal(err)
		}
		if _, err := must(c.Repo(r, "mastodon")).Fix(t.Context(), tag, content.Root()); err != nil {
			t.Fatal(err)
		}
	}
	repo := must(c.Repo(r, "mastodon"))
	for _, m := range drop.Manifests {
		if gone, err := repo.Delete(t.Context(), m.Digest.String()); err != nil || !gone {
			t.Error(gone, err)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	before := size(t, dir)
	if err := loopback.Collect(t.Context(), dir, time.Now()); err != nil {
		t.Fatal(err)
	}
	if freed := before - size(t, dir); freed < 900<<10 || freed > 1100<<10 {
		t.Errorf("%d bytes were freed", freed)
	}
	s = must(loopback.Start(t.Context(), dir, "127.0.0.1:0"))
	defer s.Close()
	r = parse(t, s.Address()+"/o")
	if err := c.Verify(t.Context(), r, Delivery{"mastodon", keep}, nil); err != nil {
		t.Error(err)
	}
}

func size(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// TestOneThatHangs has a registry that answers only when the other one has everything: that one does not wait for it.
func TestOneThatHangs(t *testing.T) {
	_, content := built(t, 4, 300<<10)
	whole := make(chan struct{})
	hang := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasPrefix(r.URL.Path, "/v2/o/") {
			return
		}
		select {
		case <-whole:
			w.WriteHeader(http.StatusForbidden)
		case <-r.Context().Done():
			t.Error("the other registry waits")
		}
	}))
	good, bad := parse(t, memory(t)+"/o"), parse(t, hang+"/o")
	var left atomic.Int32
	left.Store(int32(len(content.Blobs) + len(content.Manifests)))
	c := newClient(t, Options{Idle: time.Minute, Tries: 2, Progress: func(e Event) {
		if e.What == Uploaded && e.Registry == good.String() && left.Add(-1) == 0 {
			close(whole)
		}
	}})
	out := c.Upload(t.Context(), []address.Registry{good, bad}, []Delivery{{"mastodon", content}})
	if out[good] != nil || fault.CodeOf(out[bad]) != fault.Auth {
		t.Errorf("%v", out)
	}
}
