package author

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/serieswriter"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Overlay is what patch:overlay puts into the tree.
type Overlay struct {
	Name, File, Path string // the change; a file or folder on this machine; where it goes in upstream's tree
	Why              string
}

// Overlay runs patch:overlay: it makes an overlay of a person's own files, or adds them to an existing one, if it
// applies at upstream's tip. The overlay records the checksum of each upstream file that it replaces.
func (a *Author) Overlay(ctx context.Context, n Overlay) error {
	if err := series.CheckName(n.Name); err != nil {
		return err
	}
	added, err := a.overlayFiles(n)
	if err != nil {
		return err
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		now, err := u.Judge(ctx, a.s)
		if err != nil {
			return err
		}
		e := a.writer()
		replaced, err := a.putOverlay(ctx, e, now, n, added)
		if err != nil {
			return err
		}
		o, err := e.Try(ctx, u)
		if err != nil {
			return err
		}
		out, err := o.Outcome(n.Name)
		switch {
		case err != nil:
			return err
		case out.Verdict == verdict.Landed:
			return fault.New(fault.Usage, "%s is the same as upstream's, so nothing is written", n.Path)
		case out.Verdict.Fails():
			code := fault.Series
			if out.Error != nil {
				code = out.Error.Code
			}
			return fault.New(code, "the overlay does not apply to %s, so nothing is written: %s", u.Pin.Commit.Short(),
				out.Message).WithHint("%s", hintOf(*out))
		}
		if err := a.showAdded(ctx, *out, added, replaced); err != nil {
			return err
		}
		if _, err := u.ShowOutdated(ctx, a.s, o, []*series.Change{out.Change}); err != nil {
			return err
		}
		return e.Write(ctx, o)
	})
}

// showAdded prints what became of each file of an overlay, and where a new folder has almost the name of another.
func (a *Author) showAdded(ctx context.Context, out verdict.Outcome, added map[string]tree.File,
	replaced map[string]string) error {
	noted := map[string]bool{}
	for _, name := range slices.Sorted(maps.Keys(added)) {
		if replaced[name] != "" {
			a.s.Term.Answerf("%s  %s: %s replaces upstream's", out.Verdict, out.Change.Name, name)
			continue
		}
		a.s.Term.Answerf("%s  %s: %s is new", out.Verdict, out.Change.Name, name)
		folder, near, err := candidate.NearFolder(ctx, out.Before, name)
		if err != nil {
			return err
		}
		if near != "" && !noted[folder] {
			noted[folder] = true
			a.s.Term.Answerf("note: %s is a new folder; upstream has %s", folder, near)
		}
	}
	return nil
}

// putOverlay hands files to the writer, as a new change or into the one of that name. It returns the checksums of the
// upstream files that they replace.
func (a *Author) putOverlay(ctx context.Context, e *serieswriter.Writer, now *candidate.Candidate, n Overlay,
	added map[string]tree.File) (replaced map[string]string, err error) {
	folder, before, dir := e.Home(), now.Result.Tree, n.Name
	var c *series.Change
	if out, _ := now.Outcome(n.Name); out != nil {
		c, before = out.Change, out.Before
		if folder, err = e.FolderOf(c); err != nil {
			return nil, err
		}
		if c.Kind != series.KindOverlay || c.Overlay.Folder == "" {
			return nil, fault.New(fault.Usage, "change %q has no folder of files to add to", n.Name).At(c.File, c.Line).
				WithHint("give the files a change of their own, with another name")
		}
		dir = c.Overlay.Folder
	}
	if replaced, err = originals(ctx, before, added); err != nil {
		return nil, err
	}
	d, err := e.Document(folder)
	if err != nil {
		return nil, err
	}
	if c == nil {
		err = d.Append(&series.Change{Name: n.Name, Why: n.Why, Kind: series.KindOverlay, Required: true,
			Overlay: &series.Overlay{Folder: dir, Local: map[string]tree.File{}, Over: replaced}})
	} else {
		over := maps.Clone(c.Overlay.Over)
		for name := range added {
			delete(over, name)
		}
		if over == nil {
			over = map[string]string{}
		}
		if maps.Copy(over, replaced); !maps.Equal(over, c.Overlay.Over) {
			err = d.SetOver(c, over)
		}
	}
	for name, file := range added {
		e.SetFile(folder, overlayFile(dir, name), &file)
	}
	return replaced, err
}

// overlayFile returns the path of an overlay's file in a folder of changes.
func overlayFile(dir, name string) string {
	return filepath.Join(series.OverlaysFolder, dir, filepath.FromSlash(name))
}

// originals returns the checksums of the files of a tree that others replace.
func originals(ctx context.Context, t *tree.Tree, added map[string]tree.File) (map[string]string, error) {
	sums := map[string]string{}
	for name, file := range added {
		old, err := t.ReadFile(ctx, name)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return nil, fault.New(fault.Usage, "%s: expected a file of upstream's or nothing, found %w", name, err)
		case old.Mode != file.Mode || string(old.Data) != string(file.Data):
			sums[name] = series.SHA256(old.Data)
		}
	}
	return sums, nil
}

// overlayFiles reads the files that a person named; the keys are their paths in the tree.
func (a *Author) overlayFiles(n Overlay) (map[string]tree.File, error) {
	from := a.s.Path(n.File)
	info, err := os.Stat(from)
	if err != nil {
		return nil, fault.New(fault.Usage, "reading %s: %w", n.File, errors.Unwrap(err)).
			WithHint("%s", target.PatchOverlay.Command("NAME", "FILE", "PATH"))
	}
	to := n.Path
	if !info.IsDir() && strings.HasSuffix(to, "/") {
		to += filepath.Base(from)
	}
	to = strings.TrimSuffix(to, "/")
	added := map[string]tree.File{}
	add := func(file, name string, info fs.FileInfo) error {
		if refused := safety.CheckPath(name, nil); refused != nil {
			return refused
		}
		data, err := files.ReadNamed(file, file, files.MaxChange)
		if err != nil {
			return err
		}
		mode := tree.Regular
		if info.Mode()&0o100 != 0 {
			mode = tree.Executable
		}
		added[name] = tree.File{Mode: mode, Data: data}
		return nil
	}
	if !info.IsDir() {
		return added, add(from, to, info)
	}
	err = filepath.WalkDir(from, func(file string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		rel, err := filepath.Rel(from, file)
		if err != nil {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		if !info.Mode().IsRegular() {
			return fault.New(fault.Usage, "%s: expected a file, found %s", path.Join(n.File, rel), files.Describe(info.Mode())).
				WithHint("an overlay holds files only")
		}
		if len(added) >= series.MaxTouched {
			return fault.New(fault.Usage, "%s: expected at most %d files, found more", n.File, series.MaxTouched)
		}
		return add(file, path.Join(to, filepath.ToSlash(rel)), info)
	})
	if err == nil && len(added) == 0 {
		err = fault.New(fault.Usage, "%s: expected files, found none", n.File)
	}
	if err != nil {
		return nil, fmt.Errorf("reading the overlay: %w", err)
	}
	return added, nil
}
