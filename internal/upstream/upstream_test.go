package upstream_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

const archive = `commit 1 Begin
commit 2 Second (#2)
commit 3 Third (#3)
commit p1 Second (#2)	from=1 branch=topic
commit p2 Own work	branch=topic
commit f Elsewhere	from=1 branch=fork
ref refs/pull/7/head p2
ref refs/tags/v4.5.0 1
ref refs/tags/v4.5.10 2
ref refs/tags/v4.5.9 1
ref refs/tags/v4.6.0-rc1 3
-- 1/a.txt --
one
-- 2/a.txt --
two
-- 3/b.txt --
three
-- p1/a.txt --
two
-- p2/own.txt --
own
-- f/x.txt --
x
`

func mirror(t *testing.T, url string, opt upstream.Options) *upstream.Mirror {
	t.Helper()
	if opt.Cache == "" {
		opt.Cache = t.TempDir()
	}
	m, err := upstream.Open(t.Context(), url, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.Close() })
	return m
}

func server(t *testing.T) (*git.Repo, map[string]tree.ID) {
	t.Helper()
	repo, ids := gittest.Repo(t, archive)
	for _, k := range []string{"uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"} {
		if _, err := repo.Run(t.Context(), "config", k, "true"); err != nil {
			t.Fatal(err)
		}
	}
	return repo, ids
}

func TestPin(t *testing.T) {
	repo, ids := server(t)
	now := gittest.Epoch.Add(2*time.Hour + time.Minute) // a minute after commit 3
	for name, c := range map[string]struct {
		want   upstream.Want
		commit string
		code   fault.Code
	}{
		"branch":                  {upstream.Want{Ref: "main"}, "3", fault.OK},
		"settled":                 {upstream.Want{Ref: "main", Settle: 30 * time.Minute, Now: now}, "2", fault.OK},
		"nothing settled":         {upstream.Want{Ref: "main", Settle: 1000 * time.Hour, Now: now}, "", fault.Usage},
		"highest tag":             {upstream.Want{Ref: "v4.5.*"}, "2", fault.OK},
		"no release candidate":    {upstream.Want{Ref: "v4.*"}, "2", fault.OK},
		"only a candidate":        {upstream.Want{Ref: "v4.6.*"}, "3", fault.OK},
		"a candidate, as asked":   {upstream.Want{Ref: "v4.6.0-*"}, "3", fault.OK},
		"a candidate by its name": {upstream.Want{Ref: "v4.6.0-rc1"}, "3", fault.OK},
		"any, or a candidate":     {upstream.Want{Ref: "v4.[5-6].*"}, "2", fault.OK},
		"one tag":                 {upstream.Want{Ref: "v4.5.9"}, "1", fault.OK},
		"no such tag":             {upstream.Want{Ref: "v9.*"}, "", fault.Usage},
		"no such branch":          {upstream.Want{Ref: "nothing"}, "", fault.Usage},
		"commit":                  {upstream.Want{Ref: string(ids["2"]), Branch: "main"}, "2", fault.OK},
		"short commit":            {upstream.Want{Ref: string(ids["2"][:9]), Branch: "main"}, "2", fault.OK},
		"commit, no branch named": {upstream.Want{Ref: string(ids["2"]), Branch: string(ids["2"])}, "2", fault.OK},
		"short commit, no branch named": {upstream.Want{Ref: string(ids["2"][:9]), Branch: string(ids["2"][:9])}, "2",
			fault.OK},
		"commit beside a pattern":      {upstream.Want{Ref: string(ids["3"]), Branch: "v4.5.*"}, "3", fault.OK},
		"commit of a tag":              {upstream.Want{Ref: string(ids["1"]), Branch: "v4.5.10"}, "1", fault.OK},
		"commit elsewhere, none named": {upstream.Want{Ref: string(ids["f"]), Branch: string(ids["f"])}, "", fault.Usage},
		"no such commit, none named": {upstream.Want{Ref: strings.Repeat("ab", 20), Branch: strings.Repeat("ab", 20)}, "",
			fault.Usage},
		"commit elsewhere": {upstream.Want{Ref: string(ids["f"]), Branch: "main"}, "", fault.Usage},
		"no such commit":   {upstream.Want{Ref: strings.Repeat("ab", 20), Branch: "main"}, "", fault.Usage},
	} {
		t.Run(name, func(t *testing.T) {
			m := mirror(t, repo.Dir(), upstream.Options{})
			pin, _, err := m.Pin(t.Context(), c.want)
			if fault.CodeOf(err) != c.code {
				t.Fatalf("got %v, want exit code %d", err, c.code)
			}
			if err == nil && pin.Commit != ids[c.commit] {
				t.Errorf("pinned %s (%s), want commit %s", pin.Commit, pin.Subject, c.commit)
			}
			if last, lastErr := m.LastPin(t.Context(), c.want); err == nil && (lastErr != nil || last != pin) {
				t.Errorf("of what was fetched: %+v, %v", last, lastErr)
			}
		})
	}
}

