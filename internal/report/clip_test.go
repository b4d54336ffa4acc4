package report

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/target"
)

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text string
		n    int
		want string
	}{
		{"", 1, ""}, {"a", 1, "a"}, {"ab", 1, "…"}, {"abc", 2, "a…"}, {"äöü", 3, "äöü"}, {"äöü", 2, "ä…"}, {"a\xffb", 2, "a…"},
	} {
		if got := Clip(c.text, c.n); got != c.want {
			t.Errorf("%q at %d: %q, want %q", c.text, c.n, got, c.want)
		}
	}
}

// TestClipWords: a word near the end is left out as a whole, so that no half of a secret escapes the masking.
func TestClipWords(t *testing.T) {
	if got := clipWords(strings.Repeat("word ", 30)+"secret-that-is-long", 155); strings.Contains(got, "secr") || !strings.HasSuffix(got, "word …") {
		t.Errorf("%q", got)
	}
	if got := clipWords(strings.Repeat("x", 1000), 10); got != "xxxxxxxxx…" {
		t.Errorf("%q", got)
	}
}

// huge is a check in which everything that can come from outside is huge.
func huge() Check {
	long := strings.Repeat("long ", 1<<20)
	sides := make([]string, 5000)
	for i := range sides {
		sides[i] = long[:1000]
	}
	return Check{Upstream: Upstream{URL: "https://github.com/mastodon/mastodon.git", Ref: "main", Commit: strings.Repeat("a", 40)}, Changes: []Change{{
		Name: "x", Kind: "edit", Verdict: "conflict", Required: true, Message: long, Hint: long, Why: long, Files: []string{long},
		By: &Commit{Commit: strings.Repeat("b", 40), Subject: long}, At: []Place{{File: long, Line: 1, Text: long}},
		Source: &Place{File: "patches/series.toml", Line: 1}, Conflicts: []Conflict{{File: "f", Line: 1, Base: sides, Ours: sides, Theirs: sides}},
	}}}
}

// TestBounded: whatever comes from outside, no form of a report grows beyond what a person or GitHub can take.
func TestBounded(t *testing.T) {
	c := huge()
	failed := Check{Failed: "series", Error: c.Changes[0].Message, Hint: c.Changes[0].Hint}
	file := filepath.Join(t.TempDir(), "check.json")
	if err := WriteJSON(file, c, Secrets{}); err != nil {
		t.Fatal(err)
	}
	document, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if !json.Valid(document) {
		t.Error("the JSON is no JSON")
	}
	for name, form := range map[string]struct {
		data  []byte
		limit int
	}{
		"text":          {c.Text(target.Caller{}).Bytes(false), 100_000},
		"text, failed":  {failed.Text(target.Caller{}).Bytes(false), 100_000},
		"Markdown":      {c.Markdown(target.Caller{}, 1<<20), 100_000},
		"failed":        {failed.Markdown(target.Caller{}, 1<<20), 150_000},
		"annotations":   {Annotations(c.Annotations(target.Caller{})), 20_000},
		"a failure":     {Failure(fault.New(fault.Usage, "%s", c.Changes[0].Message).WithHint("%s", c.Changes[0].Hint), target.Caller{}).Bytes(false), 100_000},
		"its remark":    {Annotations(FailureAnnotations(fault.New(fault.Usage, "%s", c.Changes[0].Message), target.Caller{})), 20_000},
		"the JSON":      {document, 2 << 20},
		"a step's word": {[]byte(heredoc(Output{"x", c.Changes[0].Message}, "mark")), 100_000},
	} {
		if len(form.data) > form.limit {
			t.Errorf("%s: %d bytes, at most %d", name, len(form.data), form.limit)
		}
		if !utf8.Valid(form.data) {
			t.Errorf("%s: not UTF-8", name)
		}
	}
}
