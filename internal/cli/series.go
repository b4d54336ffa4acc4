package cli

import (
	"context"

	"github.com/howdah/howdah/internal/author"
	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/patchimport"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/worktree"
)

// authoring has the work of the targets that edit the series.
var authoring = []binding{
	{target.PatchEdit, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Edit(ctx, author.Edit{
			Name: o.Name, File: o.File, Find: o.Find, Replace: o.Replace, Why: o.Why, Count: o.Count, Match: o.Match,
		})
	}), nil},
	{target.PatchOverlay, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Overlay(ctx, author.Overlay{Name: o.Name, File: o.File, Path: o.Path, Why: o.Why})
	}), nil},
	{target.PatchRemove, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Remove(ctx, o.Name)
	}), nil},
	{target.PatchNew, func(ctx context.Context, s *session.Session, o target.Options) error {
		return worktree.New(ctx, s, chosen(s, o), o.Dir, o.Change)
	}, nil},
	{target.PatchSave, func(ctx context.Context, s *session.Session, o target.Options) error {
		return worktree.Save(ctx, s, worktree.SaveOptions{Dir: o.Dir, Force: o.Force, Dry: o.Dry})
	}, nil},
	{target.PatchRefresh, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Refresh(ctx, o.Change)
	}), nil},
	{target.PatchImport, func(ctx context.Context, s *session.Session, o target.Options) error {
		return patchimport.For(s, chosen(s, o), o.Dry).Import(ctx, o.From, patchimport.Options{
			Name: o.Title, Why: o.Why, Prefix: o.Prefix, Only: o.Only, Without: o.Except, Run: o.Run,
			Sandbox: build.Sandbox{Session: s},
		})
	}, nil},
	{target.PatchExport, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Export(ctx, o.Form, o.Dir, o.Change)
	}), nil},
	{target.PatchPin, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Pin(ctx, o.Name, tree.ID(o.Commit))
	}), nil},
	{target.PatchDrop, by(func(ctx context.Context, a *author.Author, o target.Options) error {
		return a.Drop(ctx, o.Name, o.Gone)
	}), nil},
}

// by adapts a method of the author to a target's work.
func by(work func(context.Context, *author.Author, target.Options) error) targetWork {
	return func(ctx context.Context, s *session.Session, o target.Options) error {
		return work(ctx, author.For(s, chosen(s, o), o.Dry), o)
	}
}
