package view

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
)

// TestCut reaches each number that docs/safety.md says of texts that are cut where they are shown, and goes beyond it
// by one.
func TestCut(t *testing.T) {
	written := func(text string) string {
		file := filepath.Join(t.TempDir(), "x.json")
		if err := WriteJSON(file, []string{text}, term.Secrets{}); err != nil {
			t.Fatal(err)
		}
		data, err := os.ReadFile(file)
		var got []string
		if err == nil {
			err = json.Unmarshal(data, &got)
		}
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		return got[0]
	}
	for name, c := range map[string]struct {
		most int
		show func(string) string
	}{
		"a commit's subject": {200, term.Subject},
		"a message":          {1_000, term.Message},
		"any other text of a line": {10_000, func(s string) string {
			var p term.Page
			p.Add(term.Textf("%s", s))
			return strings.TrimSpace(p.String())
		}},
		"a string of a JSON file": {64_000, written},
		"a message in a change's row": {1_000, func(s string) string {
			return Change{Verdict: "clean", Message: s}.detail()
		}},
	} {
		fits := strings.Repeat("ä", c.most)
		if got := c.show(fits); got != fits {
			t.Errorf("%s of %d characters is cut to %d", name, c.most, utf8.RuneCountInString(got))
		}
		if got := c.show(fits + "ä"); utf8.RuneCountInString(got) != c.most || !strings.HasSuffix(got, "…") {
			t.Errorf("%s of %d characters has %d, expected %d with …", name, c.most+1, utf8.RuneCountInString(got), c.most)
		}
	}
}

// TestManyTroubles: of 51 changes that fail, 50 are described.
func TestManyTroubles(t *testing.T) {
	var c Check
	for range 51 {
		c.Changes = append(c.Changes, Change{Name: "x", Kind: "edit", Verdict: "conflict", Required: true,
			Message: "what is wrong with it"})
	}
	text := c.Text(target.Caller{}).String()
	if n := strings.Count(text, "what is wrong with it"); n != 50 || !strings.Contains(text, "… 1 change more") {
		t.Errorf("%d are described:\n%s", n, text)
	}
}

// TestManyOthers: of 401 changes that wait for other versions, 400 have a line; the result file has all.
func TestManyOthers(t *testing.T) {
	c := Check{OK: true}
	for range 401 {
		c.Changes = append(c.Changes, Change{Name: "x", Kind: "edit", Verdict: "idle", Message: "for >= 9.9"})
	}
	text := c.Text(target.Caller{}).String()
	if n := strings.Count(text, "for >= 9.9"); n != 400 || !strings.Contains(text, "… 1 change more; all are in dist/") {
		t.Errorf("%d have a line:\n%s", n, text)
	}
	data, err := encodeJSON(c)
	if n := strings.Count(string(data), "for >= 9.9"); err != nil || n != 401 {
		t.Errorf("%v: the result file has %d", err, n)
	}
}

// TestManyRows: of a history of more rows, 1,000 are in the table, also where one change has them all; the result file
// has all.
func TestManyRows(t *testing.T) {
	for _, c := range []struct{ changes, spans, more int }{
		{1, 1000, 0}, {1000, 1, 0}, {1001, 1, 1}, {1, 1002, 2}, {2, 600, 200},
	} {
		var h History
		for range c.changes {
			h.Changes = append(h.Changes, ChangeSpans{Name: "x", Spans: slices.Repeat([]Span{{Verdict: "gone"}}, c.spans)})
		}
		text := h.Text().String()
		if n := strings.Count(text, "gone"); n != c.changes*c.spans-c.more {
			t.Errorf("%d changes of %d states: %d rows", c.changes, c.spans, n)
		}
		says := fmt.Sprintf("… %d row", c.more)
		if strings.Contains(text, "more; all are in dist/patch-history.json") != (c.more > 0) ||
			c.more > 0 && !strings.Contains(text, says) {
			t.Errorf("%d changes of %d states: does not say %q", c.changes, c.spans, says)
		}
		data, err := encodeJSON(h)
		if n := strings.Count(string(data), "gone"); err != nil || n != c.changes*c.spans {
			t.Errorf("%v: the result file has %d", err, n)
		}
	}
}
