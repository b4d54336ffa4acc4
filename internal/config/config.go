// Package config reads howdah.toml and the environment into one checked [Config]. It is strict: an unknown or
// repeated key, a wrong type and a contradiction between two keys are errors, each with its file and line; all of
// them are reported at once.
package config

import (
	"path/filepath"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// Config is a distribution, read once and never changed. Every path in it is absolute.
type Config struct {
	File string // howdah.toml, as it is printed
	Root string // its folder
	Dist string // the folder of results, beside howdah.toml

	Name    string
	Patches []Path // folders of changes, in order
	Zone    *time.Location
	MaxAge  time.Duration // the packages' day is renewed after this time

	Upstream  Upstream
	Web       Image
	Streaming Image
	Source    Source
	Publish   Publish
	Build     Build
	Cache     Cache

	Warnings []string // for a person; they are no errors

	tool   string // the condition on the tool's version, or ""
	places map[string]place
}

// Path is a file or folder: its name for messages, and its absolute path.
type Path struct {
	Name string
	Abs  string // "" if not set
}

// Upstream is the repository to follow.
type Upstream struct {
	URL    string // https, ssh, file, or an absolute local path
	Ref    string
	Settle time.Duration // 0: the newest commit at once
	Watch  []string      // paths in upstream's tree
}

// Image is one of the two images.
type Image struct {
	Name       string // the last part of the repository
	Role       string // web or streaming
	Dockerfile Path   // Abs is "" for the tool's own
}

// The roles of images.
const (
	Web       = "web"
	Streaming = "streaming"
)

// Images returns both images, web first.
func (c *Config) Images() []Image { return []Image{c.Web, c.Streaming} }

// Source is where people find the source of what runs.
type Source struct {
	Repository string // of this distribution, https
	Push       string // the repository to push the patched commit to, or ""
}

// Publish is where images go.
type Publish struct {
	Registries []string // "ghcr.io/owner"; none: the local registry
	Required   []string // registries without which a release is not complete
	Public     bool     // read back without credentials
	Moving     []string // tags that follow the newest release
	Insecure   []string // hosts that are contacted by plain HTTP
	Port       int      // of the local registry
}

// Build is how images are built.
type Build struct {
	Platforms    []string
	Builder      string            // auto, embedded, docker or an address
	Builders     map[string]string // by platform; wins over Builder
	TLS          Path              // a folder with ca.pem, cert.pem and key.pem for a tcp builder
	Emulate      bool
	Debian       string // the suite: bookworm or trixie
	CA           Path   // certificates that builds trust in addition to their own
	GemMirror    string // a URL or an absolute folder, or ""
	NPMRegistry  string
	DebianMirror string
	GitMirror    map[string]string // by repository: the address to read it from instead
	Args         map[string]string // additional build arguments
	Cache        BuildCache
	Compression  string // of layers: gzip or zstd
}

// BuildCache is where the results of build steps are kept for other builders; the zero value: nowhere.
type BuildCache struct {
	Registry bool              // use NAME-cache beside the images
	Type     string            // otherwise BuildKit's type of cache, such as "local" or "s3"
	Attrs    map[string]string // its attributes
}

// Cache is the folder of files that may be deleted at any time.
type Cache struct {
	dir string
	Max int64 // bytes
}

// In returns a path in the cache.
func (c Cache) In(elem ...string) string { return filepath.Join(append([]string{c.dir}, elem...)...) }

// In returns a path beside howdah.toml: "VERSION", "series.lock".
func (c *Config) In(elem ...string) string {
	return filepath.Join(append([]string{c.Root}, elem...)...)
}

// Result returns a path under dist/.
func (c *Config) Result(elem ...string) string {
	return filepath.Join(append([]string{c.Dist}, elem...)...)
}

// place is where a key was set.
type place struct {
	file string
	line int
}

// at returns where a key, such as "upstream.ref", was set: a file and line, or an environment variable and 0. For a
// key that was not set, it is howdah.toml as a whole.
func (c *Config) at(key string) (file string, line int) {
	if p, ok := c.places[key]; ok {
		return p.file, p.line
	}
	return c.File, 0
}

// Sets reports whether howdah.toml or the environment sets a key.
func (c *Config) Sets(key string) bool {
	_, ok := c.places[key]
	return ok
}

// Fault returns an error about a key, at its place.
func (c *Config) Fault(code fault.Code, key, format string, args ...any) *fault.Error {
	return fault.New(code, format, args...).At(c.at(key))
}
