package pipeline

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// NewEdit is what patch:edit appends.
type NewEdit struct {
	Name, File, Find, Replace string
	Why                       *string
	Count                     *int
	Match, Dry                *bool
}

// Edit is patch:edit: it appends a counted edit, if it applies at upstream's tip, and prints its diff.
func (p *Pipeline) Edit(ctx context.Context, n NewEdit) error {
	if err := atLeast("count", n.Count, 1); err != nil {
		return err
	}
	return p.at(ctx, Choice{}, func(r *resolved) error {
		e := p.edition()
		d, err := e.document(p.home())
		if err != nil {
			return err
		}
		edit := patch.Edit{File: n.File, Find: n.Find, Replace: n.Replace, Count: 1}
		if set(n.Match) {
			edit.Find, edit.Match = "", n.Find
		}
		if n.Count != nil {
			edit.Count = *n.Count
		}
		if err := d.AppendEdit(n.Name, text(n.Why), edit); err != nil {
			return err
		}
		o, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		out, err := o.outcome(n.Name)
		if err != nil {
			return err
		}
		if out.Verdict.Fails() {
			code := fault.Series
			if out.Error != nil {
				code = out.Error.Code
			}
			return fault.New(code, "the edit does not apply to %s, so nothing is written: %s", r.pin.Commit.Short(), strings.Replace(out.Message, " is gone", " is not there", 1)).
				WithHint("%s", fault.Lines(n.hint(out.At), hintOf(*out)))
		}
		diff, err := o.diff(ctx, out.Before, out.After)
		if err != nil {
			return err
		}
		p.term.AnswerDiff(diff)
		return e.write(ctx, o, set(n.Dry))
	})
}

// hint is what to write where the text was found, but in another number.
func (n NewEdit) hint(found []patch.Place) fault.Hint {
	if !slices.ContainsFunc(found, func(at patch.Place) bool { return !set(n.Match) && strings.Contains(at.Text, n.Find) }) {
		return fault.Hint{}
	}
	return fault.Hintf("-count=N changes all of them; a longer text, with the lines around it, changes one")
}

// hintOf is an outcome's hint, or the lines that it names.
func hintOf(o patch.Outcome) fault.Hint {
	var lines []string
	for _, at := range o.At {
		line := fmt.Sprintf("see %s:%d: %s", at.File, at.Line, report.Clip(strings.TrimSpace(at.Text), 100))
		if at.Line > 0 && !slices.Contains(lines, line) {
			lines = append(lines, line)
		}
	}
	switch {
	case !o.Hint.IsZero() || o.Verdict == patch.Gone && len(lines) == 0:
		return o.Hint
	case len(lines) == 0:
		return fault.Hint{}
	}
	return fault.Hintf("%s", strings.Join(lines, "\n"))
}

// Refresh is patch:refresh: changes that would be written differently today are, each with its proof.
// So is a series.lock that is empty, damaged, of another version or full of merge conflict markers.
func (p *Pipeline) Refresh(ctx context.Context, c Choice, change *string) error {
	c.relock = true
	if err := p.exists(change); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		fresh, err := o.series.Refresh(ctx, o.in, o.result)
		if err != nil {
			return err
		}
		e := p.edition()
		done := 0
		for _, f := range fresh {
			if change != nil && f.Outcome.Change.Name != text(change) {
				continue
			}
			if err := p.takeRefreshed(e, f); err != nil {
				return err
			}
			done++
		}
		after, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		if o.result.OK() && (!after.result.OK() || after.result.Tree.Root() != o.result.Tree.Root()) {
			return fault.New(fault.Gate, "refreshing would give another tree, so nothing is written: %s before, %s after", o.result.Tree.Root(), after.result.Tree.Root())
		}
		if done == 0 {
			p.term.Answerf("nothing to refresh: every change is written as it applies to %s", r.pin.Commit.Short())
		} else if o.result.OK() {
			p.term.Answerf("same patched tree: %s", o.result.Tree.Root())
		}
		if err := e.write(ctx, after, set(c.Dry)); err != nil {
			return err
		}
		if !after.result.OK() {
			return p.refuse(ctx, after)
		}
		return nil
	})
}

