package historypage

import (
	"bytes"
	"encoding/xml"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/golden"
)

func at(s string) time.Time {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return t
}

func commit(id string, pull int, date, subject string) Commit {
	return Commit{ID: strings.Repeat(id, 40)[:40], Pull: pull, Date: at(date), Subject: subject}
}

// row is a change whose spans follow one another; each is "DATE VERDICT".
func row(name, why string, risk float64, spans ...Span) Row {
	for i := range spans {
		end := at("2026-04-30")
		if i+1 < len(spans) {
			end = spans[i+1].From.Date.AddDate(0, 0, -1)
		}
		spans[i].To = commit("f", 0, end.Format(time.DateOnly), "")
		spans[i].Commits = max(1, int(end.Sub(spans[i].From.Date).Hours()/24*7))
	}
	return Row{Name: name, Why: why, Risk: risk, Spans: spans}
}

func since(date, verdict string, by *Commit) Span {
	c := commit("1a2b3c4d5e", 0, date, "")
	if by != nil {
		c = *by
	}
	return Span{From: c, Verdict: verdict, By: by}
}

func by(pull int, date, subject string) *Commit {
	c := commit("9c8b7a6f5e", pull, date, subject)
	return &c
}

// strip is a year of a made-up server, every verdict in it.
func strip() Strip {
	s := Strip{
		Title: "vmst over Mastodon's main", Upstream: "https://github.com/mastodon/mastodon",
		From: at("2025-05-01"), To: at("2026-04-30"), Commits: 2587, Ahead: 100,
		Method: "The rate at which a change's paths are touched, times how often it broke when they were.",
	}
	for d := at("2025-05-02"); d.Before(s.To); d = d.AddDate(0, 0, 3+d.Day()%4) {
		s.States = append(s.States, d)
	}
	s.Rows = []Row{
		row("post-length", "Members asked for 512 characters.", 0.004, since("2025-05-01", "clean", nil)),
		row("hiredis", "Redis over TLS works with the native driver.", 0.04, since("2025-05-01", "clean", nil),
			since("2025-08-03", "offset", nil), since("2026-02-01", "clean", nil)),
		row("unlisted-icon", "", 0.12, since("2025-05-01", "clean", nil), since("2025-10-09", "merged", nil)),
		row("draggable-images", "", 0.31, since("2025-05-01", "offset", nil),
			since("2025-09-14", "conflict", by(36123, "2025-09-14", "Refactor media gallery to TypeScript (#36123)")),
			since("2025-10-02", "merged", by(36200, "2025-10-02", "Revert \"Refactor media gallery to TypeScript\" (#36200)")),
			since("2026-01-20", "conflict",
				by(37444, "2026-01-20", "Change media gallery <script>alert(1)</script> & \"more\" (#37444)"))),
		row("themes", "Elephant and Tangerine.", 0.18, since("2025-05-01", "clean", nil),
			since("2026-01-28", "gone", by(37612, "2026-01-28", "New theming infrastructure (#37612)"))),
		row("s3-retry", "", -1, since("2025-05-01", "clean", nil),
			since("2025-07-11", "partly", by(30595, "2025-07-11", "Add S3_RETRY_LIMIT (#30595)")),
			since("2025-12-11", "landed", by(35595, "2025-12-11", "Fix retries (#35595)"))),
		row("pride-logo", "June.", 0.02, since("2025-05-01", "idle", nil), since("2025-06-01", "clean", nil),
			since("2025-07-01", "idle", nil)),
		row("tangerine", "A theme that is published elsewhere.", 0.08, since("2025-05-01", "clean", nil),
			since("2025-11-24", "stale", by(0, "2025-11-24", "Update icon"))),
		row("version-link", "", 0.22, since("2025-05-01", "clean", nil),
			since("2026-03-02", "count", by(37999, "2026-03-02", "Change footer (#37999)")), since("2026-03-05", "clean", nil),
			since("2026-03-06", "count", by(38001, "2026-03-06", "Change footer again (#38001)"))),
		row("a-change-with-quite-a-long-name-indeed", "", 0.999, since("2025-05-01", "clean", nil),
			since("2026-01-20", "blocked", nil)),
		row("workflow", "", -1, since("2025-05-01", "refused", nil)),
	}
	s.Rows[8].Spans[3].Message = "found 2 of 1"
	return s
}

