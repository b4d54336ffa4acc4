package patchimport

import (
	"context"
	"errors"
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
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/quilt"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

var commitURL = regexp.MustCompile(`^https://github\.com/` + repository + `/commit/([0-9a-f]{40})/?$`)

// read imports from what the form of the argument says it is.
func (m *Importer) read(ctx context.Context, u candidate.Upstream, from string,
	n Options) (*importer.Import, error) {
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
		part := commitURL.FindStringSubmatch(from)
		return pullOf(part[1], tree.ID(part[2]), n), nil
	}
	src := importer.Source{Upstream: patchform.Of(u.Facts.Tree), Prefix: n.Prefix}
	info, err := os.Stat(m.s.Path(from))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "there is no %s", from).
			WithHint("a quilt series, a folder of patches, a mailbox, owner/repo#N, a commit's URL, or a script of sed lines")
	}
	if err != nil {
		return nil, fault.New(fault.Usage, "reading the file: %w", errors.Unwrap(err)).At(from, 0)
	}
	if info.IsDir() {
		folder, err := files.OpenFolder(m.s.Path(from))
		if err != nil {
			return nil, err
		}
		imported, err := src.Folder(ctx, series.Folder{Name: from, FS: folder})
		if err == nil && len(imported.Changes)+len(imported.Left) == 0 {
			err = scriptsOnly(from, folder)
		}
		return imported, err
	}
	data, err := files.ReadNamed(m.s.Path(from), from, files.MaxImport)
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
	return m.readScript(ctx, u, from, data, n)
}

// applyName sets the name and the why that the options give, for an import of one change.
func applyName(i *importer.Import, n Options) error {
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
func pullOf(from string, commit tree.ID, n Options) *importer.Import {
	called := importer.Prefixed(n.Prefix, series.SlugOf(strings.NewReplacer("#", "-", "/", "-").Replace(from)))
	if n.Name != "" {
		called = n.Name
	}
	return &importer.Import{Changes: []*series.Change{{Name: called, Why: n.Why, Kind: series.KindPull, Pull: from,
		Commit: commit, Required: true}}}
}
