package author

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/quilt"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
)

var commitURL = regexp.MustCompile(`^https://github\.com/` + repository + `/commit/([0-9a-f]{40})/?$`)

// Import runs patch:import: it turns a folder of patches, a mailbox, a pull request, a fork or a script into entries of
// series.toml. It runs nothing of it without -run. The result is written to dist/patch-import.json, also if the
// import fails.
func (a *Author) Import(ctx context.Context, from string, n ImportOptions) error {
	out, err := a.importFrom(ctx, from, n)
	if out.From = from; err != nil {
		out.Error = err.Error()
	}
	return errors.Join(err, view.WriteJSON(a.s.Config.Result("patch-import.json"), out, a.s.Term.Secrets()))
}

// importFrom returns the report of an import also if that fails.
func (a *Author) importFrom(ctx context.Context, from string, n ImportOptions) (out view.Import, err error) {
	for _, name := range []string{n.Name, n.Prefix} {
		if err := series.CheckName(name); name != "" && err != nil {
			return out, err
		}
	}
	pasted, err := parseGitHubURL(from)
	if err != nil {
		return out, err
	}
	ref, isFork := a.forkOf(pasted.from)
	ref.from, ref.since = from, pasted.since
	from = pasted.from
	if !isFork && (len(n.Only) > 0 || len(n.Without) > 0) {
		return out, fault.New(fault.Usage, "-only= and -without= choose paths of a fork, and %s is not one", from).
			WithHint("a fork is OWNER/REPO@BRANCH, a repository's URL, or a clone on this disk")
	}
	err = candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) (err error) {
		if isFork {
			out, err = a.importFork(ctx, u, ref, n)
			return err
		}
		out.Base = string(u.Pin.Commit)
		imported, err := a.read(ctx, u, from, n)
		if err != nil {
			return err
		}
		if err := applyName(imported, n); err != nil {
			return err
		}
		if err := a.showLines(ctx, u, imported); err != nil {
			return err
		}
		e := a.writer()
		folder := e.Home()
		d, err := e.Document(folder)
		if err != nil {
			return err
		}
		text := bytes.TrimRight(d.Bytes(), "\n")
		if len(text) > 0 {
			text = append(text, "\n\n"...)
		}
		text = append(text, imported.Text()...)
		out.Undecided, out.Notes = imported.CountUndecided(), imported.Notes
		out.LeftOut = a.showLeftOut(imported, filepath.Join(folder.Name, serieswriter.SeriesFile), text)
		if imported.Empty() {
			if err := imported.Refused(); err != nil {
				return err
			}
			return fault.New(fault.Usage, "found no patch that can be imported").At(from, 0).
				WithHint("a quilt series, a folder of *.patch files, a mailbox, owner/repo#N, a commit's URL, or a script")
		}
		for _, c := range imported.Named() {
			if d.Has(c.Name) {
				return fault.New(fault.Usage, "change %q is in %s already, so nothing is written", c.Name,
					filepath.Join(folder.Name, serieswriter.SeriesFile)).
					WithHint("-name= gives one change another name, -prefix= those of a folder; " +
						"those of a script are named by the comments above their lines")
			}
		}
		if err := e.SetDocument(folder, text); err != nil {
			return err
		}
		for file, data := range imported.Files {
			e.Set(folder, file, data)
		}
		o, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		var failing []string
		for n, c := range imported.Changes {
			out, err := o.Outcome(c.Name)
			if err != nil {
				return err
			}
			if n < maxShownLines {
				a.s.Term.Answerf("%-8s %s  %s", out.Verdict, c.Name, out.Message)
			}
			if out.Verdict.Fails() {
				failing = append(failing, c.Name)
			}
		}
		notes, err := a.showOutdated(ctx, u, o, imported.Changes)
		if err != nil {
			return err
		}
		out.Notes = append(out.Notes, notes...)
		if n := len(imported.Changes); n > maxShownLines {
			a.s.Term.Answerf("and %d more changes", n-maxShownLines)
		}
		if err := e.Write(ctx, o); err != nil {
			return err
		}
		if out, err = a.prove(ctx, imported, o, out); err != nil {
			return err
		}
		if len(out.Differ) > 0 {
			return fault.New(fault.Series, "the imported changes give another tree than the script: %s",
				plural.Few(out.Differ))
		}
		if refused := imported.Refused(); refused != nil {
			code := fault.Series
			if fault.CodeOf(refused) == fault.Gate {
				code = fault.Gate
			}
			return fault.New(code, "%d of what was to be imported is left out; it is a comment in %s",
				imported.CountUndecided(),
				filepath.Join(folder.Name, serieswriter.SeriesFile)).
				WithHint("decide, then remove the comment, or its # from an entry that is kept there; until then it counts in %s",
					target.PatchCheck.Command())
		}
		if imported.Undecided() {
			return a.undecided(imported, filepath.Join(folder.Name, serieswriter.SeriesFile), n)
		}
		if len(failing) > 0 {
			return fault.New(fault.Series, "some imported changes do not apply: %s", listed(failing)).
				WithHint("%s", howToSee(filepath.Join(folder.Name, serieswriter.SeriesFile), a.dry))
		}
		return nil
	})
	return out, err
}