func TestGolden(t *testing.T) {
	for name, got := range map[string][]byte{"strip.html": HTML(strip()), "strip.svg": SVG(strip())} {
		golden.File(t, filepath.Join("testdata", name), got)
	}
}

// TestWellFormed: a small SVG is XML; a page's SVG too, and neither runs what a subject says.
func TestWellFormed(t *testing.T) {
	page := string(HTML(strip()))
	begin, end := strings.Index(page, "<figure>"), strings.Index(page, "</figure>")
	for name, text := range map[string]string{"svg": string(SVG(strip())), "page": page[begin : end+len("</figure>")]} {
		d := xml.NewDecoder(strings.NewReader(text))
		for {
			_, err := d.Token()
			if err == io.EOF {
				break
			}
			if err != nil {
				t.Fatalf("%s: %v", name, err)
			}
		}
		if strings.Contains(text, "<script") {
			t.Errorf("%s: a subject's markup was taken over", name)
		}
	}
}

// TestEveryCellSaysItAll: pointing at any cell tells the change, the verdict, the days and the commits.
func TestEveryCellSaysItAll(t *testing.T) {
	s := strip()
	page := string(HTML(s))
	for _, r := range s.Rows {
		for _, c := range r.Spans {
			for _, want := range []string{r.Name + ": " + c.Verdict, day(c.From.Date) + " " + c.From.short() + " to "} {
				if !strings.Contains(page, want) {
					t.Errorf("%q is nowhere in the page", want)
				}
			}
		}
	}
	if n := strings.Count(page, `<a href="https://github.com/mastodon/mastodon/pull/37612"`); n < 2 {
		t.Errorf("pull request 37612 is linked %d times, want from the cell and from the table", n)
	}
}

func TestOddStrips(t *testing.T) {
	c := commit("a", 0, "2026-01-01", "")
	for name, s := range map[string]Strip{
		"nothing": {},
		"one commit": {From: c.Date, To: c.Date, Commits: 1,
			Rows: []Row{{Name: "x", Spans: []Span{{From: c, To: c, Commits: 1, Verdict: "clean"}}}}},
		"unknown": {From: c.Date, To: c.Date.AddDate(9, 0, 0),
			Rows: []Row{{Name: "x", Spans: []Span{{From: c, To: c, Verdict: "new verdict"}}}}},
	} {
		for _, out := range [][]byte{HTML(s), SVG(s)} {
			if bytes.Contains(out, []byte("NaN")) || bytes.Contains(out, []byte("Inf")) || bytes.Contains(out, []byte("%!")) {
				t.Errorf("%s: the drawing holds what is no number", name)
			}
		}
	}
}

func TestWeb(t *testing.T) {
	for in, want := range map[string]string{
		"https://github.com/mastodon/mastodon.git":      "https://github.com/mastodon/mastodon",
		"git@github.com:mastodon/mastodon.git":          "https://github.com/mastodon/mastodon",
		"ssh://git@codeberg.org/x/y":                    "https://codeberg.org/x/y",
		"https://token:secret@github.com/a/b.git/":      "https://github.com/a/b",
		"/srv/mastodon.git":                             "",
		"file:///srv/mastodon.git":                      "",
		"http://127.0.0.1:3000/x.git":                   "",
		"javascript:alert(1)":                           "",
		"https://example.org/a%22%3E%3Cscript%3E/b.git": "https://example.org/a%22%3E%3Cscript%3E/b",
	} {
		if got := Web(in); got != want {
			t.Errorf("Web(%q) = %q, want %q", in, got, want)
		}
	}
}
