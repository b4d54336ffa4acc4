package patchimport

import (
	"bytes"
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
	"github.com/howdah/howdah/internal/view"
)

type Options struct {
	Name, Why     string   // of the change, if there is only one
	Prefix        string   // of the names of a folder's changes
	Only, Without []string // paths, folders or patterns of a fork
	Run           bool     // the script may run, in Sandbox
	Sandbox       script.Sandbox
}

// importFork imports a fork: its difference to the newest upstream commit that it merged becomes changes. It returns
// the report also if it fails.
func (m *Importer) importFork(
	ctx context.Context, u candidate.Upstream, ref forkRef, n Options,
) (view.Import, error) {
	out := view.Import{Base: string(u.Pin.Commit)}
	stage := m.s.Story.Stage("reading the fork")
	f, done, err := m.openFork(ctx, u, ref)
	if err != nil {
		stage.Fail()
		return out, err
	}
	defer done()
	stage.End("%s of its own, on %s", plural.Of(len(f.history.commits), "commit"), f.whose())
	out.Notes = f.notes
	stage = m.s.Story.Stage("finding where its lines come from")
	made, err := f.changes(ctx, n)
	if err != nil {
		stage.Fail()
		if errors.Is(err, tree.ErrFull) || errors.Is(err, git.ErrLarge) {
			return out, fault.New(fault.Usage, "%s cannot be imported as a whole: %w", ref.from, err).
				WithHint("import it in parts, or without that file: -only=PATH,… or -without=PATH,…")
		}
		return out, err
	}
	stage.End("%s", plural.Of(len(made.changes), "change"))
	out.Base = string(f.base)
	if len(made.changes) == 0 && len(made.lost) == 0 {
		m.s.Term.Answerf("nothing to import: %s is equal to %s", ref.from, f.whose())
		out.Tree, out.Expected, out.Equal = string(made.expected.Root()), string(made.expected.Root()), true
		return out, nil
	}
	if n.Name != "" && len(made.changes) != 1 {
		return out, fault.New(fault.Usage, "-name= names one change, and this fork has %d", len(made.changes)).
			WithHint("leave -name= out: each change is named after what it comes from")
	}
	if n.Name != "" {
		made.changes = []forkChange{made.changes[0].named(n)}
	}
	stage = m.s.Story.Stage("proving that the changes make the fork's tree")
	i, err := f.prove(ctx, made)
	if err != nil {
		stage.Fail()
		return out, err
	}
	if len(i.differ) > 0 {
		stage.Fail()
	} else {
		stage.End("%s", made.expected.Root())
	}
	judged, err := m.takeFork(ctx, i, u)
	return i.report(out, judged), err
}

// takeFork puts the changes into the series and judges them at the pin. It returns their outcomes by name, if it got so
// far.
func (m *Importer) takeFork(ctx context.Context, i *forkImport, u candidate.Upstream) (
	judged map[string]*verdict.Outcome, err error,
) {
	e := m.writer()
	folder := e.Home()
	d, err := e.Document(folder)
	if err != nil {
		return judged, err
	}
	file := filepath.Join(folder.Name, serieswriter.SeriesFile)
	before := d.Bytes()
	add := func(list []forkChange) error {
		text := bytes.TrimRight(before, "\n")
		for _, c := range list {
			if len(text) > 0 {
				text = append(text, "\n\n"...)
			}
			text = append(text, bytes.TrimRight(c.change.Text(), "\n")...)
			e.Set(folder, c.change.Patch.Name, c.change.Patch.Data)
		}
		return e.SetDocument(folder, append(text, '\n'))
	}
	for _, c := range i.made.changes {
		if d.Has(c.change.Name) {
			return judged, fault.New(fault.Usage, "change %q is in %s already, so nothing is written", c.change.Name, file).
				WithHint("remove it first: %s", target.PatchRemove.Command(c.change.Name))
		}
	}
	if e.Lock, err = m.lock(ctx, i); err != nil {
		return judged, err
	}
	if err := add(i.made.changes); err != nil {
		return judged, err
	}
	o, err := e.Try(ctx, u)
	if err != nil {
		return judged, err
	}
	judged = map[string]*verdict.Outcome{}
	var missing []forkChange // what upstream does not have
	for _, c := range i.made.changes {
		out, err := o.Outcome(c.change.Name)
		if err != nil {
			return judged, err
		}
		if judged[c.change.Name] = out; out.Verdict == verdict.Landed {
			e.Forget(folder, c.change.Patch.Name)
			continue
		}
		missing = append(missing, c)
	}
	m.showFork(i.made.changes, judged)
	for _, c := range i.made.changes {
		if len(c.change.Allow) > 0 {
			m.s.Term.Sayf("%s touches %s: it says so in %s (allow = [...]), so it is imported; -without= leaves such paths out",
				c.change.Name, strings.Join(c.change.Allow, ", "), file)
		}
	}
	if len(missing) < len(i.made.changes) { // do not write what upstream has
		if err := add(missing); err != nil {
			return judged, err
		}
		if o, err = e.Try(ctx, u); err != nil {
			return judged, err
		}
	}
	if err := e.Write(ctx, o); err != nil {
		return judged, err
	}
	return judged, i.incomplete(judged, file, m.dry)
}

// lock returns series.lock with the fork's base as the base of each of its changes, for three-way merges. A base that
// upstream does not have is none: a check elsewhere could not fetch it.
func (m *Importer) lock(ctx context.Context, i *forkImport) (*series.Lock, error) {
	if i.own {
		return candidate.Lock(m.s, m.o)
	}
	fresh, err := i.proof.Lock(ctx, i.base, nil)
	if err != nil {
		return nil, err
	}
	old, err := candidate.Lock(m.s, m.o)
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
