package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
)

// program writes a program that prints what it is asked.
func program(t *testing.T, dir, name, says string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\necho "+says+"\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestProgramComesFrom has a checkout and go, a buildkitd in PATH and a release, each there or not: which one is taken.
func TestProgramComesFrom(t *testing.T) {
	tools := filepath.Join(t.TempDir(), "go.mod")
	if err := os.WriteFile(tools, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	released := Released{Address: "http://127.0.0.1:1", sum: "00"}
	for name, c := range map[string]struct {
		checkout, golang bool
		daemon           string // what buildkitd --version says; "" where there is none
		released         Released
		want             origin
		missing          string // of the error, where the program comes from nowhere
	}{
		"a checkout, go, all others too": {true, true, "buildkitd moby v0.34.2 abc", released, compiled, ""},
		"a checkout without go":          {true, false, "", released, published, ""},
		"go without a checkout":          {false, true, "", released, published, ""},
		"one in PATH":                    {false, false, "buildkitd moby v0.34.2 abc", released, installed, ""},
		"a newer one in PATH":            {false, true, "buildkitd moby v1.2.0", Released{}, installed, ""},
		"an old one in PATH":             {false, true, "buildkitd moby v0.12.5 abc", released, published, ""},
		"one of a date in PATH":          {false, true, "buildkitd moby 20250101", released, published, ""},
		"of no release":                  {false, false, "", Released{Address: "http:"}, nowhere, "not a checkout"},
		"a checkout alone":               {true, false, "", Released{}, nowhere, "go, which compiles it"},
	} {
		t.Run(name, func(t *testing.T) {
			bin := t.TempDir()
			if c.golang {
				program(t, bin, "go", "go")
			}
			if c.daemon != "" {
				program(t, bin, "buildkitd", c.daemon)
			}
			t.Setenv("PATH", bin)
			s := Settings{Builder: "embedded", Dir: t.TempDir(), Released: c.released}
			if c.checkout {
				s.Tools = tools
			}
			b := New(s)
			if got, _ := b.findProgram(t.Context(), home{s.Dir}); got != c.want {
				t.Errorf("it comes from %d, want %d", got, c.want)
			}
			if c.want != nowhere {
				return
			}
			_, err := b.program(t.Context(), home{s.Dir})
			if _, early := b.Needs(t.Context()); fmt.Sprint(early) != fmt.Sprint(err) {
				t.Errorf("before anything is done the error is %v, then %v", early, err)
			}
			if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), c.missing) {
				t.Errorf("the error is %v", err)
			}
		})
	}
}

// TestProgramIsDownloaded takes buildkitd from a release once, and only with the checksum that is known: nothing of
// another, of an error page or of a download that breaks off stays.
func TestProgramIsDownloaded(t *testing.T) {
	t.Setenv("PATH", t.TempDir())
	t.Setenv("NO_PROXY", "*")
	content := strings.Repeat("a program\n", 100_000)
	sum := sha256.Sum256([]byte(content))
	right := hex.EncodeToString(sum[:])
	path := "/v1.2.3/" + buildkitd.ReleasedName(runtime.GOARCH)
	for name, c := range map[string]struct {
		serve func(w http.ResponseWriter)
		code  fault.Code
		says  string
	}{
		"right":      {func(w http.ResponseWriter) { fmt.Fprint(w, content) }, fault.OK, ""},
		"changed":    {func(w http.ResponseWriter) { fmt.Fprint(w, content+"x") }, fault.Build, "expected " + right},
		"empty":      {func(http.ResponseWriter) {}, fault.Build, "its checksum is e3b0c44298fc"},
		"no release": {func(w http.ResponseWriter) { w.WriteHeader(http.StatusNotFound) }, fault.Retry, "404 Not Found"},
		"broken off": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Length", fmt.Sprint(len(content)))
			fmt.Fprint(w, content[:len(content)/2])
		}, fault.Retry, "unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if asked++; r.URL.Path != path {
					t.Errorf("it asks for %s, want %s", r.URL.Path, path)
				}
				c.serve(w)
			}))
			defer server.Close()
			dir := t.TempDir()
			old := program(t, dir, "buildkitd-0.1.0", "old")
			b := New(Settings{Dir: dir, Released: Released{Address: server.URL + "/v1.2.3", sum: right}, Say: t.Logf})
			got, err := b.program(t.Context(), home{dir})
			if fault.CodeOf(err) != c.code || c.says != "" && !strings.Contains(err.Error(), c.says) {
				t.Fatalf("the error is %v", err)
			}
			entries, readErr := os.ReadDir(dir)
			if readErr != nil {
				t.Fatal(readErr)
			}
			if c.code != fault.OK {
				if len(entries) != 1 || entries[0].Name() != filepath.Base(old) {
					t.Errorf("%d files are there after a failure: %v", len(entries), entries)
				}
				return
			}
			info, err := os.Stat(got)
			if err != nil || info.Mode().Perm()&0o111 == 0 || info.Size() != int64(len(content)) || len(entries) != 1 {
				t.Errorf("%s is %v (%v), of %d files", got, info, err, len(entries))
			}
			if again, err := b.program(t.Context(), home{dir}); again != got || err != nil || asked != 1 {
				t.Errorf("the second time it is %s (%v), after %d requests", again, err, asked)
			}
		})
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	b := New(Settings{Dir: t.TempDir(), Released: Released{Address: "http://127.0.0.1:1", sum: right}})
	if _, err := b.program(cancelled, home{t.TempDir()}); err == nil {
		t.Error("a cancelled download has no error")
	}
}