// takeRefreshed puts one refreshed change into an edition and tells its proof; one that does not hold is refused.
func (p *Pipeline) takeRefreshed(e *edition, f patch.Refreshed) error {
	c := f.Outcome.Change
	yes := map[bool]string{true: "yes", false: "NO"}
	lines := yes[f.Proof.Lines]
	if f.Proof.Fewer {
		lines += ", fewer: upstream has the rest"
	}
	tree := yes[f.Proof.Tree]
	if !f.Proof.Based {
		tree = "no old base is known"
	}
	same := yes[f.Proof.ID]
	if !f.Proof.ID && f.Proof.Holds() {
		same = "no, the lines around it are others now"
		if f.Proof.Fewer {
			same = "no, it has fewer lines"
		}
	}
	p.term.Answerf("%-8s %s", f.Outcome.Verdict, c.Name)
	p.term.Answerf("  same added and removed lines: %s · range-diff equal: %s · same tree at the old base: %s", lines, same, tree)
	if !f.Proof.Holds() {
		return fault.New(fault.Gate, "the proof for %q does not hold, so nothing is written", c.Name).
			WithHint("see what differs: %s", target.PatchDiff.Command("-change="+c.Name))
	}
	folder, err := p.folderOf(c)
	if err != nil {
		return err
	}
	switch {
	case f.Patch != nil:
		if err := p.writable(c, folder); err != nil {
			return err
		}
		name, err := filepath.Rel(folder.Name, c.Patch.Name)
		if err != nil {
			return err
		}
		e.set(folder, name, f.Patch)
	case f.Edits != nil:
		d, err := e.document(folder)
		if err != nil {
			return err
		}
		return d.SetEdits(c, f.Edits)
	}
	for _, file := range f.Files {
		e.set(folder, filepath.Join("overlays", c.Overlay.Folder, file), nil)
	}
	return nil
}

// find finds a change by its name.
func find(s *patch.Series, name string) (*patch.Change, error) {
	var names []string
	for _, c := range s.Changes {
		if c.Name == name {
			return c, nil
		}
		names = append(names, c.Name)
	}
	return nil, fault.New(fault.Usage, "there is no change %q", name).WithHint("there are %v", names)
}

// Drop is patch:drop: a landed change gives way to its proof, or with gone goes altogether.
func (p *Pipeline) Drop(ctx context.Context, c Choice, name string, gone *bool) error {
	if err := p.exists(&name); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		if err := p.explain(ctx, o); err != nil {
			return err
		}
		out, err := o.outcome(name)
		if err != nil {
			return err
		}
		folder, err := p.folderOf(out.Change)
		if err != nil {
			return err
		}
		e := p.edition()
		d, err := e.document(folder)
		if err != nil {
			return err
		}
		switch {
		case set(gone):
			err = d.Drop(out.Change)
			p.term.Answerf("%s is taken out", name)
		case out.Verdict == patch.Landed && out.By != nil && out.By.Pull > 0 && out.Change.Kind != patch.KindLanded:
			landed := p.slug() + "#" + fmt.Sprint(out.By.Pull)
			err = d.Prove(out.Change, landed, out.By.ID)
			p.term.Answerf("%s: upstream has it since %s, %s %q; kept as proof", name, out.By.ID.Short(), landed, out.By.Subject)
		case out.Change.Kind == patch.KindLanded:
			return fault.New(fault.Usage, "%q is the proof that upstream has it: there is nothing of it to take out of the tree", name).
				WithHint("to do without the proof: %s", target.PatchDrop.Command(name, "-gone"))
		default:
			return fault.New(fault.Usage, "%q has not landed, as far as upstream's history tells: it is %s", name, out.Verdict).
				WithHint("to take it out all the same: %s", target.PatchDrop.Command(name, "-gone"))
		}
		if err != nil {
			return err
		}
		p.removeFiles(e, folder, out.Change)
		after, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		return e.write(ctx, after, set(c.Dry))
	})
}

// removeFiles removes the files that only a dropped change named.
func (p *Pipeline) removeFiles(e *edition, folder config.Path, c *patch.Change) {
	switch {
	case c.Kind == patch.KindPatch:
		if name, err := filepath.Rel(folder.Name, c.Patch.Name); err == nil {
			e.set(folder, name, nil)
		}
	case c.Kind == patch.KindOverlay && c.Overlay.Folder != "":
		for file := range c.Overlay.Local {
			e.set(folder, filepath.Join("overlays", c.Overlay.Folder, filepath.FromSlash(file)), nil)
		}
	}
}

// slug is upstream's owner/repository, for a proof.
func (p *Pipeline) slug() string {
	parts := strings.FieldsFunc(strings.TrimSuffix(p.cfg.Upstream.URL, ".git"), func(r rune) bool { return r == '/' || r == ':' })
	if len(parts) < 2 {
		return "upstream/upstream"
	}
	return parts[len(parts)-2] + "/" + parts[len(parts)-1]
}
