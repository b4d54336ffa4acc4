package author

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

// ImportOptions are the options of an import.
type ImportOptions struct {
	Name, Why     string   // of the change, if there is only one
	Prefix        string   // of the names of a folder's changes
	Only, Without []string // paths, folders or patterns of a fork
	Run           bool     // the script may run, in Sandbox
	Sandbox       script.Sandbox
}

// forkChange is a change made from a fork.
type forkChange struct {
	*fork.Topic
	change  *series.Change
	verdict verdict.Kind
	message string
}

// forkImport is the changes made from a fork, and the check that they produce its tree.
type forkImport struct {
	*openedFork
	prefix   string // of the names of the changes
	changes  []*forkChange
	lost     map[string]error
	expected *tree.Tree
	proof    *verdict.Result
	differ   []string
}

// importFork imports a fork: its difference to the newest upstream commit that it merged becomes changes.
func (a *Author) importFork(
	ctx context.Context, u candidate.Upstream, ref forkRef, n ImportOptions, out *view.Import,
) error {
	stage := a.s.Story.Stage("reading the fork")
	f, done, err := a.openFork(ctx, u, ref)
	if err != nil {
		stage.Fail()
		return err
	}
	defer done()
	stage.End("%s of its own, on upstream %s", plural.Of(len(f.commits), "commit"), f.base.Short())
	out.Notes = append(out.Notes, f.notes...)
	stage = a.s.Story.Stage("finding where its lines come from")
	i := &forkImport{openedFork: f, prefix: n.Prefix}
	if err := i.make(ctx, paths(n.Only, n.Without)); err != nil {
		stage.Fail()
		if errors.Is(err, tree.ErrFull) || errors.Is(err, git.ErrLarge) {
			return fault.New(fault.Usage, "%s cannot be imported as a whole: %w", ref.from, err).
				WithHint("import it in parts, or without that file: -only=PATH,… or -without=PATH,…")
		}
		return err
	}
	stage.End("%s", plural.Of(len(i.changes), "change"))
	out.Base = string(f.base)
	if len(i.changes) == 0 && len(i.lost) == 0 {
		a.s.Term.Answerf("nothing to import: %s is equal to upstream %s", ref.from, f.base.Short())
		out.Tree, out.Expected, out.Equal = string(i.expected.Root()), string(i.expected.Root()), true
		return nil
	}
	if n.Name != "" {
		if len(i.changes) != 1 {
			return fault.New(fault.Usage, "-name= names one change, and this fork has %d", len(i.changes)).
				WithHint("leave -name= out: each change is named after what it comes from")
		}
		c := i.changes[0]
		c.Name, c.change.Name = n.Name, n.Name
		if n.Why != "" {
			c.change.Why = n.Why
		}
	}
	stage = a.s.Story.Stage("proving that the changes make the fork's tree")
	if err := i.prove(ctx); err != nil {
		stage.Fail()
		return err
	}
	if len(i.differ) > 0 {
		stage.Fail()
	} else {
		stage.End("%s", i.expected.Root())
	}
	err = a.takeFork(ctx, i, u)
	i.tell(out)
	return err
}

// make makes the changes.
func (i *forkImport) make(ctx context.Context, keep func(string) bool) error {
	base, err := i.At(ctx, i.base)
	if err != nil {
		return err
	}
	tip, err := i.At(ctx, i.tip)
	if err != nil {
		return err
	}
	list, err := tree.Compare(ctx, base, tip)
	if err != nil {
		return err
	}
	deltas, err := fork.Deltas(ctx, list, i, keep)
	if err != nil {
		return err
	}
	if len(deltas) == len(list) || !slices.ContainsFunc(list, func(d tree.Delta) bool { return !keep(d.Path) }) {
		i.expected = tip
	} else if i.expected, err = chosen(ctx, base, tip, list, keep); err != nil {
		return err
	}
	traced, err := fork.Trace(ctx, fork.Fork{
		Commits: i.commits, Deltas: deltas, Refuse: refuse,
		Known: fork.Known{
			Copied:  func(s string) bool { return i.known[s] },
			Release: func(name string) bool { return i.releases[name] != "" },
		},
	}, i)
	if err != nil {
		return err
	}
	i.lost = traced.Lost()
	steps, err := fork.Steps(ctx, base, traced, traced.Topics(fork.DefaultLimits))
	if err != nil {
		return err
	}
	by, err := i.signedOf(ctx, steps)
	if err != nil {
		return err
	}
	for _, s := range steps {
		s.Name = importer.Prefixed(i.prefix, s.Name)
		c := &series.Change{Name: s.Name, Why: s.Why, Required: true, Allow: s.Allow}
		if err := rewrite.AsPatch(ctx, c, s.Name+".patch", s.Before, s.After); err != nil {
			return fmt.Errorf("making the change %q: %w", s.Name, err)
		}
		sign(c, s.Topic, by)
		i.changes = append(i.changes, &forkChange{Topic: s.Topic, change: c})
	}
	return nil
}

