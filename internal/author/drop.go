package author

import (
	"context"
	"fmt"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/verdict"
)

// Drop runs patch:drop: it replaces a landed change with an entry that names the upstream commit. With gone, it
// removes the change without one.
func (a *Author) Drop(ctx context.Context, name string, gone bool) error {
	if err := candidate.Exists(a.s, name); err != nil {
		return err
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		o, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		if o, err = o.Explain(ctx, a.s); err != nil {
			return err
		}
		out, err := o.Outcome(name)
		if err != nil {
			return err
		}
		e := a.writer()
		folder, err := e.FolderOf(out.Change)
		if err != nil {
			return err
		}
		d, err := e.Document(folder)
		if err != nil {
			return err
		}
		switch {
		case gone:
			err = d.Drop(out.Change)
			a.s.Term.Answerf("%s %s", name, a.did("removed", "would be removed"))
		case out.Verdict == verdict.Landed && out.By != nil && out.By.Pull > 0 && out.Change.Kind != series.KindLanded:
			landed := a.slug() + "#" + fmt.Sprint(out.By.Pull)
			err = d.SetLanded(out.Change, landed, out.By.ID)
			a.s.Term.Answerf("%s: upstream has it since %s, %s %q; %s as proof", name, out.By.ID.Short(), landed, out.By.Subject,
				a.did("kept", "would be kept"))
		case out.Change.Kind == series.KindLanded:
			return fault.New(fault.Usage, "%q is only the proof that upstream has the change; nothing in the tree comes from it",
				name).
				WithHint("to remove the proof: %s", target.PatchDrop.Command(name, "-gone"))
		default:
			return fault.New(fault.Usage, "%q has not landed in upstream's history; its verdict is %s", name, out.Verdict).
				WithHint("to remove it from the series: %s", target.PatchRemove.Command(name))
		}
		if err != nil {
			return err
		}
		e.RemoveFiles(folder, out.Change)
		after, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		return e.Write(ctx, after)
	})
}

// slug returns upstream's owner/repository, for such an entry.
func (a *Author) slug() string {
	parts := strings.FieldsFunc(strings.TrimSuffix(a.s.Config.Upstream.URL, ".git"),
		func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) < 2 {
		return "upstream/upstream"
	}
	return parts[len(parts)-2] + "/" + parts[len(parts)-1]
}
