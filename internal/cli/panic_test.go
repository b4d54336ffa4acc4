package cli_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/miniature"
)

// panicWhereAsked makes this process a run that panics while it writes, where the environment asks for it.
func panicWhereAsked() {
	how, asked := os.LookupEnv("PANIC_HOW")
	if !asked {
		return
	}
	t, args, given, err := typed(os.Args[1], os.Args[2:])
	if err != nil {
		os.Exit(99)
	}
	p, err := cli.This(false)
	if err != nil {
		os.Exit(99)
	}
	p.Step = func(_, _ string, act func() error) error {
		panicAs(how, os.Getenv("PANIC_TEXT"))
		return act()
	}
	os.Exit(p.Main(context.Background(), t, args, given))
}

// speaks is a value that says what it is when it is printed.
type speaks string

// String is the text.
func (s speaks) String() string { return string(s) }

// panicAs panics in one of the ways that TestPanics lists, with a text that holds secrets.
func panicAs(how, text string) {
	where, kind, _ := strings.Cut(how, " ")
	begin := func(f func()) { f() }
	switch where {
	case "library": // as one that Howdah does not start
		begin = func(f func()) {
			go f()
			select {}
		}
	case "goroutine":
		begin = func(f func()) {
			var all goroutine.All
			all.Go(f)
			all.Wait()
		}
	}
	begin(func() {
		switch kind {
		case "text":
			panic(text)
		case "error":
			panic(fmt.Errorf("asking: %w", errors.New(text)))
		case "stringer":
			panic(speaks(text))
		case "again":
			defer func() { panic(fmt.Sprint("again: ", recover())) }()
			panic(text)
		case "close":
			defer func() { panic(speaks("while closing: " + text)) }()
			panic(errors.New(text))
		case "argument":
			cut([]string{text}, len(text))
		case "log":
			log.Print(text)
		}
	})
}

// cut fails on an index that is out of range, with secrets among what it was called with.
//
//go:noinline
func cut(texts []string, n int) string { return texts[n] }

// TestPanics lets a run panic, in its own goroutine, in another and in one that a library started, with secrets in what
// it panics with: they are masked, and where it happened is shown. With -short it takes each fourth way.
func TestPanics(t *testing.T) {
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	y := yard{dir: t.TempDir()}
	y.root = y.dir
	up, err := cli.WriteUpstream(filepath.Join(y.dir, "miniature", "mastodon.git"))
	if err := errors.Join(err, os.Mkdir(filepath.Join(y.dir, "tmp"), 0o755)); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(y.dir, "mine"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := miniature.WriteDistribution(filepath.Join(y.dir, "mine"), up.Dir, up); err != nil {
		t.Fatal(err)
	}
	before := y.look(t, "mine")
	p := &planted{cores: map[string]string{}}
	plain, hard, lines := p.secret("plain", false), p.secret("hard", true), p.secret("line 1", false)+"\n"+
		p.secret("line 2", false)
	asJSON, err := json.Marshal(map[string]string{"password": hard})
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("sent %s, %s and %s\nto https://me:%s@h.example\n%s\nAuthorization: Bearer %s; %q", plain,
		base64.StdEncoding.EncodeToString([]byte("me:"+plain)), asJSON, plain, lines, p.secret("form", false), hard)
	for i, how := range []string{"main text", "main error", "main stringer", "main again", "main close", "main argument",
		"goroutine text", "goroutine error", "goroutine stringer", "goroutine again", "goroutine close",
		"goroutine argument", "library text", "library error", "library stringer", "library again", "library close",
		"library argument", "main log"} {
		if testing.Short() && i%4 != 2 { // each of main, goroutine and library, and main log
			continue
		}
		code, out := y.call(t, "mine", []string{"patch:edit", "health", "lib/mastodon/server.rb", "OK", "FINE",
			"-why=Shorter"}, "PANIC_HOW="+how, "PANIC_TEXT="+text,
			"A_TOKEN="+plain, "B_PASSWORD="+hard, "C_SECRET="+lines)
		if way := p.leak(out); way != "" {
			t.Errorf("%s prints the secret of %s:\n%s", how, way, out)
		}
		want, says := 1, "error: howdah stopped at a bug of its own: "
		switch {
		case how == "main log":
			want, says = 0, "sent ***"
		case strings.HasPrefix(how, "library"):
			want, says = 2, "panic: "
		}
		if code != want || !strings.Contains(out, says) || how != "main log" && !strings.Contains(out, "panic_test.go:") ||
			!strings.HasSuffix(how, "argument") && !strings.Contains(out, "sent ***, *** and ") {
			t.Errorf("%s: exit %d, want %d and %q\n%s", how, code, want, says, out)
		}
		if how == "main log" {
			continue
		}
		if code, out := y.call(t, "mine", []string{"patch:check"}); code != 0 {
			t.Errorf("%s: a check then ends with exit %d\n%s", how, code, out)
		}
		if now := y.look(t, "mine"); len(differing(before, now)) > 0 {
			t.Errorf("%s: the files changed: %v", how, differing(before, now))
		}
		if left, err := os.ReadDir(filepath.Join(y.dir, "tmp")); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left in TMPDIR, %v", how, left, err)
		}
	}
}
