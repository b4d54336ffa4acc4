//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Check tells whether every change still applies: one line each, all failures. Flags: -ref= -date= -without= -strict -offline
func (Patch) Check(ctx context.Context, ref, date, without *string, strict, offline *bool) error {
	return run(ctx, "patch:check", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Check(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Strict: strict, Offline: offline})
	})
}

// History tells the series' fate over upstream's history, with pictures. Flags: -ref= -from= -months=12 -offline
func (Patch) History(ctx context.Context, ref, from *string, months *int, offline *bool) error {
	return run(ctx, "patch:history", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.History(ctx, pipeline.Choice{Ref: ref, Offline: offline}, from, months)
	})
}

// Show prints one change, its verdict and its diff. Flags: -ref= -offline
func (Patch) Show(ctx context.Context, name string, ref *string, offline *bool) error {
	return run(ctx, "patch:show", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Show(ctx, pipeline.Choice{Ref: ref, Offline: offline}, name)
	})
}

// Diff prints what the series, or one change, does to the tree. Flags: -change=NAME -ref= -offline
func (Patch) Diff(ctx context.Context, change, ref, date, without *string, offline *bool) error {
	return run(ctx, "patch:diff", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Diff(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline}, change)
	})
}

// Checkout writes the whole patched tree into a new folder. Flags: -ref= -without= -offline
func (Patch) Checkout(ctx context.Context, dir string, ref, date, without *string, offline *bool) error {
	return run(ctx, "patch:checkout", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Checkout(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline}, dir)
	})
}

// Edit appends a counted edit to series.toml and prints its diff: NAME FILE FIND REPLACE. Flags: -why= -count=1 -match -dry
func (Patch) Edit(ctx context.Context, name, file, find, replace string, why *string, count *int, match, dry *bool) error {
	return run(ctx, "patch:edit", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Edit(ctx, pipeline.NewEdit{Name: name, File: file, Find: find, Replace: replace, Why: why, Count: count, Match: match, Dry: dry})
	})
}

// New opens the patched tree as a git work tree, one commit a change. Flags: -dir= -change=NAME -ref= -offline
func (Patch) New(ctx context.Context, dir, change, ref *string, offline *bool) error {
	return run(ctx, "patch:new", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.New(ctx, pipeline.Choice{Ref: ref, Offline: offline}, dir, change)
	})
}

// Save takes the edits of patch:new's work tree back as changes. Flags: -dir= -dry
func (Patch) Save(ctx context.Context, dir *string, dry *bool) error {
	return run(ctx, "patch:save", func(ctx context.Context, p *pipeline.Pipeline) error { return p.Save(ctx, dir, dry) })
}

// Refresh rebases the series onto upstream, touching only what changed, and proves it. Flags: -change= -ref= -offline -dry
func (Patch) Refresh(ctx context.Context, change, ref *string, offline, dry *bool) error {
	return run(ctx, "patch:refresh", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Refresh(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry}, change)
	})
}

// Import takes in a quilt series, a folder of patches, a mailbox, owner/repo#N, a commit URL, or a script of sed lines. Flags: -name= -why= -dry
func (Patch) Import(ctx context.Context, from string, name, why, ref *string, offline, dry *bool) error {
	return run(ctx, "patch:import", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Import(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry}, from, name, why)
	})
}

// Export writes the series as -form=quilt, mailbox or branch, into -dir=. Flags: -change=NAME -ref= -offline
func (Patch) Export(ctx context.Context, form string, dir, change, ref *string, offline *bool) error {
	return run(ctx, "patch:export", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Export(ctx, pipeline.Choice{Ref: ref, Offline: offline}, form, dir, change)
	})
}

// Pin pins a pull request's change to a reviewed commit: NAME, -commit= (default: where it is now). Flags: -dry
func (Patch) Pin(ctx context.Context, name string, commit *string, dry *bool) error {
	return run(ctx, "patch:pin", func(ctx context.Context, p *pipeline.Pipeline) error { return p.PinPull(ctx, name, commit, dry) })
}

// Drop takes a landed change out and leaves its proof, or with -gone takes it out altogether. Flags: -ref= -offline -dry
func (Patch) Drop(ctx context.Context, name string, gone *bool, ref *string, offline, dry *bool) error {
	return run(ctx, "patch:drop", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Drop(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry}, name, gone)
	})
}
