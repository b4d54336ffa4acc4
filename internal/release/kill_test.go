package release

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
	"github.com/howdah/howdah/internal/releasejournal"
	"github.com/howdah/howdah/internal/stamp"
)

// child is what a release in a process of its own needs.
type child struct {
	Addresses   []string
	Images      []Image
	Dist, Cache string
	Commit      string
	Now         time.Time
	Kill        int // after so many lines of the journal; 0 is never
}

// releaseOnce is the process's main: it releases, and kills itself as told.
func releaseOnce() int {
	var c child
	if err := json.Unmarshal([]byte(os.Getenv("HOWDAH_TEST_RELEASE")), &c); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	s := &site{now: c.Now, set: Settings{Name: "mini", Images: []string{"mastodon", "mastodon-streaming"},
		Moving: []string{"edge"}, Public: true, Dist: c.Dist, Cache: c.Cache}, images: c.Images}
	for _, a := range c.Addresses {
		r, err := address.Parse(a + "/owner")
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			return 1
		}
		s.set.Registries = append(s.set.Registries, r)
	}
	s.client = registry.New(registry.Options{Sleep: func(ctx context.Context, _ time.Duration) error { return ctx.Err() }})
	defer s.client.Close()
	s.upstream(c.Commit, "4.6.0-alpha.7")
	lines := 0
	s.hooks.journal = func(int) {
		if lines++; lines == c.Kill {
			_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
			select {}
		}
	}
	res, err := s.release(context.Background())
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return int(fault.CodeOf(err))
	}
	fmt.Println(res.State)
	return 0
}

// run releases in a process of its own.
func (c child) run(t *testing.T) (state string, err error) {
	t.Helper()
	data, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), "HOWDAH_TEST_RELEASE="+string(data))
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return strings.TrimSpace(string(out)), err
}

func (s *site) child(n int, commit string) child {
	c := child{Images: s.images, Dist: s.set.Dist, Cache: s.set.Cache, Commit: commit, Now: s.now, Kill: n}
	for _, r := range s.set.Registries {
		c.Addresses = append(c.Addresses, strings.TrimSuffix(r.String(), "/owner"))
	}
	return c
}