func TestLastPinAsksNobody(t *testing.T) {
	repo, ids := server(t)
	m := mirror(t, repo.Dir(), upstream.Options{})
	if _, err := m.LastPin(t.Context(), upstream.Want{Ref: "main"}); fault.CodeOf(err) != fault.Retry {
		t.Errorf("never fetched: %v", err)
	}
	if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); err != nil {
		t.Fatal(err)
	}
	if _, err := repo.Run(t.Context(), "update-ref", "refs/heads/main", string(ids["1"])); err != nil {
		t.Fatal(err)
	}
	if pin, err := m.LastPin(t.Context(), upstream.Want{Ref: "main"}); err != nil || pin.Commit != ids["3"] {
		t.Errorf("fetched before: %+v, %v", pin, err)
	}
}

// What no branch can be called is not asked for: git would take it as an expression, or as two refs.
func TestNoRef(t *testing.T) {
	repo, _ := server(t)
	m := mirror(t, repo.Dir(), upstream.Options{})
	for _, ref := range []string{"main~1", "main^", "main:other", "v1..main", "two words", "-x", "main.", "main.lock",
		"a//b", "/main", ".main", "@", "main@{1}", "ma\tin", `ma\in`} {
		if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: ref}); fault.CodeOf(err) != fault.Usage ||
			!strings.Contains(err.Error(), "not the name of a branch or tag") {
			t.Errorf("%q: %v", ref, err)
		}
	}
}

func TestRewindIsNoticed(t *testing.T) {
	repo, ids := server(t)
	m := mirror(t, repo.Dir(), upstream.Options{})
	pin := func() upstream.Move {
		_, move, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
		if err != nil {
			t.Fatal(err)
		}
		return move
	}
	if got := pin(); got.Old != "" || got.Rewound {
		t.Errorf("first fetch: %+v", got)
	}
	if got := pin(); got.Old != ids["3"] || got.New != ids["3"] || got.Rewound {
		t.Errorf("nothing new: %+v", got)
	}
	if _, err := repo.Run(t.Context(), "update-ref", "refs/heads/main", string(ids["p2"])); err != nil {
		t.Fatal(err)
	}
	if got := pin(); got.New != ids["p2"] || !got.Rewound {
		t.Errorf("after a force push: %+v", got)
	}
}

func TestOutOfReach(t *testing.T) {
	for url, code := range map[string]fault.Code{
		"http://127.0.0.1:1/x.git":               fault.Retry,
		filepath.Join(t.TempDir(), "nothing"):    fault.Usage,
		"ext::sh -c touch% /tmp/owned":           fault.Usage,
		"-upload-pack=touch /tmp/owned;mastodon": fault.Usage,
	} {
		m := mirror(t, url, upstream.Options{})
		if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); fault.CodeOf(err) != code {
			t.Errorf("%s: got %v (exit code %d), want %d", url, err, fault.CodeOf(err), code)
		}
	}
}

// TestOutOfReachAfterAFetch: what was fetched before is proposed where something was.
func TestOutOfReachAfterAFetch(t *testing.T) {
	m := mirror(t, "http://127.0.0.1:1/x.git", upstream.Options{})
	hint := func() string {
		_, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
		return fault.HintOf(err).String()
	}
	if got, want := hint(), "it cannot be reached, and nothing of it was fetched before: try again later"; got != want {
		t.Errorf("before a fetch: hint %q, want %q", got, want)
	}
	var id string // of a commit without files
	for _, args := range [][]string{{"hash-object", "-w", "-t", "tree", "/dev/null"}, {"-c", "user.name=x", "-c",
		"user.email=x@example.org", "commit-tree", "-m", "x"},
		{"update-ref", "refs/heads/main"}} {
		if id != "" {
			args = append(args, id)
		}
		out, err := m.Repo.Run(t.Context(), args...)
		if err != nil {
			t.Fatal(err)
		}
		id = strings.TrimSpace(string(out))
	}
	if got, want := hint(), "try again later, or use what was fetched before: -offline"; !strings.Contains(got, want) {
		t.Errorf("after a fetch: hint %q, want %q in it", got, want)
	}
}

