package history

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Work is what a change does, as far as upstream could take it in.
type Work struct {
	Sum   string       // the change's
	Since tree.ID      // upstream has not contained it at this commit; "": look through all of history
	Files []*diff.File // the whole change as one diff
	Proof tree.ID      // the upstream commit that is said to have taken it in; Files are then what that commit did

	paired []*diff.File // Files with renames told, nil when there are none
}

// WorkOf gives each change's diff as it last made it: a patch's own, a pull request's from its merge base, an edit's
// and an overlay's from the lock's commit. Changes of which no diff is known are left out; whether they have landed
// shows only in what they change.
func (u Upstream) WorkOf(ctx context.Context, whole *series.Series, settings Settings, to tree.ID) ([]Work, error) {
	var out []Work
	accepted, err := madeAtLock(ctx, whole, settings)
	if err != nil {
		return nil, err
	}
	for _, c := range whole.Changes {
		if c.Refused != nil {
			continue
		}
		w := Work{Sum: c.Sum}
		switch c.Kind {
		case series.KindPatch:
			err = u.patchWork(ctx, &w, c, to)
		case series.KindPull:
			err = u.pullWork(ctx, &w, settings.Sources, c, to)
		case series.KindLanded:
			err = u.proofWork(ctx, &w, c)
		default:
			if m, ok := accepted[c]; ok {
				w.Since = m.at
				err = w.between(ctx, m.before, m.after)
			}
		}
		if err != nil {
			return nil, fmt.Errorf("reading what %q changes: %w", c.Name, err)
		}
		if len(w.Files) > 0 {
			out = append(out, w)
		}
	}
	return out, nil
}

// made is what a change did where it was last accepted.
type made struct {
	at            tree.ID // upstream's commit
	before, after *tree.Tree
}

// madeAtLock replays the series where it was last accepted and tells what each edit and overlay did there.
func madeAtLock(ctx context.Context, whole *series.Series, settings Settings) (map[*series.Change]made, error) {
	out := map[*series.Change]made{}
	if settings.Lock == nil {
		return out, nil
	}
	wanted := map[tree.ID][]*series.Change{}
	for _, c := range whole.Changes {
		if c.Kind != series.KindEdit && c.Kind != series.KindOverlay || c.Refused != nil {
			continue
		}
		for _, l := range settings.Lock.Changes {
			if l.Name == c.Name && l.Sum == c.Sum {
				wanted[cmp.Or(l.Commit, settings.Lock.Commit)] = append(wanted[cmp.Or(l.Commit, settings.Lock.Commit)], c)
			}
		}
	}
	for at, changes := range wanted {
		base, err := settings.Sources.Commit(ctx, "", at)
		if errors.Is(err, fs.ErrNotExist) {
			continue // upstream was rewound behind it
		}
		if err != nil {
			return nil, fmt.Errorf("reading the commit of series.lock: %w", err)
		}
		r, err := apply.Apply(ctx, whole, apply.Inputs{Base: base, Commit: at, Sources: settings.Sources, Lock: settings.Lock})
		if err != nil {
			return nil, fmt.Errorf("replaying the series at series.lock: %w", err)
		}
		for _, o := range r.Outcomes {
			if o.Verdict.Applies() && slices.Contains(changes, o.Change) {
				out[o.Change] = made{at, o.Before, o.After}
			}
		}
	}
	return out, nil
}

// patchAge is how long before its own date a patch may have been begun.
const patchAge = 60 * 24 * time.Hour

// patchWork reads a patch. One from a mail is dated, and landed after that, if it did.
func (u Upstream) patchWork(ctx context.Context, w *Work, c *series.Change, to tree.ID) (err error) {
	w.Files = c.Patch.Files
	if at, ok := mailDate(c.Patch.Data); ok {
		w.Since, err = u.Since(ctx, to, at.Add(-patchAge))
	}
	return err
}

// mailDate reads the header Date of a patch that git format-patch wrote.
func mailDate(data []byte) (time.Time, bool) {
	header, _, _ := bytes.Cut(data, []byte("\n\n"))
	for line := range strings.Lines(string(header)) {
		if value, ok := strings.CutPrefix(line, "Date: "); ok {
			at, err := time.Parse("Mon, 2 Jan 2006 15:04:05 -0700", strings.TrimSpace(value))
			return at, err == nil
		}
	}
	return time.Time{}, false
}

func (u Upstream) pullWork(ctx context.Context, w *Work, sources apply.Sources, c *series.Change, to tree.ID) error {
	base, head, err := sources.Pull(ctx, c)
	if err != nil {
		return err
	}
	if w.Since, err = u.Repo.MergeBase(ctx, c.Commit, to); err != nil {
		return err
	}
	return w.between(ctx, base, head)
}

