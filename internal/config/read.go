package config

import (
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/markers"
)

// Read reads a file beside howdah.toml: a regular one of at most limit bytes.
func (c *Config) Read(name string, limit int64) ([]byte, error) {
	return files.Read(c.Root, name, limit)
}

// ReadPath reads a file that howdah.toml names. If it is in or below howdah.toml's folder, no link may lead out of
// that.
func (c *Config) ReadPath(f Path, limit int64) ([]byte, error) {
	if below, ok := c.below(f); ok {
		data, err := files.Read(c.Root, below, limit)
		return data, renamed(err, f.Name)
	}
	data, err := files.ReadAt(f.Abs, limit)
	return data, renamed(err, f.Name)
}

// Folder opens a folder that howdah.toml names, under the same rules.
func (c *Config) Folder(f Path) (files.Folder, error) {
	if below, ok := c.below(f); ok {
		opened, err := files.OpenFolderIn(c.Root, below)
		return opened, renamed(err, f.Name)
	}
	opened, err := files.OpenFolder(f.Abs)
	return opened, renamed(err, f.Name)
}

// ReadNamed reads a file that howdah.toml or the environment names: one below howdah.toml's folder like ReadPath; one
// elsewhere through any links, since this machine's owner put it there.
func (c *Config) ReadNamed(f Path, limit int64) ([]byte, error) {
	if _, ok := c.below(f); ok {
		return c.ReadPath(f, limit)
	}
	return files.ReadNamed(f.Abs, f.Name, limit)
}

// below returns a path relative to the distribution's folder, if it is below it.
func (c *Config) below(f Path) (string, bool) {
	rel, err := filepath.Rel(c.Root, f.Abs)
	return rel, err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator))
}

// renamed returns an error with the name that a person wrote.
func renamed(err error, name string) error {
	if f, ok := err.(*fault.Error); ok {
		return f.At(name, 0)
	}
	return err
}

// Line is a line of a lock file that is not empty or a comment.
type Line struct {
	Number int // from 1
	Text   string
}

// ReadLines reads a lock file beside howdah.toml, without empty lines and comments ("# …"). For a file that does not
// exist it returns nil. Merge conflict markers are an error with their line.
func (c *Config) ReadLines(name string) ([]Line, error) {
	data, err := c.Read(name, files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if n := markers.First(data); n > 0 {
		return nil, fault.New(fault.Usage, "the file holds merge conflict markers").At(name, n)
	}
	lines := []Line{}
	number := 0
	for text := range strings.Lines(strings.TrimPrefix(string(data), "\ufeff")) {
		number++
		if text = strings.TrimRight(text, "\r\n"); text != "" && !strings.HasPrefix(text, "#") {
			lines = append(lines, Line{number, text})
		}
	}
	return lines, nil
}
