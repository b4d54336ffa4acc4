package suite

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// stamped notes when each line came.
type stamped struct {
	begun time.Time
	at    []time.Duration
	text  bytes.Buffer
}

func (s *stamped) Write(data []byte) (int, error) {
	s.at = append(s.at, time.Since(s.begun))
	return s.text.Write(data)
}

// No silence is longer than five seconds, and what is said names the test that runs the longest.
func TestProgress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		out := &stamped{begun: time.Now()}
		v := &events{packages: 2, said: map[string][]string{}, running: map[string]time.Time{}}
		p := newProgress(out, v.status)
		from, to := io.Pipe()
		go func() {
			say := func(pause time.Duration, action, test string) {
				time.Sleep(pause)
				const line = `{"Action":%q,"Package":"github.com/howdah/howdah/internal/small","Test":%q}` + "\n"
				fmt.Fprintf(to, line, action, test)
			}
			say(6*time.Second, "run", "TestOuter")
			say(0, "run", "TestOuter/inner")
			say(0, "run", "TestWaiting")
			say(0, "pause", "TestWaiting")
			say(11*time.Second, "pass", "TestOuter/inner")
			say(0, "pass", "TestOuter")
			say(time.Second, "pass", "")
			say(0, "skip", "")
			say(6*time.Second, "run", "TestLater")
			to.Close()
		}()
		v.read(from, p)
		p.Close()
		last := time.Duration(0)
		for _, at := range append(slices.Clone(out.at), time.Since(out.begun)) {
			if at-last > 5*time.Second {
				t.Errorf("nothing was printed from %s to %s", last, at)
			}
			last = at
		}
		for _, want := range []string{"      0 of 2 packages, 0 tests passed; compiling\n",
			"; running internal/small TestOuter/inner (", "ok    internal/small", "      1 of 2 packages, 2 tests passed; "} {
			if !strings.Contains(out.text.String(), want) {
				t.Errorf("%q is not in\n%s", want, out.text.String())
			}
		}
		if strings.Contains(out.text.String(), "TestWaiting") {
			t.Errorf("a test that waits is called running:\n%s", out.text.String())
		}
	})
}

// The tests' temporary files are in memory, unless somebody asked for another folder or for real images.
func TestTemporary(t *testing.T) {
	memory := func() (string, func()) { return "/memory", func() {} }
	for _, c := range []struct{ env, want string }{
		{"A=1", "A=1 TMPDIR=/memory GOTMPDIR=/tmp"},
		{"TMPDIR=/x", "TMPDIR=/x"},
		{"GOTMPDIR=/x", "GOTMPDIR=/x TMPDIR=/memory"},
		{"HOWDAH_TEST_DEMO=1", "HOWDAH_TEST_DEMO=1"},
		{"HOWDAH_TEST_DEMO=", "HOWDAH_TEST_DEMO= TMPDIR=/memory GOTMPDIR=/tmp"},
	} {
		env, release := temporary([]string{c.env}, memory)
		release()
		if got := strings.Join(env, " "); got != c.want {
			t.Errorf("%s: %s, expected %s", c.env, got, c.want)
		}
	}
	env, release := temporary([]string{"A=1"}, func() (string, func()) { return "", func() {} })
	release()
	if len(env) != 1 {
		t.Errorf("without a folder in memory: %v", env)
	}
}

// Garbage is collected less often, unless somebody asked for a rate.
func TestCollectingLess(t *testing.T) {
	for env, want := range map[string]string{"A=1": "A=1 GOGC=400", "GOGC=": "GOGC= GOGC=400", "GOGC=off": "GOGC=off"} {
		if got := strings.Join(collectingLess([]string{env}), " "); got != want {
			t.Errorf("%s: %s, expected %s", env, got, want)
		}
	}
}
