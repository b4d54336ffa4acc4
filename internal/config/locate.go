package config

import (
	"os"
	"path/filepath"
	"syscall"
)

// fileName is the name of a distribution's configuration.
const fileName = "howdah.toml"

// Locate returns the howdah.toml of a run: the one that HOWDAH_CONFIG names (as a file or its folder), or else the
// nearest in the folder work or above it that belongs to the owner of work or to root, as git finds a repository, or
// else howdah.toml. A relative name starts from work.
func Locate(work string, env []string) (string, error) {
	if named, ok := variables(env)["HOWDAH_CONFIG"]; ok {
		if named == "" {
			return "", emptyVariable("HOWDAH_CONFIG", false)
		}
		abs := named
		if !filepath.IsAbs(abs) {
			abs = filepath.Join(work, named)
		}
		if about, err := os.Stat(abs); err == nil && about.IsDir() {
			return filepath.Join(named, fileName), nil
		}
		return named, nil
	}
	owner := ownerOf(work)
	for dir, up := work, ""; ; dir, up = filepath.Dir(dir), filepath.Join(up, "..") {
		file := filepath.Join(dir, fileName)
		if about, err := os.Stat(file); err == nil && about.Mode().IsRegular() {
			if by := ownerOf(file); up == "" || by == owner || by == 0 {
				return filepath.Join(up, fileName), nil
			}
		}
		if dir == filepath.Dir(dir) {
			return fileName, nil
		}
	}
}

// ownerOf returns the owner of a file as a user id; -1 if it cannot be known.
func ownerOf(name string) int64 {
	about, err := os.Stat(name)
	if err != nil {
		return -1
	}
	if stat, ok := about.Sys().(*syscall.Stat_t); ok {
		return int64(stat.Uid)
	}
	return -1
}

// Place returns the distribution's folder for messages: "." is the working folder.
func (c *Config) Place() string { return filepath.Dir(c.File) }

// maxBeside is how many distributions beside the tool's own are named.
const maxBeside = 3

// Beside returns the distributions in the folders beside the tool's own, for messages; nil for any other
// distribution. Other checkouts of the tool are left out.
func (c *Config) Beside() []string {
	if !isTool(c.Root) {
		return nil
	}
	found, err := filepath.Glob(filepath.Join(escapeGlob(filepath.Dir(c.Root)), "*", fileName))
	if err != nil {
		return nil
	}
	var out []string
	for _, file := range found {
		if dir := filepath.Dir(file); dir != c.Root && !isTool(dir) && len(out) < maxBeside {
			out = append(out, filepath.Join(c.Place(), "..", filepath.Base(dir)))
		}
	}
	return out
}

// ToolRoot returns the checkout of the tool that a folder is in.
func ToolRoot(dir string) (root string, ok bool) {
	for ; !isTool(dir); dir = filepath.Dir(dir) {
		if dir == filepath.Dir(dir) {
			return "", false
		}
	}
	return dir, true
}

// isTool reports whether a folder is a checkout of the tool.
func isTool(dir string) bool {
	about, err := os.Stat(filepath.Join(dir, "magefiles", "magefile.go"))
	return err == nil && about.Mode().IsRegular()
}

// escapeGlob returns a pattern that matches only this path.
func escapeGlob(path string) string {
	var out []byte
	for i := range len(path) {
		switch path[i] {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, path[i])
	}
	return string(out)
}