// read imports from what the form of the argument says it is.
func (a *Author) read(ctx context.Context, u candidate.Upstream, from string,
	n ImportOptions) (*importer.Import, error) {
	ref, err := pullref.Parse(from)
	switch {
	case err == nil && ref.Number != "":
		head, err := u.Mirror.PullHead(ctx, ref)
		if err != nil {
			return nil, err
		}
		if head == "" {
			return nil, fault.New(fault.Usage, "there is no pull request %s", from)
		}
		return pullOf(from, head, n), nil
	case commitURL.MatchString(from):
		m := commitURL.FindStringSubmatch(from)
		return pullOf(m[1], tree.ID(m[2]), n), nil
	}
	src := importer.Source{Upstream: patchform.Of(u.Facts.Tree), Prefix: n.Prefix}
	info, err := os.Stat(a.s.Path(from))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "there is no %s", from).
			WithHint("a quilt series, a folder of patches, a mailbox, owner/repo#N, a commit's URL, or a script of sed lines")
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the file: %w", errors.Unwrap(err)).At(from, 0)
	}
	if info.IsDir() {
		folder, err := files.OpenFolder(a.s.Path(from))
		if err != nil {
			return nil, err
		}
		imported, err := src.Folder(ctx, series.Folder{Name: from, FS: folder})
		if err == nil && len(imported.Changes)+len(imported.Left) == 0 {
			err = scriptsOnly(from, folder)
		}
		return imported, err
	}
	data, err := files.ReadNamed(a.s.Path(from), from, files.MaxImport)
	if err != nil {
		return nil, err
	}
	data, program := patchform.Unpack(data, files.MaxImport)
	kind, why := patchform.Look(data)
	switch {
	case kind == patchform.IsWrong:
		return nil, fault.New(fault.Usage, "this file cannot be imported: %s", why).At(from, 1)
	case kind == patchform.IsPatch && !saysScript(from, data) && !isDockerfile(from, nil), quilt.IsPatch(from):
		imported, err := src.Mailbox(ctx, from, data)
		if err == nil && program != "" {
			imported.Notes = append([]string{filepath.Base(from) + ": unpacked with " + program}, imported.Notes...)
		}
		return imported, err
	}
	return a.readScript(ctx, u, from, data, n)
}

// applyName sets the name and the why that the options give, for an import of one change.
func applyName(i *importer.Import, n ImportOptions) error {
	if n.Name != "" && len(i.Changes) > 1 && len(i.Lines) == 0 {
		return fault.New(fault.Usage, "-name= names one change, and this would import %d", len(i.Changes)).
			WithHint("-prefix= puts a word before each name")
	}
	if len(i.Changes) != 1 || i.Changes[0].Kind != series.KindPatch || len(i.Lines) > 0 {
		return nil
	}
	c := i.Changes[0]
	if n.Why != "" {
		c.Why = n.Why
	}
	if n.Name != "" {
		i.Rename(c, n.Name)
	}
	return nil
}

// pullOf returns an import that consists of one pull request.
func pullOf(from string, commit tree.ID, n ImportOptions) *importer.Import {
	called := importer.Prefixed(n.Prefix, series.SlugOf(strings.NewReplacer("#", "-", "/", "-").Replace(from)))
	if n.Name != "" {
		called = n.Name
	}
	return &importer.Import{Changes: []*series.Change{{Name: called, Why: n.Why, Kind: series.KindPull, Pull: from,
		Commit: commit, Required: true}}}
}

// listed joins the first of many names, and says how many there are.
func listed(names []string) string {
	const most = 20
	if len(names) <= most {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
}