// chosen returns the base with the selected files of the tip.
func chosen(ctx context.Context, base, tip *tree.Tree, list []tree.Delta, keep func(string) bool) (*tree.Tree, error) {
	files := map[string]*tree.File{}
	for _, d := range list {
		if !keep(d.Path) {
			continue
		}
		files[d.Path] = nil
		if d.New.ID == "" {
			continue
		}
		f, err := tip.ReadFile(ctx, d.Path)
		if err != nil {
			return nil, err
		}
		files[d.Path] = &f
	}
	return base.With(ctx, files)
}

// prove applies the changes to the base, and compares the result with the fork's own tree.
func (i *forkImport) prove(ctx context.Context) error {
	base, err := i.At(ctx, i.base)
	if err != nil {
		return err
	}
	s := &series.Series{Resolutions: series.Resolutions{}}
	for _, c := range i.changes {
		s.Changes = append(s.Changes, c.change)
	}
	if i.proof, err = apply.Apply(ctx, s, apply.Inputs{Base: base, Commit: i.base}); err != nil {
		return err
	}
	if i.proof.Tree.Root() == i.expected.Root() {
		return nil
	}
	deltas, err := tree.Compare(ctx, i.proof.Tree, i.expected)
	for _, d := range deltas {
		i.differ = append(i.differ, d.Path)
	}
	return err
}

// takeFork puts the changes into the series and judges them at the pin.
func (a *Author) takeFork(ctx context.Context, i *forkImport, u candidate.Upstream) error {
	e := a.writer()
	folder := e.Home()
	d, err := e.Document(folder)
	if err != nil {
		return err
	}
	file := filepath.Join(folder.Name, serieswriter.SeriesFile)
	before := d.Bytes()
	add := func() error {
		text := bytes.TrimRight(before, "\n")
		for _, c := range i.changes {
			if c.verdict == verdict.Landed {
				continue
			}
			if len(text) > 0 {
				text = append(text, "\n\n"...)
			}
			text = append(text, bytes.TrimRight(c.change.Text(), "\n")...)
			e.Set(folder, c.change.Patch.Name, c.change.Patch.Data)
		}
		return e.SetDocument(folder, append(text, '\n'))
	}
	for _, c := range i.changes {
		if d.Has(c.Name) {
			return fault.New(fault.Usage, "change %q is in %s already, so nothing is written", c.Name, file).
				WithHint("remove it first: %s", target.PatchDrop.Command(c.Name, "-gone"))
		}
	}
	if e.Lock, err = i.lock(ctx, a); err != nil {
		return err
	}
	if err := add(); err != nil {
		return err
	}
	o, err := e.Try(ctx, u)
	if err != nil {
		return err
	}
	landed := false
	for _, c := range i.changes {
		out, err := o.Outcome(c.Name)
		if err != nil {
			return err
		}
		c.verdict, c.message = out.Verdict, out.Message
		if c.verdict == verdict.Landed {
			landed = true
			e.Forget(folder, c.change.Patch.Name)
		}
	}
	a.tellFork(i)
	for _, c := range i.changes {
		if len(c.Allow) > 0 {
			a.s.Term.Sayf("%s touches %s: it says so in %s (allow = [...]), so it is imported; -without= leaves such paths out",
				c.Name, strings.Join(c.Allow, ", "), file)
		}
	}
	if landed { // upstream has it: do not write it
		if err := add(); err != nil {
			return err
		}
		if o, err = e.Try(ctx, u); err != nil {
			return err
		}
	}
	if err := e.Write(ctx, o); err != nil {
		return err
	}
	return i.verdict(file, a.dry)
}

// lock returns series.lock with the fork's base as the base of each of its changes, for three-way merges.
func (i *forkImport) lock(ctx context.Context, a *Author) (*series.Lock, error) {
	fresh, err := i.proof.Lock(ctx, i.base, nil)
	if err != nil {
		return nil, err
	}
	old, err := candidate.Lock(a.s, a.o)
	if err != nil || old == nil {
		return fresh, err
	}
	merged := *old
	merged.Changes = slices.Clone(old.Changes)
	for _, c := range fresh.Changes {
		c.Commit = i.base
		merged.Changes = append(merged.Changes, c)
	}
	return &merged, nil
}
