package series

import (
	"errors"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/quilt"
	"github.com/howdah/howdah/internal/safety"
)

const (
	seriesFile     = "series.toml"
	OverlaysFolder = "overlays"
)

// Load reads folders of changes, in order, as one series. The error joins everything that is wrong with what the
// series says, each with its place. If a change is unsafe or malformed, that is no error of Load: the change is
// Refused. Granted are classes of safety.Guarded that every change may touch in this run, as if its allow listed
// them.
func Load(folders []Folder, granted ...string) (*Series, error) {
	s := &Series{Resolutions: Resolutions{}}
	var errs []error
	used := &usage{}
	var listed []string
	for _, f := range folders {
		listed = append(listed, path.Clean(f.Name))
	}
	for _, f := range folders {
		l := &loader{folder: f, series: s, granted: granted, listed: listed, used: used, named: map[string]bool{},
			unlinked: map[string]bool{}, first: len(s.Changes)}
		l.read()
		l.hintLineEnds()
		errs = append(errs, l.errs...)
	}
	if n := len(s.Changes); n > maxChanges {
		errs = append(errs, fault.New(fault.Usage, "the series has %d changes, at most %d are allowed", n, maxChanges))
	} else {
		errs = slices.Concat(errs, checkNames(s.Changes), checkCommits(s.Changes), checkFiles(s.Changes))
	}
	if n := len(errs); n > maxErrors {
		errs = append(errs[:maxErrors:maxErrors], fault.New(fault.Usage, "%d more errors in the series", n-maxErrors))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return s, nil
}

// checkCommits returns an error if the series names more commits than git finds in about a second.
func checkCommits(changes []*Change) []error {
	pinned, landed := 0, map[string]bool{}
	for _, c := range changes {
		if c.Kind == KindPull || c.Kind == KindOverlay && c.Overlay != nil && c.Overlay.Repository != "" {
			pinned++
		} else if c.Kind == KindLanded {
			landed[string(c.Commit)] = true
		}
		if pinned > maxPinned || len(landed) > maxLanded {
			return []error{fault.New(fault.Usage, "at most %d changes may be pull requests or overlays from other "+
				"repositories, and at most %d commits may have landed", maxPinned, maxLanded).At(c.File, c.Line).
				WithHint("take what was read as patches, which have no such limit: in a clone of it, git format-patch")}
		}
	}
	return nil
}

// checkFiles returns an error if the patches change more files than can be judged and reported in about a second.
func checkFiles(changes []*Change) []error {
	files := 0
	for _, c := range changes {
		if c.Refused != nil {
			continue // a refused change is not judged
		}
		for _, e := range c.Edits {
			files += foldersBeyond(e.File)
		}
		if c.Patch != nil {
			for _, f := range c.Patch.Files {
				files += 1 + max(foldersBeyond(f.OldName), foldersBeyond(f.NewName))
			}
		}
		if files > maxPatched {
			return []error{fault.New(fault.Usage, "the patches change more than %d files in all", maxPatched).
				At(c.File, c.Line).WithHint("put whole files into overlays: this limit does not count their files")}
		}
	}
	return nil
}

// foldersBeyond returns by how many folders a path is deeper than manyFolders: upstream's history is searched for each.
func foldersBeyond(name string) int { return max(0, strings.Count(name, "/")-manyFolders) }

// checkNames returns an error for each name that two changes have, unless no version of upstream is in the "for" of
// both.
func checkNames(changes []*Change) (errs []error) {
	named := map[string][]*Change{}
	for _, c := range changes {
		before := named[c.Name]
		if named[c.Name] = append(before, c); len(before) >= maxNamed {
			errs = append(errs, fault.New(fault.Usage, "more than %d changes have the name %q", maxNamed, c.Name).
				At(c.File, c.Line))
			return errs
		}
		for _, first := range before {
			if !c.For.Overlap(first.For) {
				continue
			}
			err := fault.New(fault.Usage, "change %q is listed twice, first at %s:%d", c.Name, first.File, first.Line).
				At(c.File, c.Line)
			if !c.For.IsZero() && !first.For.IsZero() {
				err = err.WithHint("for = %q and for = %q overlap", first.For, c.For)
			} else {
				err = err.WithHint("rename one, or say which versions each is for: for = %q", ">= 4.6")
			}
			errs = append(errs, err)
			break
		}
	}
	return errs
}

// loader reads one folder into a series, and collects the errors.
type loader struct {
	folder   Folder
	series   *Series
	granted  []string
	listed   []string        // the names of all folders of changes
	named    map[string]bool // patches and overlay folders that a change names
	unlinked map[string]bool // folders that are known not to be links
	used     *usage
	first    int // of the folder's changes in the series
	ends     lineEnds
	absent   []error // patches that are not there, of changes that are refused
	errs     []error
}

func (l *loader) fail(file string, line int, format string, args ...any) *fault.Error {
	err := fault.New(fault.Usage, format, args...).At(l.at(file), line)
	l.errs = append(l.errs, err)
	return err
}

// at returns a file's path as it is printed.
func (l *loader) at(file string) string { return path.Join(l.folder.Name, file) }

func (l *loader) read() {
	names, err := fs.ReadDir(l.folder.FS, ".")
	if err != nil {
		l.errs = append(l.errs, fault.New(fault.Usage, "reading the folder of changes: %w", err).At(l.folder.Name, 0))
		return
	}
	has := func(name string) bool {
		return slices.ContainsFunc(names, func(e fs.DirEntry) bool { return e.Name() == name && !e.IsDir() })
	}
	list := quilt.List(has)
	switch {
	case slices.ContainsFunc(names, func(e fs.DirEntry) bool { return e.Name() == seriesFile && e.IsDir() }):
		l.fail(seriesFile, 0, "expected a file, found a folder")
	case has(seriesFile) && has(quilt.Series):
		l.fail(quilt.Series, 1, "both a quilt series and %s are here", seriesFile)
	case has(seriesFile):
		l.series.listed = true
		if l.toml() {
			l.strays(seriesFile)
		}
	case list != "":
		l.series.listed = true
		l.quilt(list)
		l.strays(list)
	default:
		l.plain()
	}
	l.resolutions()
	if len(l.errs) > 0 { // nothing is judged
		l.errs = append(l.errs, l.absent...)
	}
	slices.SortStableFunc(l.errs, func(a, b error) int { return lineOf(a) - lineOf(b) })
}

func lineOf(err error) int {
	var e *fault.Error
	if errors.As(err, &e) {
		return e.Line
	}
	return 0
}

// ReadFile reads a file of the folder by the name that a change uses.
func (f Folder) ReadFile(name string) ([]byte, error) {
	l := &loader{folder: f, used: &usage{}, unlinked: map[string]bool{}}
	data, refused := l.file(name)
	if refused != nil {
		return nil, refused
	}
	return data, nil
}

// file reads a file of the folder. Neither it nor a folder on its path may be a symbolic link, so a change's files
// are always inside its folder.
func (l *loader) file(name string) ([]byte, *fault.Error) {
	if !fs.ValidPath(name) || name == "." || strings.ContainsFunc(name, safety.Hidden) || strings.Contains(name, `\`) {
		return nil, safety.Unsafe("%q does not lie in the folder of changes", name)
	}
	for i := range len(name) + 1 {
		if i < len(name) && (name[i] != '/' || l.unlinked[name[:i]]) {
			continue
		}
		info, err := fs.Lstat(l.folder.FS, name[:i])
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, safety.Malformed("the file %q does not exist", l.at(name))
		case err != nil:
			return nil, safety.Malformed("reading %q: %w", l.at(name), err)
		case info.Mode()&fs.ModeSymlink != 0:
			return nil, safety.Unsafe("%q is a symbolic link", l.at(name[:i]))
		case i == len(name) && !info.Mode().IsRegular():
			return nil, safety.Malformed("%q is not a file", l.at(name))
		case i == len(name) && info.Size() > MaxFile:
			return nil, safety.Malformed("%q has %d bytes, at most %d are allowed", l.at(name), info.Size(), MaxFile)
		case i == len(name):
			if refused := l.used.read(info.Size()); refused != nil {
				return nil, refused
			}
		default:
			l.unlinked[name[:i]] = true
		}
	}
	data, err := fs.ReadFile(l.folder.FS, name)
	if err != nil {
		return nil, safety.Malformed("reading %q: %w", l.at(name), err)
	}
	l.ends.read(data)
	return data, nil
}

// strays records an error for each patch and overlay folder that no change of the list names: it would look as if it
// had an effect.
func (l *loader) strays(list string) {
	err := fs.WalkDir(l.folder.FS, ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil {
			err = l.used.entry(name)
		}
		switch {
		case err != nil:
			return err
		case name == resolutions && e.IsDir(), name != "." && strings.HasPrefix(e.Name(), ".") && e.IsDir():
			return fs.SkipDir
		case name != "." && e.IsDir() && l.isFolderOfChanges(name):
			return fs.SkipDir
		case path.Dir(name) == OverlaysFolder:
			if !l.named[name] && (e.IsDir() || !strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(e.Name(), "README")) {
				kind := "file"
				if e.IsDir() {
					kind = "overlay"
				}
				l.stray(name, kind, list)
			}
			if e.IsDir() {
				return fs.SkipDir
			}
		case (strings.HasSuffix(name, ".patch") || strings.HasSuffix(name, ".diff")) && !e.IsDir() && !l.named[name]:
			l.stray(name, "patch", list)
		}
		return nil
	})
	if err != nil {
		l.errs = append(l.errs, fault.New(fault.Usage, "reading the folder of changes: %w", err).At(l.folder.Name, 0))
	}
}

// isFolderOfChanges reports whether a folder below this one is a folder of changes itself.
func (l *loader) isFolderOfChanges(name string) bool {
	if slices.Contains(l.listed, path.Clean(l.at(name))) {
		return true
	}
	_, err := fs.Stat(l.folder.FS, path.Join(name, seriesFile))
	return err == nil
}

func (l *loader) stray(name, kind, list string) {
	err := fault.New(fault.Usage, "no change uses this %s", kind).At(l.at(name), 0)
	l.errs = append(l.errs, err.WithHint("name it in %s, or remove it from the folder", l.at(list)))
}
