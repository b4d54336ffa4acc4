// Package historypage draws a series over time, for patch:history: spans of verdicts go in; an HTML page with inline
// SVG, and a small SVG for a README, come out. Both open from disk, follow the reader's light or dark scheme, can be
// read without colour (each verdict has its own pattern and letter, and what is bad is heavy), and are the same bytes
// for the same input.
package historypage

import (
	"net/url"
	"strings"
	"time"
	"unicode"
)

// Strip is what is drawn: a row a change, a cell a span.
type Strip struct {
	Title    string
	Upstream string // the web page of upstream's repository, to link commits to; "" links nothing (see Web)
	From, To time.Time
	Commits  int
	States   []time.Time // when each state of the files that the series names began
	Rows     []Row
	Ahead    int    // how many commits the forecast looks ahead
	Method   string // how the forecast was made
}

// Row is one change over the whole range.
type Row struct {
	Name  string
	Why   string
	Spans []Span  // oldest first, without gaps
	Risk  float64 // the forecast, 0 to 1; below 0 there is none
}

// Span is a run of commits with one verdict.
type Span struct {
	From, To Commit
	Commits  int
	Verdict  string
	By       *Commit // who did it, where that is known
	Message  string
}

// Commit is one of upstream's.
type Commit struct {
	ID      string
	Pull    int // 0: none known
	Subject string
	Date    time.Time
}

// now is the verdict at the end of the range.
func (r Row) now() string {
	if len(r.Spans) == 0 {
		return ""
	}
	return r.Spans[len(r.Spans)-1].Verdict
}

// Web turns a repository's URL into that of its web page, "" when it has none.
func Web(repository string) string {
	if rest, ok := strings.CutPrefix(repository, "git@"); ok {
		repository = "https://" + strings.Replace(rest, ":", "/", 1)
	}
	u, err := url.Parse(repository)
	if err != nil || u.Host == "" || u.Hostname() == "localhost" || u.Hostname() == "127.0.0.1" {
		return ""
	}
	switch u.Scheme {
	case "https", "http", "ssh", "git":
	default:
		return ""
	}
	path := strings.TrimSuffix(strings.TrimRight(u.Path, "/"), ".git")
	return (&url.URL{Scheme: "https", Host: u.Hostname(), Path: path}).String()
}

// href is where a commit is explained best: its pull request, else itself.
func (s Strip) href(c Commit) string {
	switch {
	case s.Upstream == "" || c.ID == "":
		return ""
	case c.Pull > 0:
		return s.Upstream + "/pull/" + itoa(c.Pull)
	}
	return s.Upstream + "/commit/" + c.ID
}

// short is the nine digits that the version shows too.
func (c Commit) short() string { return c.ID[:min(9, len(c.ID))] }

// clean leaves out what a person cannot see and a page might obey: subjects are written by strangers.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == unicode.ReplacementChar || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs) {
			return -1
		}
		return r
	}, s)
}
