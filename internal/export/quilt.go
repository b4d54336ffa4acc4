package export

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/verdict"
)

// Quilt returns a result as a quilt series: the file "series", and a patch for each change that is in the tree.
func Quilt(ctx context.Context, r *verdict.Result) (map[string][]byte, error) {
	out := map[string][]byte{}
	var list bytes.Buffer
	err := eachChange(ctx, r, func(o verdict.Outcome, files []*diff.File) error {
		name := o.Change.Name + ".patch"
		if _, twice := out[name]; twice {
			return fault.New(fault.Usage, "two changes of the name %q are in the tree", o.Change.Name)
		}
		var b bytes.Buffer
		if h := headOf(o.Change); h.Author != "" {
			fmt.Fprintf(&b, "From: %s\n", h.Author)
			if h.Date != "" {
				fmt.Fprintf(&b, "Date: %s\n", h.Date)
			}
			fmt.Fprintf(&b, "Subject: %s\n\n", h.Subject)
			if h.Message != "" {
				fmt.Fprintf(&b, "%s\n", h.Message)
			}
			b.WriteString("---\n")
		} else if o.Change.Why != "" {
			fmt.Fprintf(&b, "Description: %s\n\n", series.OneLine(o.Change.Why))
		}
		b.Write(diff.Format(files))
		out[name] = b.Bytes()
		fmt.Fprintln(&list, name)
		return nil
	})
	out["series"] = list.Bytes()
	return out, err
}
