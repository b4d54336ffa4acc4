package release

import (
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/howdah/howdah/internal/registry"
	rt "github.com/howdah/howdah/internal/registrytest"
)

// round is how long one request takes in these tests, in the time of a bubble that stands still while anybody works. So
// the time of a release is the number of requests that had to wait for one another.
const round = 25 * time.Millisecond

// ledger counts requests, and notes in which round each began.
type ledger struct {
	next  http.RoundTripper
	begun time.Time

	mu  sync.Mutex
	log map[int][]string
	n   int

	stores []*rt.Store
}

func (l *ledger) RoundTrip(r *http.Request) (*http.Response, error) {
	l.mu.Lock()
	at := int(time.Since(l.begun) / round)
	l.log[at] = append(l.log[at], r.Method+" "+r.URL.Host+r.URL.RequestURI())
	l.n++
	l.mu.Unlock()
	time.Sleep(round)
	return l.next.RoundTrip(r)
}

// begin counts from here on.
func (l *ledger) begin() { l.begun, l.log, l.n = time.Now(), map[int][]string{}, 0 }

// rounds is how many there were since begin.
func (l *ledger) rounds() int { return int((time.Since(l.begun) + round - 1) / round) }

// written are the rounds in which a tag was written, on any image.
func (l *ledger) written(tag string) (at []int) {
	for n, requests := range l.log {
		for _, r := range requests {
			if strings.HasPrefix(r, http.MethodPut) && strings.HasSuffix(r, "/manifests/"+tag) {
				at = append(at, n)
			}
		}
	}
	slices.Sort(at)
	return slices.Compact(at)
}

func (l *ledger) String() string {
	var b strings.Builder
	for _, at := range slices.Sorted(maps.Keys(l.log)) {
		fmt.Fprintf(&b, "%3d", at)
		for _, r := range l.log[at] {
			method, path, _ := strings.Cut(r, " ")
			path = path[strings.Index(path, "/v2/")+4:]
			if i := strings.Index(path, "sha256:"); i >= 0 {
				path = path[:min(len(path), i+12)]
			}
			fmt.Fprintf(&b, "  %s %s", method, path)
		}
		b.WriteString("\n")
	}
	return b.String()
}

// slowly makes a site of n registries whose every request takes one round. It must be called within a bubble.
func slowly(t *testing.T, n int, moving ...string) (*site, *ledger) {
	t.Helper()
	wire := rt.InProcess{}
	var addresses []string
	var stores []*rt.Store
	for i := range n {
		address := fmt.Sprintf("127.0.0.%d:5000", i+1)
		store := rt.NewStore()
		wire[address] = store
		stores = append(stores, store)
		addresses = append(addresses, address)
	}
	s := newSite(t, addresses...)
	s.set.Moving = moving
	l := &ledger{next: wire, stores: stores}
	s.client = registry.New(registry.Options{Roots: l})
	l.begin()
	return s, l
}

// sumOfRounds adds up the round trips that docs/publishing.md lists, and compares the sum that it states.
func sumOfRounds(t *testing.T) (sum int, page string) {
	t.Helper()
	data, err := os.ReadFile("../../docs/publishing.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, found := strings.Cut(string(data), "| what | round trips |\n|---|---|\n")
	for line := range strings.Lines(table) {
		cells := strings.Split(line, "|")
		if len(cells) != 4 {
			break
		}
		n, err := strconv.Atoi(strings.TrimSpace(cells[2]))
		if err != nil {
			t.Fatalf("docs/publishing.md: %q has no number of round trips", line)
		}
		if strings.TrimSpace(cells[1]) == "together" {
			if n != sum {
				t.Errorf("docs/publishing.md: the round trips add up to %d, together it says %d", sum, n)
			}
			return sum, string(data)
		}
		sum += n
	}
	t.Fatalf("docs/publishing.md has no table of round trips with a sum (begins: %t)", found)
	return 0, ""
}

// TestRounds holds how many round trips a release takes, of requests that wait for one another: docs/publishing.md has
// the sum. More registries, images and moving tags do not add any.
func TestRounds(t *testing.T) {
	warm, page := sumOfRounds(t)
	for _, test := range []struct {
		registries int
		moving     []string
		requests   int    // with nothing new
		says       string // of that, docs/publishing.md
	}{
		{2, []string{"edge", "latest", "main", "nightly"}, 20, "%d requests for two registries with four moving tags"},
		{2, []string{"edge"}, 8, "and %d with one"},
		{1, []string{"edge"}, 4, ""},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, l := slowly(t, test.registries, test.moving...)
			s.must(Done)
			if cold := warm + 1; l.rounds() > cold { // the layers are sent together, in two requests each
				t.Errorf("the first release took %d rounds, expected at most %d:\n%s", l.rounds(), cold, l)
			}
			s.upstream("8df9e77d5d9a5d4b6f1d6ad6d2f1f1c0a0b1c2d3", "4.6.0-alpha.7")
			l.begin()
			next := s.must(Done).Record
			if l.rounds() != warm {
				t.Errorf("the next release took %d rounds, expected %d:\n%s", l.rounds(), warm, l)
			}
			for _, tag := range test.moving {
				if at := l.written(tag); len(at) != 1 {
					t.Errorf("%s was written in the rounds %v, expected web and streaming in one:\n%s", tag, at, l)
				}
			}
			for _, store := range l.stores {
				if broken := store.Broken(); len(broken) > 0 || store.Tags("owner/mastodon")["edge"] != next.Images[0].Digest {
					t.Errorf("broken: %v", broken)
				}
				record := store.Tags("owner/mini-release")[next.Tag]
				for i := range 20000 {
					old := fmt.Sprintf("20250101T%06dZ-4.5.0-g7cf9e77d5-%08x", i, i)
					store.SetTag("owner/mini-release", old, record)
					store.SetTag("owner/mastodon", old, next.Images[0].Digest)
				}
			}
			l.begin()
			s.must(Unchanged)
			if l.rounds() != 3 || l.n > test.requests {
				t.Errorf("nothing new took %d rounds and %d requests, expected 3 and %d:\n%s", l.rounds(), l.n, test.requests, l)
			}
			if test.says != "" && !strings.Contains(page, fmt.Sprintf(test.says, l.n)) {
				t.Errorf("nothing new took %d requests, and docs/publishing.md does not say "+test.says, l.n, l.n)
			}
		})
	}
}
