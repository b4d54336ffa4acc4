package author

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/target"
)

// Drop is patch:drop: a landed change gives way to its proof; with gone it is removed without one.
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
		folder, err := a.folderOf(out.Change)
		if err != nil {
			return err
		}
		e := a.edition()
		d, err := e.document(folder)
		if err != nil {
			return err
		}
		switch {
		case gone:
			err = d.Drop(out.Change)
			a.s.Term.Answerf("%s %s", name, a.did("removed", "would be removed"))
		case out.Verdict == apply.Landed && out.By != nil && out.By.Pull > 0 && out.Change.Kind != series.KindLanded:
			landed := a.slug() + "#" + fmt.Sprint(out.By.Pull)
			err = d.Prove(out.Change, landed, out.By.ID)
			a.s.Term.Answerf("%s: upstream has it since %s, %s %q; %s as proof", name, out.By.ID.Short(), landed, out.By.Subject,
				a.did("kept", "would be kept"))
		case out.Change.Kind == series.KindLanded:
			return fault.New(fault.Usage, "%q is the proof that upstream has it: there is nothing of it to take out of the tree",
				name).
				WithHint("to do without the proof: %s", target.PatchDrop.Command(name, "-gone"))
		default:
			return fault.New(fault.Usage, "%q has not landed, as far as upstream's history tells: it is %s", name, out.Verdict).
				WithHint("to take it out all the same: %s", target.PatchDrop.Command(name, "-gone"))
		}
		if err != nil {
			return err
		}
		a.removeFiles(e, folder, out.Change)
		after, err := e.try(ctx, u)
		if err != nil {
			return err
		}
		return e.write(ctx, after)
	})
}

// removeFiles removes the files that only a dropped change named.
func (a *Author) removeFiles(e *edition, folder config.Path, c *series.Change) {
	switch {
	case c.Kind == series.KindPatch:
		if name, err := filepath.Rel(folder.Name, c.Patch.Name); err == nil {
			e.set(folder, name, nil)
		}
	case c.Kind == series.KindOverlay && c.Overlay.Folder != "":
		for file := range c.Overlay.Local {
			e.set(folder, filepath.Join("overlays", c.Overlay.Folder, filepath.FromSlash(file)), nil)
		}
	}
}

// slug is upstream's owner/repository, for a proof.
func (a *Author) slug() string {
	parts := strings.FieldsFunc(strings.TrimSuffix(a.s.Config.Upstream.URL, ".git"),
		func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) < 2 {
		return "upstream/upstream"
	}
	return parts[len(parts)-2] + "/" + parts[len(parts)-1]
}
