//go:build mage

package main

import (
	"context"

	"github.com/howdah/howdah/internal/pipeline"
)

// Edit appends a counted edit to series.toml and prints its diff: NAME FILE FIND REPLACE. Flags: -why= -count=1 -match -dry
func (Patch) Edit(ctx context.Context, name, file, find, replace string, why *string, count *int, match, dry *bool) error {
	return run(ctx, "patch:edit", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Edit(ctx, pipeline.NewEdit{Name: name, File: file, Find: find, Replace: replace, Why: why, Count: count, Match: match, Dry: dry})
	})
}

// New opens the patched tree as a git work tree, one commit a change. Flags: -dir= -change=NAME -ref= -date= -without= -offline
func (Patch) New(ctx context.Context, dir, change, ref, date, without *string, offline *bool) error {
	return run(ctx, "patch:new", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.New(ctx, pipeline.Choice{Ref: ref, Date: date, Without: without, Offline: offline}, dir, change)
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

// Pin pins a pull, or an overlay from elsewhere, to a reviewed commit: NAME, -commit= (default: where it is now). Flags: -dry
func (Patch) Pin(ctx context.Context, name string, commit *string, dry *bool) error {
	return run(ctx, "patch:pin", func(ctx context.Context, p *pipeline.Pipeline) error { return p.PinChange(ctx, name, commit, dry) })
}

// Drop takes a landed change out and leaves its proof, or with -gone takes it out altogether. Flags: -ref= -offline -dry
func (Patch) Drop(ctx context.Context, name string, gone *bool, ref *string, offline, dry *bool) error {
	return run(ctx, "patch:drop", func(ctx context.Context, p *pipeline.Pipeline) error {
		return p.Drop(ctx, pipeline.Choice{Ref: ref, Offline: offline, Dry: dry}, name, gone)
	})
}
