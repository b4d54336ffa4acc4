//go:build mage

// Code generated from internal/target by go test ./internal -run Magefiles -update. DO NOT EDIT.

package main

import (
	"context"

	"github.com/magefile/mage/mg"

	"github.com/howdah/howdah/internal/target"
)

// Patch is the namespace of patch:…
type Patch mg.Namespace

// Check checks whether every change still applies, and shows a line for each.
func (Patch) Check(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	strict *bool, // exit 3 for landed and partly landed changes and for remarks too
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchCheck, nil,
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("strict", strict),
		toggle("offline", offline),
	)
}

// Checkout writes the whole patched tree into a new folder.
func (Patch) Checkout(
	ctx context.Context,
	folder string, // a folder that does not exist yet
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchCheckout, []string{folder},
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("offline", offline),
	)
}

// Diff prints what the series, or one change, does to the tree.
func (Patch) Diff(
	ctx context.Context,
	change *string, // only this change
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchDiff, nil,
		value("change", change),
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("offline", offline),
	)
}

// Drop removes a landed change and leaves an entry that proves it.
func (Patch) Drop(
	ctx context.Context,
	name string, // a change's name
	gone *bool, // remove it without a proof, landed or not
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchDrop, []string{name},
		toggle("gone", gone),
		value("ref", ref),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Edit appends a counted edit to series.toml and prints its diff.
func (Patch) Edit(
	ctx context.Context,
	name string, // a change's name
	file string, // a file of upstream's
	find string, // the text that is replaced
	replace string, // the text in its place
	why *string, // why the change is made; series.toml keeps it
	count *string, // how often the text must be found
	match *bool, // FIND is a regular expression (RE2)
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchEdit, []string{name, file, find, replace},
		value("why", why),
		value("count", count),
		toggle("match", match),
		toggle("dry", dry),
	)
}

// Export writes the series as a quilt series or a mailbox, or one change as a branch.
func (Patch) Export(
	ctx context.Context,
	form string, // quilt, mailbox or branch
	dir *string, // where to write it, which quilt and a branch need; a mailbox is printed without it
	change *string, // only this change; a branch needs it
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchExport, []string{form},
		value("dir", dir),
		value("change", change),
		value("ref", ref),
		toggle("offline", offline),
	)
}

// Find finds where a text of the web page or of a mail comes from: files, translation keys, and the code that uses them.
func (Patch) Find(
	ctx context.Context,
	text string, // the text as it is shown, or a part of it
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchFind, []string{text},
		value("ref", ref),
		toggle("offline", offline),
	)
}

// History shows the series over upstream's history: which commit broke a change, which merged it.
func (Patch) History(
	ctx context.Context,
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	from *string, // the commit before the range
	months *string, // how far to look back
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchHistory, nil,
		value("ref", ref),
		value("from", from),
		value("months", months),
		toggle("offline", offline),
	)
}

// Import imports a fork's branch, a folder of patches, a quilt series, a mailbox, a pull request, a commit, a script or a Dockerfile.
func (Patch) Import(
	ctx context.Context,
	from string, // a file, a folder, a clone@BRANCH, owner/repo@BRANCH, owner/repo#N or a URL
	name *string, // the name of the change
	why *string, // why the change is made; series.toml keeps it
	prefix *string, // put before the name of each change that is imported
	only *string, // of a fork, only these files and folders
	without *string, // of a fork, not these files and folders
	run *bool, // run a script or Dockerfile, in a sandbox without network, for what cannot be followed
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchImport, []string{from},
		value("name", name),
		value("why", why),
		value("prefix", prefix),
		value("only", only),
		value("without", without),
		toggle("run", run),
		value("ref", ref),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// New opens the patched tree as a git work tree, one commit a change.
func (Patch) New(
	ctx context.Context,
	dir *string, // the new work tree; default dist/tree
	change *string, // open the tree at this change, which does not apply, to resolve it
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	date *string, // the day on which dates of changes are judged, in place of today
	without *string, // leave out these changes
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchNew, nil,
		value("dir", dir),
		value("change", change),
		value("ref", ref),
		value("date", date),
		value("without", without),
		toggle("offline", offline),
	)
}

// Overlay puts a file of your own in the place of upstream's, or a new one beside them.
func (Patch) Overlay(
	ctx context.Context,
	name string, // a change's name
	file string, // your file, or a folder with files
	path string, // where it goes in upstream's tree
	why *string, // why the change is made; series.toml keeps it
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchOverlay, []string{name, file, path},
		value("why", why),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Pin pins a pull request, or an overlay from another repository, to a commit that you reviewed.
func (Patch) Pin(
	ctx context.Context,
	name string, // a change's name
	commit *string, // the commit; default where it is now
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchPin, []string{name},
		value("commit", commit),
		toggle("dry", dry),
	)
}

// Refresh rebases the series onto upstream, writes only what changed, and proves that the tree is the same.
func (Patch) Refresh(
	ctx context.Context,
	change *string, // only this change
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchRefresh, nil,
		value("change", change),
		value("ref", ref),
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Remove removes a change that you no longer want from the series; refuses while another change needs it.
func (Patch) Remove(
	ctx context.Context,
	name string, // a change's name
	offline *bool, // ask nobody: use what was fetched before
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchRemove, []string{name},
		toggle("offline", offline),
		toggle("dry", dry),
	)
}

// Save saves the commits of patch:new's work tree as changes.
func (Patch) Save(
	ctx context.Context,
	dir *string, // the work tree; default dist/tree
	force *bool, // save a resolution even if it takes back what upstream did
	dry *bool, // print the plan and write nothing
) error {
	return call(ctx, target.PatchSave, nil,
		value("dir", dir),
		toggle("force", force),
		toggle("dry", dry),
	)
}

// Show prints one change, its verdict and its diff; exits as a check of it alone.
func (Patch) Show(
	ctx context.Context,
	name string, // a change's name
	ref *string, // upstream's branch, commit, tag or tag pattern, or @released, in place of [upstream] ref
	offline *bool, // ask nobody: use what was fetched before
) error {
	return call(ctx, target.PatchShow, []string{name},
		value("ref", ref),
		toggle("offline", offline),
	)
}
