package view

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// huge is a check in which everything that can come from outside is huge.
func huge() Check {
	long := strings.Repeat("long ", 1<<20)
	sides := make([]string, 5000)
	for i := range sides {
		sides[i] = long[:1000]
	}
	return Check{Upstream: Upstream{URL: "https://github.com/mastodon/mastodon.git", Ref: "main",
		Commit: strings.Repeat("a", 40)}, Changes: []Change{{
		Name: "x", Kind: "edit", Verdict: "conflict", Required: true, Message: long, Hint: long, Why: long,
		Files: []string{long},
		By:    &Commit{Commit: strings.Repeat("b", 40), Subject: long}, At: []Place{{File: long, Line: 1, Text: long}},
		Source:    &Place{File: "patches/series.toml", Line: 1},
		Conflicts: []Conflict{{File: "f", Line: 1, Base: sides, Upstream: sides, Yours: sides}},
	}}}
}

// TestBounded: whatever comes from outside, no form of a report grows beyond what a person or GitHub can take.
func TestBounded(t *testing.T) {
	c := huge()
	failed := Check{Failed: "series", Error: c.Changes[0].Message, Hint: c.Changes[0].Hint}
	file := filepath.Join(t.TempDir(), "check.json")
	if err := WriteJSON(file, c, term.Secrets{}); err != nil {
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
		"text":         {c.Text(target.Caller{}).Bytes(false), 100_000},
		"text, failed": {failed.Text(target.Caller{}).Bytes(false), 100_000},
		"Markdown":     {c.Markdown(target.Caller{}, 1<<20), 100_000},
		"failed":       {failed.Markdown(target.Caller{}, 1<<20), 150_000},
		"annotations":  {github.Annotations(c.Annotations(target.Caller{})), 20_000},
		"a failure": {term.Failure(fault.New(fault.Usage, "%s", c.Changes[0].Message).WithHint("%s", c.Changes[0].Hint),
			target.Caller{}).Bytes(false), 100_000},
		"its remark": {github.Annotations(FailureAnnotations(fault.New(fault.Usage, "%s", c.Changes[0].Message),
			target.Caller{})), 20_000},
		"the JSON": {document, 2 << 20},
	} {
		if len(form.data) > form.limit {
			t.Errorf("%s: %d bytes, at most %d", name, len(form.data), form.limit)
		}
		if !utf8.Valid(form.data) {
			t.Errorf("%s: not UTF-8", name)
		}
	}
}
