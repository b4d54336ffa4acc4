package config

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/nearest"
)

// Load reads a howdah.toml; environment variables override its keys. With file "" it uses the one that [Locate]
// finds. Relative paths, of file and of variables, start from the folder work. The error joins all mistakes, each
// with its place.
func Load(work, file string, env []string) (*Config, error) {
	vars := variables(env)
	if file == "" {
		var err error
		if file, err = Locate(work, env); err != nil {
			return nil, err
		}
	}
	abs := file
	if !filepath.IsAbs(abs) {
		abs = filepath.Join(work, file)
	}
	data, err := files.ReadAs(abs, file, maxFile)
	switch {
	case errors.Is(err, fs.ErrNotExist) && vars["HOWDAH_CONFIG"] != "":
		return nil, fault.New(fault.Usage, "found no howdah.toml here").At(file, 0).
			WithHint("HOWDAH_CONFIG names this place: correct it, or unset it to use the distribution in your folder")
	case errors.Is(err, fs.ErrNotExist):
		return nil, fault.New(fault.Usage, "found no howdah.toml here").At(file, 0).
			WithHint("if you have a distribution, run this in its folder, or set HOWDAH_CONFIG to its howdah.toml; to create "+
				"one: %s", start(work))
	case err != nil:
		return nil, err
	}
	doc, err := parse(file, data)
	if err != nil {
		return nil, err
	}
	root := filepath.Dir(abs)
	if err := files.CheckFolder(root, results); err != nil {
		return nil, err
	}
	l := &loader{doc: doc, work: work, environ: env, vars: vars, isSet: map[string]bool{}, c: &Config{
		File: file, Root: root, Dist: filepath.Join(root, results),
		Zone: time.UTC, MaxAge: 7 * 24 * time.Hour, places: map[string]place{},
	}}
	l.read()
	l.environment()
	l.defaults()
	if len(l.errs) == 0 {
		l.contradictions()
	}
	if len(l.errs) > 0 {
		if n := len(l.errs); n > maxErrors {
			l.errs = append(l.errs[:maxErrors:maxErrors], fault.New(fault.Usage, "%d more errors", n-maxErrors).At(file, 0))
		}
		return nil, errors.Join(l.errs...)
	}
	return l.c, nil
}

// results is the folder beside howdah.toml that targets write to. It must not be a link to a folder elsewhere: a
// change to the distribution, sent by a stranger, could redirect the writes.
const results = "dist"

// start returns the command that writes a first howdah.toml: in this folder, or beside a checkout of the tool.
func start(work string) fault.Command {
	args := []string{"-name=example"}
	if _, tool := ToolRoot(work); tool {
		args = append([]string{"-dir=../mine"}, args...)
	}
	return fault.Command{Target: "init", Args: args}
}

// maxErrors is how many errors of one configuration are shown.
const maxErrors = 50

// loader fills in a Config, and collects the errors.
type loader struct {
	c       *Config
	doc     *document
	work    string // the working directory
	environ []string
	vars    map[string]string
	images  []Image         // of the file, in its order
	isSet   map[string]bool // keys that the file or the environment sets
	errs    []error
}

func variables(environ []string) map[string]string {
	vars := map[string]string{}
	for _, kv := range environ {
		if name, value, ok := strings.Cut(kv, "="); ok {
			vars[name] = value
		}
	}
	return vars
}

func emptyVariable(name string, mayBeEmpty bool) error {
	e := fault.New(fault.Usage, "set but empty").At(name, 0)
	if mayBeEmpty {
		return e.WithHint("unset it, or set it to %q", "none")
	}
	return e.WithHint("unset it, or give it a value")
}

func (l *loader) fail(err *fault.Error) { l.errs = append(l.errs, err) }

// read reads howdah.toml's keys.
func (l *loader) read() {
	byPath := map[string]setting{}
	for _, s := range settings {
		byPath[s.Path] = s
	}
	if _, ok := l.doc.values["image"].([]any); ok {
		l.images = make([]Image, len(l.doc.values["image"].([]any)))
	}
	for _, leaf := range l.doc.leaves(func(key string) bool { _, ok := byPath[key]; return ok }) {
		at := place{l.doc.file, l.doc.line(leaf.path)}
		s, ok := byPath[leaf.key]
		if !ok {
			if m, isTable := leaf.value.(map[string]any); !isTable || len(m) > 0 || !isTableName(leaf.key) {
				l.fail(unknown(leaf.key, at))
			}
			continue
		}
		if isImage := strings.HasPrefix(s.Path, "image."); isImage != strings.HasPrefix(leaf.path, "image[") {
			l.fail(fault.New(fault.Usage, "%q must be written as a list of tables", "image").At(at.file, at.line).
				WithHint("write [[image]] above it, once for each image"))
			continue
		}
		v, err := l.fromFile(s.Key, leaf, at)
		if err != nil {
			l.fail(err)
			continue
		}
		if strings.HasPrefix(s.Path, "image.") {
			l.imageKey(leaf, v)
			continue
		}
		l.c.places[s.Path] = at
		for name := range v.table {
			l.c.places[s.Path+"."+name] = place{at.file, l.doc.line(leaf.path + "." + name)}
		}
		if _, overridden := l.vars[s.Env[0]]; overridden {
			continue
		}
		l.apply(s, v)
	}
}