// TestKilledAtEveryJournalLine kills a release right after each line of its journal. The old release stays until the
// new one is whole, and the same command finishes it without sending a blob again.
func TestKilledAtEveryJournalLine(t *testing.T) {
	t.Parallel()
	a, b := rt.New(t, memory(t)), rt.New(t, memory(t))
	s := newSite(t, a.Address, b.Address)
	old := s.must(Done).Record
	step := 1
	if testing.Short() {
		step = 12
	}
	for n := 1; ; n += step {
		if n > 60 {
			t.Fatal("the journal has no end")
		}
		s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
		s.set.Dist, s.set.Cache = t.TempDir(), t.TempDir()
		s.now = s.now.Add(time.Hour)
		commit := fmt.Sprintf("%040x", 0x2000000000000000+n<<40)
		s.upstream(commit, "4.6.0-alpha.7")
		state, err := s.child(n, commit).run(t)
		if err == nil {
			if n < 15 {
				t.Errorf("the journal had only %d lines", n)
			}
			break // it ended before
		}
		if !strings.Contains(err.Error(), "killed") {
			t.Fatalf("line %d: %s, %v", n, state, err)
		}
		kept, err := releasejournal.Open(s.set.Dist)
		if err != nil {
			t.Fatal(err)
		}
		last := kept.Entries[len(kept.Entries)-1]
		uploaded := slices.ContainsFunc(kept.Entries, func(e releasejournal.Entry) bool {
			return e.Step == releasejournal.Verified
		})
		moved := slices.ContainsFunc(kept.Entries, func(e releasejournal.Entry) bool {
			return e.Step == releasejournal.Moved && e.Name == "edge"
		})
		kept.Close()
		s.pullable(commit[:9])
		for _, r := range s.set.Registries {
			tags := s.tags(r)
			if !moved &&
				(tags["mastodon:edge"] != old.Images[0].Digest || tags["mastodon-streaming:edge"] != old.Images[1].Digest) {
				t.Errorf("killed after %q: edge has moved at %s", last.Step, r)
			}
		}
		a.Forget()
		b.Forget()
		state, err = s.child(0, commit).run(t)
		if err != nil || state != Done && state != Unchanged {
			t.Fatalf("killed after %q of %q: finishing: %s, %v", last.Step, last.Name, state, err)
		}
		sent := append(a.Requests("^PUT .*/mastodon[^/]*/blobs/"), b.Requests("^PUT .*/mastodon[^/]*/blobs/")...)
		if uploaded && len(sent) > 0 {
			t.Errorf("killed after %q: uploaded again: %v", last.Step, sent)
		}
		k, err := storeOf(newClient(t), s.set).Read(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if k.Newest.Upstream.Commit != commit {
			t.Fatalf("killed after %q: the newest release is %s", last.Step, k.Newest.Tag)
		}
		old = k.Newest
		s.whole(old)
	}
}

// TestTwoReleaseAtOnce lets several release different builds at once, round after round. One or more may win, but
// never a mixture of two.
func TestTwoReleaseAtOnce(t *testing.T) {
	t.Parallel()
	rounds := 12
	if testing.Short() {
		rounds = 3
	}
	address := memory(t)
	base := newSite(t, address)
	won, lost := 0, 0
	for round := range rounds {
		base.now = base.now.Add(time.Hour)
		var all sync.WaitGroup
		for i := range 3 {
			s := *base
			s.now = s.now.Add(time.Duration(i) * time.Second)
			s.client = newClient(t)
			s.set.Dist, s.set.Cache = t.TempDir(), t.TempDir()
			s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
			s.upstream(fmt.Sprintf("%040x", 0x3000000000000000+(round*8+i)<<40), "4.6.0-alpha.7")
			all.Go(func() {
				res, err := s.release(context.Background())
				base.mu().Lock()
				defer base.mu().Unlock()
				switch {
				case err == nil && res.State == Done:
					won++
				case fault.CodeOf(err) == fault.Retry:
					lost++
				case fault.CodeOf(err) == fault.Partial && res.State == partial: // it had moved a moving tag before
					lost++
				default:
					t.Errorf("round %d: %+v, %v", round, res, err)
				}
			})
		}
		all.Wait()
		tags := base.tags(base.set.Registries[0])
		var web, streaming string
		for name, digest := range tags {
			if _, err := stamp.ParseTag(strings.TrimPrefix(name, "mastodon:")); err == nil && digest == tags["mastodon:edge"] {
				web = strings.TrimPrefix(name, "mastodon:")
			}
			if _, err := stamp.ParseTag(strings.TrimPrefix(name, "mastodon-streaming:")); err == nil &&
				digest == tags["mastodon-streaming:edge"] {
				streaming = strings.TrimPrefix(name, "mastodon-streaming:")
			}
		}
		if web == "" || web != streaming {
			t.Fatalf("round %d: edge is web of %q and streaming of %q", round, web, streaming)
		}
	}
	if won < rounds {
		t.Errorf("%d won in %d rounds", won, rounds)
	}
	t.Logf("%d rounds of 3: %d done, %d overtaken", rounds, won, lost)
}

// TestSameReleaseAtOnce lets several release the very same inputs: however it goes, what comes out is one whole
// release.
func TestSameReleaseAtOnce(t *testing.T) {
	t.Parallel()
	base := newSite(t, memory(t))
	rounds := 6
	if testing.Short() {
		rounds = 2
	}
	for round := range rounds {
		base.now = base.now.Add(time.Hour)
		base.upstream(fmt.Sprintf("%040x", 0x4000000000000000+round<<40), "4.6.0-alpha.7")
		var all sync.WaitGroup
		for range 3 {
			s := *base
			s.client = newClient(t)
			s.set.Dist, s.set.Cache = t.TempDir(), t.TempDir()
			s.images = []Image{build(t, "mastodon"), build(t, "mastodon-streaming")}
			all.Go(func() {
				res, err := s.release(context.Background())
				if code := fault.CodeOf(err); code != fault.OK && code != fault.Retry && code != fault.Gate &&
					code != fault.Registry && code != fault.Partial {
					t.Errorf("round %d: %+v, %v", round, res, err)
				}
			})
		}
		all.Wait()
		base.set.Dist = t.TempDir()
		res, err := base.release(t.Context())
		if err != nil {
			t.Fatalf("round %d: the next run: %+v, %v", round, res, err)
		}
		base.whole(res.Record)
	}
}
