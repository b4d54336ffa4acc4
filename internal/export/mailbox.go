package export

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/mail"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// noCommit stands in the first line of a mail for the commit that it was made of.
const noCommit = "0000000000000000000000000000000000000000"

// Author signs exported mails.
type Author struct {
	Name, Email string
	Date        time.Time
}

// Mailbox returns a result as mails that `git am` takes, a change each. A change that was a mail keeps its author,
// date, subject and message; the others are signed by an author.
func Mailbox(ctx context.Context, r *verdict.Result, by Author) ([]byte, error) {
	total := 0
	for _, o := range r.Outcomes {
		if o.Verdict.Applies() {
			total++
		}
	}
	var b bytes.Buffer
	n := 0
	err := eachChange(ctx, r, func(o verdict.Outcome, files []*diff.File) error {
		n++
		h := headOf(o.Change)
		if h.Author == "" {
			h.Author = fmt.Sprintf("%s <%s>", by.Name, by.Email)
		}
		if h.Date == "" {
			h.Date = by.Date.Format(time.RFC1123Z)
		}
		fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\nFrom: %s\nDate: %s\nSubject: [PATCH %d/%d] %s\n", noCommit,
			h.Author, h.Date, n, total, h.Subject)
		b.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n")
		if h.Message != "" {
			fmt.Fprintf(&b, "%s\n", h.Message)
		}
		fmt.Fprintf(&b, "---\n%s-- \nhowdah\n\n", diff.Format(files))
		return nil
	})
	return b.Bytes(), err
}

// headOf is what stands above a change's diff in an export: as its patch has it, or else its name and what it is for.
func headOf(c *series.Change) (h mail.Head) {
	if c.Kind == series.KindPatch && c.Patch != nil {
		h = mail.ReadHead(c.Patch.Data)
	}
	if h.Subject == "" {
		h.Subject, h.Message = c.Name, series.OneLine(c.Why)
	}
	h.Author, h.Date, h.Subject = Line(h.Author), Line(h.Date), Line(h.Subject)
	return h
}

// mostLine is how many characters a line above a diff may have; docs/safety.md states it. A folded field of a mail may
// be as long as the mail.
const mostLine = 1_000

// Line returns a text as a line above a diff has it: cut after mostLine characters.
func Line(s string) string {
	n := 0
	for i := range s {
		if n++; n > mostLine {
			return s[:i] + "…"
		}
	}
	return s
}