// apply sets a key if its value has the right form.
func (l *loader) apply(s setting, v value) {
	before := len(l.errs)
	if l.unfilled(v, v.text) {
		return
	}
	for i := range v.list {
		if one := v.item(i); l.unfilled(one, one.text) {
			return
		}
	}
	l.isSet[s.Path] = true
	if v.none {
		if !s.mayBeEmpty() {
			l.fail(v.fault("%q cannot be empty", s.Path).
				WithHint("give it a value, or leave it out for the default: %s", s.Default))
		}
		l.c.places[s.Path] = v.place
		return
	}
	s.set(l, v)
	if len(l.errs) > before {
		return
	}
	l.c.places[s.Path] = v.place
}

// environment applies the environment variables.
func (l *loader) environment() {
	known := map[string]bool{}
	for _, v := range Variables() {
		known[v.Name] = true
	}
	for _, s := range settings {
		for _, name := range s.Env {
			known[name] = true
			text, ok := l.vars[name]
			if !ok || s.set == nil {
				continue
			}
			if text == "" {
				l.errs = append(l.errs, emptyVariable(name, s.mayBeEmpty()))
				continue
			}
			v, err := l.fromEnv(s.Key, name, text)
			if err != nil {
				l.fail(err)
				continue
			}
			for name := range v.table {
				l.c.places[s.Path+"."+name] = v.place
			}
			l.apply(s, v)
		}
	}
	var names []string
	for name := range l.vars {
		names = append(names, name)
	}
	slices.Sort(names)
	var all []string
	for name := range known {
		all = append(all, name)
	}
	slices.Sort(all)
	for _, name := range names {
		if strings.HasPrefix(name, "HOWDAH_") && !known[name] {
			if near := nearest.Name(name, all); near != "" {
				l.c.Warnings = append(l.c.Warnings, fmt.Sprintf("%s: no such setting; is %s meant?", name, near))
			}
		}
	}
}

// defaults sets the keys that neither howdah.toml nor the environment sets.
func (l *loader) defaults() {
	c := l.c
	if c.Name == "" && !l.isSet["name"] && len(l.errs) == 0 {
		l.fail(fault.New(fault.Usage, "no name is set").At(c.File, 0).
			WithHint(`write at the top: name = "example"; versions then end in +example.COMMIT`))
	}
	for _, s := range settings {
		described := s.Default == "" || s.Default == "none" || s.Path == "publish.required" || s.Path == "cache.dir"
		if l.isSet[s.Path] || s.set == nil || described {
			continue
		}
		v, err := l.fromDefault(s.Key)
		if err != nil {
			l.fail(err)
			continue
		}
		s.set(l, v)
	}
	if l.fromEnvironment("publish.registries") && !l.fromEnvironment("publish.required") {
		c.Publish.Required = slices.DeleteFunc(c.Publish.Required,
			func(r string) bool { return !slices.Contains(c.Publish.Registries, r) })
	}
	if len(c.Publish.Required) == 0 {
		c.Publish.Required = c.Publish.Registries
	}
	if !l.isSet["cache.dir"] {
		if dir, err := environ.CacheDir(l.environ); err != nil {
			l.fail(fault.New(fault.Usage, "finding the user's cache folder: %w", err).WithHint("set HOWDAH_CACHE to a folder"))
		} else {
			c.Cache.dir = filepath.Join(dir, "howdah")
		}
	}
	l.bothImages()
}

// fromEnvironment reports whether a variable overrides a key. If it sets other registries, what the file says about
// its own is no contradiction.
func (l *loader) fromEnvironment(key string) bool {
	return strings.HasPrefix(l.c.places[key].file, "HOWDAH_")
}

func isTableName(key string) bool {
	return slices.ContainsFunc(settings, func(s setting) bool { return strings.HasPrefix(s.Path, key+".") })
}
