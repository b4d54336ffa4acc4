package patch

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
)

// Quilt gives a result as a quilt series: the file "series", and a patch for each change that is in the tree.
func (r *Result) Quilt(ctx context.Context) (map[string][]byte, error) {
	out := map[string][]byte{}
	var list bytes.Buffer
	err := r.each(ctx, func(o Outcome, files []*diff.File) error {
		name := o.Change.Name + ".patch"
		if _, twice := out[name]; twice {
			return fault.New(fault.Usage, "two changes of the name %q are in the tree", o.Change.Name)
		}
		var b bytes.Buffer
		if o.Change.Why != "" {
			fmt.Fprintf(&b, "Description: %s\n\n", oneLine(o.Change.Why))
		}
		b.Write(diff.Format(files))
		out[name] = b.Bytes()
		fmt.Fprintln(&list, name)
		return nil
	})
	out["series"] = list.Bytes()
	return out, err
}

// Author signs exported mails.
type Author struct {
	Name, Email string
	Date        time.Time
}

// Mailbox gives a result as mails that `git am` takes, a change each.
func (r *Result) Mailbox(ctx context.Context, by Author) ([]byte, error) {
	total := 0
	for _, o := range r.Outcomes {
		if o.Verdict.Applies() {
			total++
		}
	}
	var b bytes.Buffer
	n := 0
	err := r.each(ctx, func(o Outcome, files []*diff.File) error {
		n++
		fmt.Fprintf(&b, "From %s Mon Sep 17 00:00:00 2001\nFrom: %s <%s>\nDate: %s\nSubject: [PATCH %d/%d] %s\n", noBlob, by.Name, by.Email, by.Date.Format(time.RFC1123Z), n, total, o.Change.Name)
		b.WriteString("MIME-Version: 1.0\nContent-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n")
		if o.Change.Why != "" {
			fmt.Fprintf(&b, "%s\n", oneLine(o.Change.Why))
		}
		fmt.Fprintf(&b, "---\n%s-- \nhowdah\n\n", diff.Format(files))
		return nil
	})
	return b.Bytes(), err
}

// each calls fn with the diff of every change that is in the tree.
func (r *Result) each(ctx context.Context, fn func(Outcome, []*diff.File) error) error {
	for _, o := range r.Outcomes {
		if !o.Verdict.Applies() {
			continue
		}
		files, err := Diff(ctx, o.Before, o.After)
		if err == nil {
			err = fn(o, files)
		}
		if err != nil {
			return fmt.Errorf("exporting %q: %w", o.Change.Name, err)
		}
	}
	return nil
}

// oneLine keeps a text from being taken for the head of a diff.
func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }
