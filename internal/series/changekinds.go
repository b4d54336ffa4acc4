package series

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/toml"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/safety"
	"github.com/howdah/howdah/internal/tree"
)

func (l *loader) edits(k *toml.Key, c *Change) {
	if k.Value.Kind != toml.Array || len(k.Value.List) == 0 {
		l.wrong(k.Line, "%q is not a list of replacements", "edit").
			Hint = fault.Hintf(`%s`, `edit = [ { file = "…", find = "…", replace = "…" } ]`)
		return
	}
	if n := len(k.Value.List); n > maxEdits {
		l.wrong(k.Line, "the change has %d edits, at most %d are allowed", n, maxEdits)
		return
	}
	for _, t := range k.Value.List {
		if t.Kind != toml.Table {
			l.wrong(t.Line, "an edit is not a table").Hint = fault.Hintf(`%s`, `{ file = "…", find = "…", replace = "…" }`)
			continue
		}
		l.checkKeys(t, "in an edit", editKeys)
		e := Edit{File: l.optional(t, "file"), Find: l.optional(t, "find"), Match: l.optional(t, "match"),
			Replace: l.optional(t, "replace"), Count: 1, Line: t.Line}
		if n := t.Get("count"); n != nil {
			e.Count = l.count(n)
		}
		for _, name := range []string{"file", "replace"} {
			if t.Get(name) == nil {
				l.wrong(t.Line, "an edit has no %q", name)
			}
		}
		if (t.Get("find") == nil) == (t.Get("match") == nil) {
			l.wrong(t.Line, "an edit has neither or both of %q and %q", "find", "match").
				Hint = fault.Hintf("find is exact text, match a regular expression")
			continue
		}
		if err := l.used.expression(&e); err != nil {
			l.wrong(t.Line, "%v", err)
			return
		}
		if err := e.Check(); err != nil {
			l.wrong(t.Line, "%v", err)
		}
		if refused := safety.CheckPath(e.File, c.Allowed()); refused != nil && c.Refused == nil && t.Get("file") != nil {
			c.Refused = refused.At(l.at(seriesFile), t.Get("file").Line)
		}
		c.Edits = append(c.Edits, e)
	}
}

func (l *loader) patch(k *toml.Key, c *Change) {
	name := l.text(k)
	if k.Value.Kind != toml.String {
		return
	}
	l.named[name] = true
	l.load(c, name, &File{Strip: 1}, k.Line)
}

// load reads a patch file for a change that names it on a line of the series. The caller sets in f how its folder
// describes the patch.
func (l *loader) load(c *Change, name string, f *File, line int) {
	c.Kind = KindPatch
	data, err := l.file(name)
	if err != nil && err.Code == fault.Usage {
		if _, lacks := fs.Lstat(l.folder.FS, name); !errors.Is(lacks, fs.ErrNotExist) {
			l.errs = append(l.errs, err.At(c.File, line))
			return
		}
		err = err.WithHint("bring it back: git checkout -- %s; or remove the change: %s", l.at(name),
			fault.Command{Target: "patch:remove", Args: []string{c.Name}}) // the others are judged
		l.absent = append(l.absent, err.At(c.File, line))
	}
	if f.quilt && err == nil {
		if data, f.unpacked = patchform.Unpack(data, MaxFile); f.unpacked != "" {
			err = l.used.read(int64(len(data)))
		}
	}
	c.Patch = f
	f.Name, f.Data = l.at(name), data
	if err != nil {
		c.Refused = err.At(c.File, line)
		return
	}
	if c.Refused = c.Patch.Parse(c.Allowed()); c.Refused != nil {
		return
	}
	if err := l.used.read(unpacked(c.Patch.Files)); err != nil {
		c.Patch.Files = nil
		c.Refused = err.At(f.Name, 0)
		return
	}
	if l.used.lines += bytes.Count(data, []byte("\n")); l.used.lines > maxLines {
		c.Patch.Files = nil
		c.Refused = safety.Malformed("the patches of the series have more than %d lines, which is the limit", maxLines).
			At(f.Name, 0)
	}
}

// unpacked returns the size of the binary contents of patches, uncompressed, in bytes.
func unpacked(files []*diff.File) (n int64) {
	for _, f := range files {
		n += f.Unpacked()
	}
	return n
}

// overlay reads an overlay: a folder's name, or a table that names another repository.
func (l *loader) overlay(k, over *toml.Key, c *Change) {
	c.Overlay = &Overlay{Over: map[string]string{}}
	if over != nil {
		l.over(over, c.Overlay.Over)
	}
	switch k.Value.Kind {
	case toml.String:
		l.localOverlay(k, c)
	case toml.Table:
		l.remoteOverlay(k.Value, c)
	default:
		l.wrong(k.Line, "%q is neither a folder's name nor a table", "overlay").
			Hint = fault.Hintf("%s", "known in the table: "+strings.Join(overlayKeys, ", "))
	}
}

func (l *loader) over(k *toml.Key, sums map[string]string) {
	if k.Value.Kind != toml.Table {
		l.wrong(k.Line, "%q is not a table", "over").
			Hint = fault.Hintf(`%s`, `over = { "path" = "sha256 of the file that is replaced" }`)
		return
	}
	for _, o := range k.Value.Keys {
		sum := strings.TrimPrefix(l.text(o), "sha256:")
		if o.Value.Kind == toml.String && !sumForm.MatchString(sum) {
			l.wrong(o.Line, "%q is not a sha256", o.Value.Text).Hint = fault.Hintf("64 hex digits in small letters")
		}
		sums[o.Name] = sum
	}
}

