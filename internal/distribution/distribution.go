// Package distribution begins a new distribution: a name and the tool's own version go in, a folder with howdah.toml,
// VERSION, an empty series and a workflow that calls the tool comes out.
package distribution

import (
	"bytes"
	"cmp"
	"embed"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"text/template"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/pullref"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/transaction"
)

//go:embed all:template
var templates embed.FS

// files are what is written, by where it comes from below template/; howdah.toml is the first.
var files = []struct{ from, to string }{
	{"howdah.toml", "howdah.toml"},
	{"VERSION", "VERSION"},
	{"README.md", "README.md"},
	{"gitignore", ".gitignore"},
	{"patches/series.toml", "patches/series.toml"},
	{"patches/gitattributes", "patches/.gitattributes"},
	{"workflows/howdah.yml", ".github/workflows/howdah.yml"},
}

// Repository is where the tool's code and documentation are.
const Repository = "https://github.com/howdah/howdah"

// Tool says which version of the tool the new distribution is to use.
type Tool struct {
	Repository string // https://github.com/howdah/howdah
	Commit     string // 40 hex digits; the workflow calls the tool at it
	Version    string // a word for people beside the commit, such as v1.4.0
}

// Owner is the repository as a workflow names it: owner/name.
func (t Tool) Owner() string {
	return strings.TrimSuffix(strings.TrimPrefix(t.Repository, "https://github.com/"), ".git")
}

// Request is what a new distribution is to be.
type Request struct {
	Dir      string // as it was typed
	Work     string // the absolute folder at which a relative Dir begins
	Name     string
	Accepted string // upstream's version that VERSION begins with
	Tool     Tool
}

// The forms are compiled when a distribution is made: that takes half a millisecond, which other targets do without.
var (
	commitForm = regexp.MustCompile(`^[0-9a-f]{40}$`)
	wordForm   = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[0-9A-Za-z.+-]{1,64}$`) })
)

func (r Request) check() error {
	if r.Dir == "" {
		return fault.New(fault.Usage, "a new distribution needs a folder").WithHint("name it: -dir=../mine")
	}
	if err := stamp.CheckName(r.Name); err != nil {
		return fault.New(fault.Usage, "%w", err).
			WithHint("give another with -name=: at most %d small letters and digits, with single dashes between "+
				"them", stamp.MaxName)
	}
	owner, err := pullref.Parse(r.Tool.Owner())
	switch {
	case err != nil || owner.Number != "":
		return fault.New(fault.Usage, "the tool's repository %q is not at github.com", r.Tool.Repository)
	case !commitForm.MatchString(r.Tool.Commit):
		return fault.New(fault.Usage, "the tool's own commit is not known, so the workflow cannot pin it").
			WithHint("run init from a git checkout of the tool")
	case !wordForm().MatchString(r.Tool.Version) || !wordForm().MatchString(r.Accepted):
		return fault.New(fault.Usage, "creating a distribution at upstream's version %q with the tool's version %q: "+
			"expected versions such as 4.6.0", r.Accepted,
			r.Tool.Version)
	}
	return nil
}

// Write writes the distribution, all or nothing, and returns its files, relative to its folder. It overwrites nothing:
// if one of them exists already, none is written.
func Write(r Request, w transaction.Writer) ([]string, error) {
	if err := r.check(); err != nil {
		return nil, err
	}
	dir := r.Dir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.Work, dir)
	}
	made := map[string][]byte{}
	var names, taken []string
	for _, f := range files {
		data, err := render(f.from, r)
		if err != nil {
			return nil, err
		}
		made[f.to] = data
		names = append(names, f.to)
		if _, err := os.Lstat(filepath.Join(dir, f.to)); !errors.Is(err, fs.ErrNotExist) {
			taken = append(taken, f.to)
		}
	}
	if len(taken) > 0 {
		return nil, fault.New(fault.Usage, "creating a distribution in %q: %s there already", r.Dir, isOrAre(taken)).
			WithHint("nothing was written; name an empty folder: -dir=../mine")
	}
	var changes []transaction.Change
	for _, name := range names {
		changes = append(changes, transaction.Change{Path: filepath.Join(dir, filepath.FromSlash(name)), Data: made[name]})
	}
	// howdah.toml comes last: without it there is no distribution yet, and what a killed init left is finished before one
	// is read.
	changes = append(changes[1:], changes[0])
	return names, w.Put("init", changes)
}

func isOrAre(names []string) string {
	if len(names) == 1 {
		return names[0] + " is"
	}
	return strings.Join(names, ", ") + " are"
}

// Docs is where the documentation of that version of the tool is read.
func (r Request) Docs() string { return DocsOf(r.Tool.Commit) }

// DocsOf is where the documentation of the tool at a commit is read; of its newest one where the commit is not known.
func DocsOf(commit string) string {
	return Repository + "/blob/" + cmp.Or(commit, "main") + "/docs"
}

// Config is howdah.toml as somebody in a checkout of the tool beside it names it.
func (r Request) Config() string {
	dir := r.Dir
	if !filepath.IsAbs(dir) {
		dir = filepath.Join(r.Work, dir)
	}
	return "../" + filepath.Base(dir) + "/howdah.toml"
}

func render(name string, r Request) ([]byte, error) {
	text, err := templates.ReadFile("template/" + name)
	if err != nil {
		return nil, fault.New(fault.Other, "reading a template: %w", err)
	}
	t, err := template.New(name).Delims("[[", "]]").Option("missingkey=error").Parse(string(text))
	if err != nil {
		return nil, fault.New(fault.Other, "reading a template: %w", err)
	}
	var out bytes.Buffer
	if err := t.Execute(&out, r); err != nil {
		return nil, fault.New(fault.Other, "filling a template in: %w", err)
	}
	return out.Bytes(), nil
}
