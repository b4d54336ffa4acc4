package suite

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/plural"
)

// event is a line of `go test -json` (go doc test2json).
type event struct {
	Action  string
	Package string
	Test    string
	Elapsed float64
	Output  string
}

// events is what the tests have said so far.
type events struct {
	packages int                 // in all
	said     map[string][]string // output of what runs, by package and test
	skipped  []string

	mu      sync.Mutex // of what follows
	tally   tally
	done    int                  // packages
	running map[string]time.Time // tests, as "PACKAGE TEST", since when
}

// read follows the events to their end.
func (v *events) read(r io.Reader, w io.Writer) {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for lines.Scan() {
		var e event
		if json.Unmarshal(lines.Bytes(), &e) != nil {
			fmt.Fprintf(w, "%s\n", lines.Text())
			continue
		}
		v.count(e)
		key := e.Package + "\x00" + e.Test
		switch e.Action {
		case "output", "build-output":
			v.said[key] = append(v.said[key], e.Output)
		case "pass":
			if e.Test == "" {
				fmt.Fprintf(w, "ok    %s (%.1f s)\n", short(e.Package), e.Elapsed)
			}
			delete(v.said, key)
		case "skip":
			if e.Test != "" {
				v.skipped = append(v.skipped, short(e.Package)+" "+e.Test+": "+reason(v.said[key]))
			}
			delete(v.said, key)
		case "fail":
			fmt.Fprintf(w, "FAIL  %s %s\n%s", short(e.Package), e.Test, strings.Join(v.said[key], ""))
			delete(v.said, key)
		case "build-fail":
			for k, out := range v.said {
				if strings.HasSuffix(k, "\x00") {
					fmt.Fprint(w, strings.Join(out, ""))
				}
			}
		}
	}
}

// count keeps the numbers.
func (v *events) count(e event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	one := 1
	if e.Test == "" {
		one = 0
	}
	name := short(e.Package) + " " + e.Test
	switch e.Action {
	case "run", "cont":
		v.running[name] = time.Now()
		return
	case "pass":
		v.tally.passed += one
	case "skip":
		v.tally.skipped += one
	case "fail":
		v.tally.failed += one
	case "build-fail":
		v.tally.failed++
		return
	case "pause":
	default:
		return
	}
	delete(v.running, name)
	if e.Test == "" && e.Action != "skip" { // a package without tests is skipped
		v.done++
	}
}

// status says how far the tests are, and which one runs the longest.
func (v *events) status() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	longest, begun := "", time.Now()
	for name, at := range v.running {
		if at.Before(begun) && !v.hasParts(name) {
			longest, begun = name, at
		}
	}
	out := fmt.Sprintf("%d of %s, %d tests passed; ", v.done, plural.Of(v.packages, "package"), v.tally.passed)
	if longest == "" {
		return out + "compiling"
	}
	return out + fmt.Sprintf("running %s (%.0f s)", longest, time.Since(begun).Seconds())
}

// hasParts reports whether a test waits for subtests.
func (v *events) hasParts(name string) bool {
	for other := range v.running {
		if strings.HasPrefix(other, name+"/") {
			return true
		}
	}
	return false
}

// reason finds what a test gave as the reason for skipping: the line with its place.
func reason(output []string) string {
	for _, line := range slices.Backward(output) {
		line = strings.TrimSpace(line)
		if _, why, ok := strings.Cut(line, ".go:"); ok {
			if _, why, ok := strings.Cut(why, ": "); ok {
				return why
			}
		}
	}
	return "no reason given"
}
