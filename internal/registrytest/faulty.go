package registrytest

import (
	"fmt"
	"hash/fnv"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// Faulty is a [Store] with quirks that last and faults that come and go. A seed, the request and how often it came
// before choose the fault, so that a seed meets the same faults again.
type Faulty struct {
	Store  *Store
	Name   string // in the log
	Seed   uint64
	Quirks []string             // see Quirks
	Lag    time.Duration        // of the quirks that lag
	Clock  func() time.Duration // the time that the lags are measured by; each request should take some

	mu     sync.Mutex
	chance float64
	kinds  []string
	down   int // so many requests are refused from now on; below 0 is all
	seen   map[string]int
	born   map[string]time.Duration // when what a reference names could first have been read
	log    []string
}

// Quirks are what a registry may do for life.
var Quirks = []string{
	"list without Link",  // OCI 1.0: the next page is asked for with last=, and nothing says that there is one
	"list unsorted",      // and with repetitions
	"list lags",          // a tag is listed a while after it was written
	"reads lag",          // what was written is unknown for a while
	"tags lag",           // a tag that moved stands for what it stood for before, for a while
	"no mount",           // a mount is answered as the beginning of an upload
	"no digest header",   // Docker-Content-Digest is missing
	"HEAD knows no blob", // HEAD of a blob is always 404
	"HEAD remembers",     // HEAD of a blob is 200 though the store has lost it, until it is sent again
	"no PATCH",           // a blob is sent whole, with PUT
	"no DELETE",          //
	"collects",           // what no tag leads to may be gone with any request, while there are faults
}

// Faults are what may befall single requests.
var Faults = []string{
	"reset", "reset after", "502", "502 after", "503", "429", "403", "403 after", "400 after", "404", "cut", "flip",
	"list cut off", "list empty", "upload unknown", "upload unknown after", "collect", "down",
}

// Trouble begins faults of some kinds, each request meeting one with a chance.
func (f *Faulty) Trouble(chance float64, kinds ...string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.chance, f.kinds, f.down, f.seen, f.log = chance, kinds, 0, map[string]int{}, nil
}

// Down refuses so many requests from now on; below 0 is all until the next Trouble or Calm.
func (f *Faulty) Down(requests int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.down = requests
}

// Calm ends the faults; quirks stay.
func (f *Faulty) Calm() { f.Trouble(0) }

// Log returns the faults since the last call of Trouble.
func (f *Faulty) Log() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.log)
}

func (f *Faulty) quirk(name string) bool { return slices.Contains(f.Quirks, name) }

func (f *Faulty) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if f.refuses() {
		panic(http.ErrAbortHandler)
	}
	kind := f.choose(r)
	if f.quirk("collects") && f.troubled() && f.dice(r, "collects") < 0.02 {
		f.Store.Collect()
	}
	switch kind {
	case "reset":
		panic(http.ErrAbortHandler)
	case "down":
		f.Down(40)
		panic(http.ErrAbortHandler)
	case "502":
		answer(w, http.StatusBadGateway, "<html>502 Bad Gateway</html>", nil)
		return
	case "503":
		answer(w, http.StatusServiceUnavailable, Code("INTERNAL_ERROR", "try again"), nil)
		return
	case "429":
		answer(w, http.StatusTooManyRequests, Code("TOOMANYREQUESTS", "slow down"), []string{"Retry-After: 1"})
		return
	case "403":
		refuse(w, http.StatusForbidden, "DENIED", "not now")
		return
	case "404":
		refuse(w, http.StatusNotFound, "MANIFEST_UNKNOWN", "not yet")
		return
	case "upload unknown":
		refuse(w, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "another node has it")
		return
	case "collect":
		f.Store.Collect()
	}
	out := f.odd(r)
	switch kind {
	case "reset after":
		panic(http.ErrAbortHandler)
	case "502 after":
		answer(w, http.StatusBadGateway, "<html>502 Bad Gateway</html>", nil)
		return
	case "403 after":
		refuse(w, http.StatusForbidden, "DENIED", "the tag is immutable")
		return
	case "400 after":
		refuse(w, http.StatusBadRequest, "TAG_INVALID", "the tag is immutable")
		return
	case "upload unknown after":
		refuse(w, http.StatusNotFound, "BLOB_UPLOAD_UNKNOWN", "another node had it")
		return
	}
	out.write(w, kind)
}

func (f *Faulty) troubled() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.chance > 0
}

// refuses counts a request while the registry is down.
func (f *Faulty) refuses() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.down > 0 {
		f.down--
		return true
	}
	return f.down < 0
}

var session = regexp.MustCompile(`/blobs/uploads/[^/]+`)

// dice returns the same number in [0,1) for the same seed, request, purpose and number of the request.
func (f *Faulty) dice(r *http.Request, purpose string) float64 {
	key := purpose + " " + r.Method + " " + session.ReplaceAllString(r.URL.Path, "/blobs/uploads/…") + " " +
		r.URL.Query().Get("digest")
	f.mu.Lock()
	if f.seen == nil {
		f.seen = map[string]int{}
	}
	n := f.seen[key]
	f.seen[key]++
	f.mu.Unlock()
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s %s %d", f.Seed, f.Name, key, n)
	sum := h.Sum64()
	sum ^= sum >> 33 // the last bytes of the key have to reach the high bits
	sum *= 0xff51afd7ed558ccd
	sum ^= sum >> 33
	return float64(sum>>11) / (1 << 53)
}

// choose returns the fault of a request, "" is none.
func (f *Faulty) choose(r *http.Request) string {
	f.mu.Lock()
	chance, kinds := f.chance, f.kinds
	f.mu.Unlock()
	if chance == 0 || len(kinds) == 0 || f.dice(r, "fault") >= chance {
		return ""
	}
	kind := kinds[int(f.dice(r, "kind")*float64(len(kinds)))]
	if !fits(kind, r) || kind == "flip" && f.quirk("no digest header") && strings.Contains(r.URL.Path, "/manifests/") {
		return "" // nobody could say that a tag does not stand for these bytes
	}
	f.mu.Lock()
	f.log = append(f.log, fmt.Sprintf("%s: %s %s: %s", f.Name, r.Method, r.URL.Path, kind))
	f.mu.Unlock()
	return kind
}

// fits reports whether a fault can befall such a request.
func fits(kind string, r *http.Request) bool {
	list, uploads := strings.HasSuffix(r.URL.Path, "/tags/list"), strings.Contains(r.URL.Path, "/blobs/uploads/")
	switch kind {
	case "403", "403 after", "400 after":
		return r.Method == http.MethodPut
	case "404":
		return !list && !uploads && (r.Method == http.MethodGet || r.Method == http.MethodHead) && r.URL.Path != "/v2/"
	case "cut", "flip":
		return r.Method == http.MethodGet && r.URL.Path != "/v2/" && !(kind == "flip" && list)
	case "list cut off", "list empty":
		return list
	case "upload unknown", "upload unknown after":
		return uploads && (r.Method == http.MethodPut || r.Method == http.MethodPatch)
	}
	return true
}