// proofWork is what an upstream commit did.
func (u Upstream) proofWork(ctx context.Context, w *Work, c *series.Change) (err error) {
	w.Proof = c.Commit
	if c.Commit == "" {
		return nil
	}
	w.Since, err = u.Repo.Resolve(ctx, string(c.Commit)+"^1")
	if errors.Is(err, git.ErrNoRevision) {
		return nil
	}
	if err != nil {
		return err
	}
	before, err := u.Repo.At(ctx, w.Since)
	if err != nil {
		return err
	}
	after, err := u.Repo.At(ctx, c.Commit)
	if err != nil {
		return err
	}
	return w.between(ctx, before, after)
}

// between fills in the difference of two trees, file by file.
func (w *Work) between(ctx context.Context, a, b *tree.Tree) error {
	deltas, err := tree.Compare(ctx, a, b)
	if err != nil {
		return err
	}
	var touched []Touch
	for _, d := range deltas {
		touched = append(touched, Touch{Path: d.Path, Old: Version{d.Old.Mode, d.Old.ID}, New: Version{d.New.Mode, d.New.ID}})
	}
	read := func(id tree.ID) ([]byte, error) {
		data, err := a.Blob(ctx, id)
		if errors.Is(err, fs.ErrNotExist) {
			return b.Blob(ctx, id)
		}
		return data, err
	}
	if w.Files, err = diffTouched(touched, read); err == nil {
		w.paired, err = paired(w.Files, read)
	}
	return err
}

// diffTouched is what a commit did to the files that it touched, without looking for renames.
func diffTouched(touched []Touch, read func(tree.ID) ([]byte, error)) ([]*diff.File, error) {
	var out []*diff.File
	for _, t := range touched {
		f := &diff.File{OldMode: uint32(t.Old.Mode), NewMode: uint32(t.New.Mode), OldID: string(t.Old.ID), NewID: string(t.New.ID)}
		if f.New = !t.Old.Exists(); !f.New {
			f.OldName = t.Path
		}
		if f.Deleted = !t.New.Exists(); !f.Deleted {
			f.NewName = t.Path
		}
		var sides [2][]byte
		for i, v := range [2]Version{t.Old, t.New} {
			switch {
			case !v.Exists():
			case v.Mode == tree.Submodule:
				sides[i] = []byte("Subproject commit " + string(v.ID) + "\n")
			default:
				var err error
				if sides[i], err = read(v.ID); err != nil {
					return nil, fmt.Errorf("reading %q: %w", t.Path, err)
				}
			}
		}
		if !diff.IsBinary(sides[0]) && !diff.IsBinary(sides[1]) {
			f.Hunks = diff.Diff(sides[0], sides[1])
		}
		out = append(out, f)
	}
	return out, nil
}

// identity is what two diffs have in common that do the same: their patch-id, and the contents of binary files.
func identity(files []*diff.File) string {
	var text []*diff.File
	rest := ""
	for _, f := range files {
		if a, b := content(f.OldID), content(f.NewID); len(f.Hunks) == 0 && a != b {
			rest += fmt.Sprintf(" %s>%s", a, b)
		}
		plain := *f
		plain.Binary, plain.Similarity = nil, 0 // how much of a renamed file stays depends on the rest of it
		text = append(text, &plain)
	}
	return diff.PatchID(text) + rest
}

// content is the id of a file's content, "" where there is none: a diff may write that, an id of zeros, or none at all.
func content(id string) string {
	if strings.Trim(id, "0") == "" || strings.HasPrefix(id, "e69de29") { // git's id of an empty file, shortened maybe
		return ""
	}
	return id
}

// lines are the lines that a diff adds ('+') or removes ('-').
func lines(files []*diff.File, op byte) []string {
	var out []string
	for _, f := range files {
		for _, h := range f.Hunks {
			for _, l := range h.Lines {
				if l.Op == op {
					out = append(out, string(l.Text))
				}
			}
		}
	}
	return out
}

// longest is the longest word of some lines; a diff that is the same but for white space has it too.
func longest(lines []string) string {
	word := ""
	for _, l := range lines {
		for w := range strings.FieldsSeq(l) {
			if len(w) > len(word) {
				word = w
			}
		}
	}
	return word
}

// names are the paths that a diff touches, sorted.
func names(files []*diff.File) []string {
	all := map[string]bool{}
	for _, f := range files {
		if !f.New {
			all[f.OldName] = true
		}
		if !f.Deleted {
			all[f.NewName] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}
