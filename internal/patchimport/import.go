package patchimport

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/view"
)

// Import runs patch:import: it turns a folder of patches, a mailbox, a pull request, a fork or a script into entries of
// series.toml. It runs nothing of it without -run. The result is written to dist/patch-import.json, also if the
// import fails.
func (m *Importer) Import(ctx context.Context, from string, n Options) error {
	out, err := m.importFrom(ctx, from, n)
	if out.From = from; err != nil {
		out.Error = err.Error()
	}
	return errors.Join(err, view.WriteJSON(m.s.Config.Result("patch-import.json"), out, m.s.Term.Secrets()))
}

// importFrom returns the report of an import also if that fails.
func (m *Importer) importFrom(ctx context.Context, from string, n Options) (out view.Import, err error) {
	for _, name := range []string{n.Name, n.Prefix} {
		if err := series.CheckName(name); name != "" && err != nil {
			return out, err
		}
	}
	pasted, err := parseGitHubURL(from)
	if err != nil {
		return out, err
	}
	ref, isFork := m.forkOf(pasted.from)
	ref.from, ref.since = from, pasted.since
	from = pasted.from
	if !isFork && (len(n.Only) > 0 || len(n.Without) > 0) {
		return out, fault.New(fault.Usage, "-only= and -without= choose paths of a fork, and %s is not one", from).
			WithHint("a fork is OWNER/REPO@BRANCH, a repository's URL, or a clone on this disk")
	}
	err = candidate.At(ctx, m.s, m.o, func(u candidate.Upstream) (err error) {
		if isFork {
			out, err = m.importFork(ctx, u, ref, n)
		} else {
			out, err = m.importChanges(ctx, u, from, n)
		}
		return err
	})
	return out, err
}

// importChanges imports everything but a fork. It returns the report also if it fails.
func (m *Importer) importChanges(ctx context.Context, u candidate.Upstream, from string, n Options) (
	out view.Import, err error,
) {
	out.Base = string(u.Pin.Commit)
	imported, err := m.read(ctx, u, from, n)
	if err != nil {
		return out, err
	}
	if err := applyName(imported, n); err != nil {
		return out, err
	}
	if err := m.showLines(ctx, u, imported); err != nil {
		return out, err
	}
	e := m.writer()
	file := filepath.Join(e.Home().Name, serieswriter.SeriesFile)
	d, err := e.Document(e.Home())
	if err != nil {
		return out, err
	}
	text := withEntries(d.Bytes(), imported)
	out.Undecided, out.Notes = imported.CountUndecided(), imported.Notes
	out.LeftOut = m.showLeftOut(imported, file, text)
	if err := checkNew(imported, d, from, file); err != nil {
		return out, err
	}
	if err := e.SetDocument(e.Home(), text); err != nil {
		return out, err
	}
	for name, data := range imported.Files {
		e.Set(e.Home(), name, data)
	}
	o, err := e.Try(ctx, u)
	if err != nil {
		return out, err
	}
	failing, err := m.showVerdicts(imported, o)
	if err != nil {
		return out, err
	}
	notes, err := u.ShowOutdated(ctx, m.s, o, imported.Changes)
	if err != nil {
		return out, err
	}
	out.Notes = append(out.Notes, notes...)
	if err := e.Write(ctx, o); err != nil {
		return out, err
	}
	if out, err = m.prove(ctx, imported, o, out); err != nil {
		return out, err
	}
	if len(out.Differ) > 0 {
		return out, fault.New(fault.Series, "the imported changes give another tree than the script: %s",
			plural.Few(out.Differ))
	}
	return out, m.incomplete(imported, failing, file, n)
}

// withEntries returns the text of a series file with the entries of an import at its end.
func withEntries(series []byte, i *importer.Import) []byte {
	text := bytes.TrimRight(series, "\n")
	if len(text) > 0 {
		text = append(text, "\n\n"...)
	}
	return append(text, i.Text()...)
}

// checkNew returns an error if an import has nothing for the series in file, or a change that d has already.
func checkNew(i *importer.Import, d *series.Document, from, file string) error {
	if i.Empty() {
		if err := i.Refused(); err != nil {
			return err
		}
		return fault.New(fault.Usage, "found no patch that can be imported").At(from, 0).
			WithHint("a quilt series, a folder of *.patch files, a mailbox, owner/repo#N, a commit's URL, or a script")
	}
	for _, c := range i.Named() {
		if d.Has(c.Name) {
			return fault.New(fault.Usage, "change %q is in %s already, so nothing is written", c.Name, file).
				WithHint("-name= gives one change another name, -prefix= those of a folder; " +
					"those of a script are named by the comments above their lines")
		}
	}
	return nil
}

// showVerdicts prints the verdict of each imported change, and returns the names of those that fail.
func (m *Importer) showVerdicts(i *importer.Import, o *candidate.Candidate) (failing []string, err error) {
	for n, c := range i.Changes {
		out, err := o.Outcome(c.Name)
		if err != nil {
			return nil, err
		}
		if n < maxShownLines {
			m.s.Term.Answerf("%-8s %s  %s", out.Verdict, c.Name, out.Message)
		}
		if out.Verdict.Fails() {
			failing = append(failing, c.Name)
		}
	}
	if n := len(i.Changes); n > maxShownLines {
		m.s.Term.Answerf("and %d more changes", n-maxShownLines)
	}
	return failing, nil
}

// incomplete returns an error if a person has to decide on a part of an import, or if some of its changes fail.
func (m *Importer) incomplete(i *importer.Import, failing []string, file string, n Options) error {
	fail, also := "", ""
	if len(failing) > 0 {
		fail = "some imported changes do not apply: " + listed(failing)
		also = "; " + fail
	}
	refused := i.Refused()
	switch {
	case refused != nil:
		code := fault.Series
		if fault.CodeOf(refused) == fault.Gate {
			code = fault.Gate
		}
		return fault.New(code, "%d of what was to be imported is left out; it is a comment in %s%s", i.CountUndecided(), file,
			also).
			WithHint("decide, then remove the comment, or its # from an entry that is kept there; until then it counts in %s",
				target.PatchCheck.Command())
	case i.Undecided():
		return m.undecided(i, file, also, n)
	case fail != "":
		return fault.New(fault.Series, "%s", fail).WithHint("%s", howToSee(file, m.dry))
	}
	return nil
}

// listed joins the first of many names, and says how many there are.
func listed(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