func (l *loader) localOverlay(k *toml.Key, c *Change) {
	name := l.text(k)
	dir := path.Join(OverlaysFolder, name)
	if name == "" || strings.ContainsAny(name, `/\`) || !fs.ValidPath(dir) || path.Dir(dir) != OverlaysFolder {
		c.Refused = safety.Unsafe("overlay %q is not a folder below %s", name, l.at(OverlaysFolder)).At(c.File, k.Line)
		return
	}
	l.named[dir] = true
	info, err := fs.Lstat(l.folder.FS, dir)
	if err != nil || !info.IsDir() {
		if err == nil && info.Mode()&fs.ModeSymlink != 0 {
			c.Refused = safety.Unsafe("%q is a symbolic link", l.at(dir)).At(c.File, k.Line)
			return
		}
		l.wrong(k.Line, "there is no folder %q", l.at(dir))
		return
	}
	c.Overlay.Folder, c.Overlay.Local = name, map[string]tree.File{}
	var found []string
	err = fs.WalkDir(l.folder.FS, dir, func(name string, e fs.DirEntry, err error) error {
		if err == nil && name != dir { // strays counts the overlay's own folder
			err = l.used.entry(name)
		}
		if err != nil {
			return err
		}
		if e.IsDir() {
			l.unlinked[name] = true
			return nil
		}
		if found = append(found, name); len(found) > MaxTouched {
			c.Refused = safety.Malformed("the overlay has more than %d files", MaxTouched).At(l.at(name), 0)
			return fs.SkipAll
		}
		return nil
	})
	for _, name := range found {
		if err != nil || c.Refused != nil {
			break
		}
		to := strings.TrimPrefix(name, dir+"/")
		f, refused := l.overlaid(name)
		if refused == nil {
			refused = safety.CheckPath(to, c.Allowed())
		}
		if refused != nil {
			c.Refused = refused.At(l.at(name), 0)
		}
		c.Overlay.Local[to] = f
	}
	if err != nil {
		l.wrong(k.Line, "reading the overlay: %v", err)
	} else if len(c.Overlay.Local) == 0 && c.Refused == nil {
		l.wrong(k.Line, "the overlay %q has no files", l.at(dir))
	}
}

// overlaid reads one file of an overlay. Links and special files are refused.
func (l *loader) overlaid(name string) (tree.File, *fault.Error) {
	info, err := fs.Lstat(l.folder.FS, name)
	if err != nil {
		return tree.File{}, safety.Malformed("reading the overlay: %w", err)
	}
	mode := info.Mode()
	switch {
	case !mode.IsRegular():
		return tree.File{}, safety.Unsafe("an overlay holds files only, this is %s", files.Describe(mode))
	case mode&(fs.ModeSetuid|fs.ModeSetgid|fs.ModeSticky) != 0:
		return tree.File{}, safety.Unsafe("the file has mode %s", mode)
	}
	data, refused := l.file(name)
	f := tree.File{Mode: tree.Regular, Data: data}
	if mode&0o100 != 0 {
		f.Mode = tree.Executable
	}
	return f, refused
}

func (l *loader) remoteOverlay(t *toml.Value, c *Change) {
	o := c.Overlay
	l.checkKeys(t, "in an overlay", overlayKeys)
	o.Repository = l.optional(t, "repository")
	if k := t.Get("repository"); k == nil {
		l.wrong(t.Line, "the overlay has no %q", "repository")
	} else if err := checkRepository(o.Repository); err != nil && k.Value.Kind == toml.String {
		l.wrong(k.Line, "%v", err)
	}
	o.Commit = l.commit(t.Get("commit"), t.Line, "overlay")
	if k := t.Get("sha256"); k != nil {
		if o.Sum = l.text(k); k.Value.Kind == toml.String && !sumForm.MatchString(o.Sum) {
			l.wrong(k.Line, "%q is not a sha256", o.Sum).Hint = fault.Hintf("64 hex digits in small letters")
		}
	}
	files := t.Get("files")
	if files == nil || files.Value.Kind != toml.Table || len(files.Value.Keys) == 0 {
		l.wrong(t.Line, "the overlay has no %q", "files").
			Hint = fault.Hintf(`%s`, `files = { "folder or file there" = "folder or file in the tree" }`)
		return
	}
	o.Paths = map[string]string{}
	for _, k := range files.Value.Keys {
		to := l.text(k)
		o.Paths[k.Name] = to
		refused := safety.CheckPath(to, c.Allowed())
		if refused == nil && k.Name != "." {
			refused = safety.CheckPath(k.Name, safety.Guarded())
		}
		if refused != nil && c.Refused == nil && k.Value.Kind == toml.String {
			c.Refused = refused.At(c.File, k.Line)
		}
	}
}

// checkRepository refuses an address that would make git run a program, and one that contains a credential.
func checkRepository(address string) error {
	switch {
	case address == "" || strings.HasPrefix(address, "-") || strings.ContainsFunc(address, safety.Hidden):
		return fmt.Errorf("repository %q is not an address", address)
	case strings.Contains(address, "::"):
		return fmt.Errorf("repository %q names a program to run, not a repository", address)
	}
	scheme, rest, ok := strings.Cut(address, "://")
	if !ok {
		return nil // a path, or host:path for ssh: git reports it if it does not exist
	}
	if !slices.Contains([]string{"https", "ssh", "file"}, scheme) {
		return fmt.Errorf("repository %q is not of https, ssh or this machine", address)
	}
	if strings.ContainsAny(rest, "?#") {
		return errors.New("the repository's address has a query or a fragment after its path: end it there, and keep a " +
			"token in git's credential helper")
	}
	host, _, _ := strings.Cut(rest, "/")
	if user, _, ok := strings.Cut(host, "@"); ok && (scheme != "ssh" || strings.Contains(user, ":")) {
		return errors.New("the repository's address holds credentials; git's own helpers keep them")
	}
	return nil
}