// A commit of another branch is pinned once that branch was fetched, as when a report names it; one of a fork is not.
func TestCommitOfAnotherBranch(t *testing.T) {
	from, ids := server(t)
	m := mirror(t, from.Dir(), upstream.Options{})
	pin := func(ref string) error {
		_, _, err := m.Pin(t.Context(), upstream.Want{Ref: ref, Branch: "main"})
		return err
	}
	if err := pin(string(ids["p2"])); fault.CodeOf(err) != fault.Usage {
		t.Errorf("before it was fetched: %v", err)
	}
	if err := errors.Join(pin("topic"), pin(string(ids["p2"])), pin(string(ids["p1"]))); err != nil {
		t.Error(err)
	}
	if err := pin(string(ids["f"])); fault.CodeOf(err) != fault.Usage {
		t.Errorf("a fork's: %v", err)
	}
}

// What the machine lacks is told as such: neither upstream nor the mirror is to blame.
func TestMachine(t *testing.T) {
	from, _ := server(t)
	for program, says := range map[string]string{
		"":                      "git is not installed",
		"#!/bin/sh\nexit 129\n": "git is too old",
		"#!/bin/sh\necho 'fatal: write error: No space left on device' >&2\nexit 128\n": "free what can be fetched or " +
			"built again: ",
	} {
		bin := t.TempDir()
		if program != "" {
			if err := os.WriteFile(filepath.Join(bin, "git"), []byte(program), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		t.Setenv("PATH", bin)
		code := fault.Usage
		if strings.HasPrefix(says, "free what can be fetched") {
			code = fault.Other
		}
		_, err := upstream.Open(t.Context(), from.Dir(), upstream.Options{Cache: t.TempDir()})
		if fault.CodeOf(err) != code || err == nil || !strings.Contains(err.Error()+fault.HintOf(err).String(), says) {
			t.Errorf("code %d: %v (%s)", fault.CodeOf(err), err, fault.HintOf(err).String())
		}
	}
	closed := filepath.Join(t.TempDir(), "cache")
	if err := os.WriteFile(closed, nil, 0o444); err != nil {
		t.Fatal(err)
	}
	if _, err := upstream.Open(t.Context(), from.Dir(), upstream.Options{Cache: closed}); err == nil {
		t.Error("a cache that is a file")
	}
}

func TestOffline(t *testing.T) {
	repo, ids := server(t)
	cache := t.TempDir()
	off := mirror(t, repo.Dir(), upstream.Options{Cache: cache, Offline: true})
	if _, _, err := off.Pin(t.Context(), upstream.Want{Ref: "main"}); fault.CodeOf(err) != fault.Retry {
		t.Errorf("an empty mirror, offline: %v", err)
	}
	on := mirror(t, repo.Dir(), upstream.Options{Cache: cache})
	if _, _, err := on.Pin(t.Context(), upstream.Want{Ref: "main"}); err != nil {
		t.Fatal(err)
	}
	pin, _, err := off.Pin(t.Context(), upstream.Want{Ref: "main"})
	if err != nil || pin.Commit != ids["3"] {
		t.Fatalf("offline with a full mirror: %v, %v", pin, err)
	}
	tr, err := off.Repo.At(t.Context(), pin.Commit)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tr.ReadFile(t.Context(), "a.txt"); fault.CodeOf(err) != fault.Retry {
		t.Errorf("a blob that was left out, offline: %v", err)
	}
	if n, err := on.Prefetch(t.Context(), pin.Commit); err != nil || n != 2 {
		t.Errorf("Prefetch = %d, %v, want the 2 files", n, err)
	}
	if n, err := on.Prefetch(t.Context(), pin.Commit); err != nil || n != 0 {
		t.Errorf("second Prefetch = %d, %v, want nothing", n, err)
	}
	if f, err := off.Repo.At(t.Context(), pin.Commit); err != nil {
		t.Error(err)
	} else if file, err := f.ReadFile(t.Context(), "a.txt"); err != nil || string(file.Data) != "two\n" {
		t.Errorf("after the prefetch: %q, %v", file.Data, err)
	}
}

func TestPullLeavesCopiesOut(t *testing.T) {
	repo, ids := server(t)
	// The repository's address ends in owner/name, so that the pull request is upstream's own.
	link := filepath.Join(t.TempDir(), "owner")
	if err := os.Mkdir(link, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(repo.Dir(), filepath.Join(link, "name.git")); err != nil {
		t.Fatal(err)
	}
	m := mirror(t, filepath.Join(link, "name.git"), upstream.Options{})
	pin, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
	if err != nil {
		t.Fatal(err)
	}
	ref, err := pullref.Parse("owner/name#7")
	if err != nil {
		t.Fatal(err)
	}
	pull, err := m.Pull(t.Context(), ref, ids["p2"], pin.Commit)
	if err != nil {
		t.Fatal(err)
	}
	if pull.Base != ids["1"] || pull.Own != 2 || pull.Copies != 0 {
		t.Errorf("without copies: %+v", pull)
	}
	copied := rewrite(t, repo, ids)
	pull, err = m.Pull(t.Context(), ref, copied.head, pin.Commit)
	if err != nil {
		t.Fatal(err)
	}
	if pull.Base != copied.copy || pull.Own != 1 || pull.Copies != 1 {
		t.Errorf("with a rewritten copy of commit 2: %+v, want base %s", pull, copied.copy)
	}
	pull, err = m.Pull(t.Context(), ref, copied.mixed, pin.Commit)
	if err != nil {
		t.Fatal(err)
	}
	steps := []upstream.Step{{Parent: ids["1"], Commit: copied.below}, {Parent: copied.above, Commit: copied.mixed}}
	starts := gittest.Starts(t)
	if again, err := m.Pull(t.Context(), ref, copied.mixed, pin.Commit); err != nil || !slices.Equal(again.Steps, steps) {
		t.Errorf("the same once more: %+v, %v", again, err)
	}
	if n := starts("\n"); n > 0 {
		t.Errorf("git was started %d times for what is known", n)
	}
	if !slices.Equal(pull.Steps, steps) || pull.Own != 2 || pull.Copies != 1 {
		t.Errorf("with a copy between its own commits: %+v, want the steps %v", pull, steps)
	}
	if head, err := m.PullHead(t.Context(), ref); err != nil || head != ids["p2"] {
		t.Errorf("PullHead = %s, %v", head, err)
	}
	if _, err := m.Pull(t.Context(), ref, tree.ID(strings.Repeat("cd", 20)),
		pin.Commit); fault.CodeOf(err) != fault.Usage {
		t.Errorf("a commit that is nowhere: %v", err)
	}
}

type copies struct{ copy, head, below, above, mixed tree.ID }

// rewrite makes upstream's commit 2 once more, with its author, date and subject and another tree, and a commit on it;
// and the same again with a commit below it.
func rewrite(t *testing.T, repo *git.Repo, ids map[string]tree.ID) copies {
	t.Helper()
	ctx := context.Background()
	at := func(c string) tree.ID {
		id, err := repo.TreeOf(ctx, ids[c])
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	second := tree.Commit{Tree: at("f"), Parents: []tree.ID{ids["1"]}, Name: "Gargron", Email: "test@localhost",
		Date: gittest.Epoch.Add(time.Hour), Message: "Second (#2)"}.Object()
	own := tree.Commit{Tree: at("p2"), Parents: []tree.ID{second.ID}, Name: "Gargron", Email: "test@localhost",
		Date: gittest.Epoch.Add(9 * time.Hour), Message: "Own"}.Object()
	below := tree.Commit{Tree: at("p1"), Parents: []tree.ID{ids["1"]}, Name: "Gargron", Email: "test@localhost",
		Date: gittest.Epoch.Add(7 * time.Hour), Message: "Own, below"}.Object()
	above := tree.Commit{Tree: at("f"), Parents: []tree.ID{below.ID}, Name: "Gargron", Email: "test@localhost",
		Date: gittest.Epoch.Add(time.Hour), Message: "Second (#2)"}.Object()
	mixed := tree.Commit{Tree: at("p2"), Parents: []tree.ID{above.ID}, Name: "Gargron", Email: "test@localhost",
		Date: gittest.Epoch.Add(9 * time.Hour), Message: "Own"}.Object()
	if err := repo.Write(ctx, []tree.Object{second, own, below, above, mixed}); err != nil {
		t.Fatal(err)
	}
	return copies{copy: second.ID, head: own.ID, below: below.ID, above: above.ID, mixed: mixed.ID}
}

func TestParsePull(t *testing.T) {
	for in, ok := range map[string]bool{
		"mastodon/mastodon#26678": true, "a/b": true, "a/..#1": false, "a/b#0": false, "a/b#": false,
		"a b/c#1": false, "-x/y#1": false, "a/b#1;x": false, "": false, "a/b#12345678901": false,
	} {
		p, err := pullref.Parse(in)
		if (err == nil) != ok {
			t.Errorf("ParsePull(%q): %v", in, err)
		}
		if err == nil && p.String() != in {
			t.Errorf("ParsePull(%q).String() = %q", in, p)
		}
	}
}
