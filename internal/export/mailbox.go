package export

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/series"
)

// noCommit stands in the first line of a mail for the commit that it was made of.
const noCommit = "0000000000000000000000000000000000000000"

// Author signs exported mails.
type Author struct {
	Name, Email string
	Date        time.Time
}

// Mailbox gives a result as mails that `git am` takes, a change each.
func Mailbox(ctx context.Context, r *apply.Result, by Author) ([]byte, error) {
	total := 0
	for _, o := range r.Outcomes {
		if o.Verdict.Applies() {
			total++
		}
	}
	var b bytes.Buffer
	n := 0
	err := eachChange(ctx, r, func(o apply.Outcome, files []*diff.File) error {
		n++
		fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\nFrom: %s <%s>\nDate: %s\nSubject: [PATCH %d/%d] %s\n", noCommit,
			by.Name, by.Email, by.Date.Format(time.RFC1123Z), n, total, o.Change.Name)
		b.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n")
		if o.Change.Why != "" {
			fmt.Fprintf(&b, "%s\n", series.OneLine(o.Change.Why))
		}
		fmt.Fprintf(&b, "---\n%s-- \nhowdah\n\n", diff.Format(files))
		return nil
	})
	return b.Bytes(), err
}
