package image

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/moby/buildkit/client"

	"github.com/howdah/howdah/internal/fault"
)

// TestHintsOfAStep: where apt-get refuses Debian's lists in a step of a build because this machine's clock is off, or a
// program does not know a proxy's certificate, the error shows its words, and the hint says what to do.
func TestHintsOfAStep(t *testing.T) {
	const release = "E: Release file for http://mirror.invalid/debian/dists/trixie/InRelease is "
	for _, c := range []struct{ says, hint string }{
		{release + "not valid yet (invalid for another 955d 22h 0min 2s). Updates for this repository will not be applied.",
			"this machine's clock is behind"},
		{release + "expired (invalid since 5d 1h 2min 3s). Updates for this repository will not be applied.",
			"this machine's clock is ahead"},
		{"E: Unable to locate package tini", ""},
		{"npm ERR! code SELF_SIGNED_CERT_IN_CHAIN", "the certificate is of a proxy"},
		{"curl: (60) SSL certificate problem: unable to get local issuer certificate", "the certificate is of a proxy"},
		{"fatal: server certificate verification failed. CAfile: none", "the certificate is of a proxy"},
		{"fatal: unable to access 'https://example.org/a.git/': Could not resolve host: example.org",
			"the builder cannot reach"},
		{"npm ERR! request to https://example.org failed, reason: getaddrinfo ENOTFOUND example.org",
			"the builder cannot reach"},
		{"Failed to open TCP connection to example.org:443 (Connection refused)", "the builder cannot reach"},
		{"dial tcp: lookup example.org on 127.0.0.53:53: no such host", "the builder cannot reach"},
		{"curl: (28) Failed to connect to example.org port 443: Connection timed out", "the builder cannot reach"},
		{"fatal: repository '/usr/local/bundle/cache/x.git' does not exist", ""},
	} {
		screen := newScreen(Progress{})
		watch := newWatch(screen)
		watch.note("", &client.SolveStatus{
			Vertexes: []*client.Vertex{{Digest: "sha256:1", Error: "exit code: 100",
				Name: "[system 2/4] RUN apt-get update" + strings.Repeat(" x", 500)}},
			Logs: []*client.VertexLog{{Vertex: "sha256:1", Data: []byte("Get:1 InRelease\n \n\n" + c.says + "\n")}},
		})
		screen.end()
		err := Spec{Name: "web"}.explain(t.Context(), errors.New("solving"), watch)
		if first, _, _ := strings.Cut(err.Error(), "\n"); len(first) > 200 {
			t.Errorf("the first line has %d bytes: %s", len(first), first)
		}
		if fault.CodeOf(err) != fault.Build || !strings.HasSuffix(err.Error(), "\n    | Get:1 InRelease\n    | "+c.says) {
			t.Errorf("%v", err)
		}
		if hint := fault.HintOf(err).String(); !strings.HasPrefix(hint, c.hint) || (hint == "") != (c.hint == "") {
			t.Errorf("hint %q, want %q", hint, c.hint)
		}
	}
}

// TestWatchCountsSteps: each status says how many of the steps known so far are done, those from a cache too.
func TestWatchCountsSteps(t *testing.T) {
	screen := newScreen(Progress{})
	watch := newWatch(screen)
	var got [][2]int
	watch.count = func(done, of int) { got = append(got, [2]int{done, of}) }
	over := time.Unix(1, 0)
	watch.note("", &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: "sha256:1"}, {Digest: "sha256:2"}}})
	watch.note("", &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: "sha256:1", Completed: &over}}})
	watch.note("", &client.SolveStatus{Vertexes: []*client.Vertex{{Digest: "sha256:3", Cached: true}}})
	screen.end()
	if want := [][2]int{{0, 2}, {1, 2}, {2, 3}}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestMayNotMount: where the builder's container may not mount, the hint says what it needs.
func TestMayNotMount(t *testing.T) {
	for text, want := range map[string]string{
		"failed to read dockerfile: failed to mount /tmp/m: … err: operation not permitted": "the builder may not mount",
		"failed to read dockerfile: failed to mount /tmp/m: … err: permission denied":       "the builder may not mount",
		"failed to read dockerfile: failed to mount /tmp/m: … err: no such device":          "",
		"lchown /x: operation not permitted":                                                "",
	} {
		screen := newScreen(Progress{})
		watch := newWatch(screen)
		screen.end()
		err := Spec{Name: "web"}.explain(t.Context(), errors.New(text), watch)
		if hint := fault.HintOf(err).String(); !strings.HasPrefix(hint, want) || (hint == "") != (want == "") {
			t.Errorf("%s: hint %q, want %q", text, hint, want)
		}
	}
}
