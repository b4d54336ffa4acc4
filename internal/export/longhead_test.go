package export_test

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/export"
	"github.com/howdah/howdah/internal/gittest"
)

// TestLongHeads: what stands above an exported diff is cut after 1_000 characters, however a mail has it.
func TestLongHeads(t *testing.T) {
	repo, ids := gittest.Repo(t, upstreamOfExport)
	base, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	folded := strings.Repeat("a long line\n ", 100_000)
	wide := strings.Repeat("ü", 1_000)
	for name, c := range map[string]struct{ author, date, subject, want string }{
		"a folded subject":     {"A <a@example.org>", "Mon, 1 Jan 2024 00:00:00 +0000", folded, "…"},
		"a folded author":      {folded, "Mon, 1 Jan 2024 00:00:00 +0000", "Alter b", "Alter b"},
		"a folded date":        {"A <a@example.org>", folded, "Alter b", "Alter b"},
		"1,000 wide letters":   {"A <a@example.org>", "Mon, 1 Jan 2024 00:00:00 +0000", wide, wide + "\n"},
		"one wide letter more": {"A <a@example.org>", "Mon, 1 Jan 2024 00:00:00 +0000", wide + "ü", wide + "…\n"},
	} {
		t.Run(name, func(t *testing.T) {
			text := "From 0123456789abcdef0123456789abcdef01234567 Mon Sep 17 00:00:00 2001\nFrom: " + c.author +
				"\nDate: " + c.date + "\nSubject: " + c.subject + "\nContent-Type: text/plain; charset=UTF-8\n" +
				"Content-Transfer-Encoding: 8bit\n\n---\ndiff --git a/b b/b\n--- a/b\n+++ b/b\n@@ -1 +1 @@\n-b\n+c\n-- \n2.50\n"
			whole := applytest.Load(t, fstest.MapFS{"a.patch": {Data: []byte(text)}})
			result, err := apply.Apply(t.Context(), whole, apply.Inputs{Base: base, Commit: ids["1"]})
			if err != nil || !result.OK() {
				t.Fatal(err, result.Outcomes[0].Message)
			}
			box, err := export.Mailbox(t.Context(), result, export.Author{Name: "x", Email: "x@example.org", Date: time.Now()})
			if err != nil {
				t.Fatal(err)
			}
			quilt, err := export.Quilt(t.Context(), result)
			if err != nil {
				t.Fatal(err)
			}
			for _, data := range [][]byte{box, quilt["a.patch"]} {
				if len(data) > 5_000 || !bytes.Contains(data, []byte(c.want)) {
					t.Errorf("%d bytes: %.300s", len(data), data)
				}
			}
		})
	}
}
