// Package config takes howdah.toml and the environment and gives one checked [Config]. It is strict: an unknown
// or repeated key, a wrong type, a contradiction between two keys: each is an error with its file and line, and all of
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
	MaxAge  time.Duration // after which the packages' day is set anew

	Upstream  Upstream
	Web       Image
	Streaming Image
	Source    Source
	Publish   Publish
	Build     Build
	Cache     Cache

	Warnings []string // what is odd and no error

	tool   string // the constraint on the tool's version, or ""
	places map[string]place
}

// Path is a file or folder: its name as it is printed in "file:line", and where it is.
type Path struct {
	Name string
	Abs  string // "" when not set
}

// Upstream is what is followed.
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

// Images are both, web first.
func (c *Config) Images() []Image { return []Image{c.Web, c.Streaming} }

// Source is where people find what runs.
type Source struct {
	Repository string // this distribution, https
	Push       string // the patched commit goes here, or ""
}

// Publish is where images go.
type Publish struct {
	Registries []string // "ghcr.io/owner"; none: the loopback registry
	Required   []string // those without which a release is not whole
	Public     bool     // read back without credentials
	Moving     []string // tags that follow the newest release
	Insecure   []string // hosts that plain HTTP is spoken to
	Port       int      // of the loopback registry
}

// Build is how images are built.
type Build struct {
	Platforms    []string
	Builder      string            // auto, embedded, docker or an address
	Builders     map[string]string // by platform; wins over Builder
	TLS          Path              // a folder with ca.pem, cert.pem and key.pem for a tcp builder
	Emulate      bool
	Debian       string // the suite: bookworm or trixie
	CA           Path   // certificates that builds trust besides their own
	GemMirror    string // a URL or an absolute folder, or ""
	NPMRegistry  string
	DebianMirror string
	GitMirror    map[string]string // repository → where it is read from instead
	Args         map[string]string // more build arguments
	Cache        BuildCache
	Compression  string // of layers: gzip or zstd
}

// BuildCache is where results of build steps are kept for other builders. The zero value is nowhere.
type BuildCache struct {
	Registry bool              // NAME-cache beside the images
	Type     string            // else BuildKit's type of cache, such as "local" or "s3"
	Attrs    map[string]string // its attributes
}

// builderFor is the builder of one platform.
func (b Build) builderFor(platform string) string {
	if address, ok := b.Builders[platform]; ok {
		return address
	}
	return b.Builder
}

// Cache is what may be thrown away.
type Cache struct {
	dir string
	Max int64 // bytes
}

// In is a path in the cache.
func (c Cache) In(elem ...string) string { return filepath.Join(append([]string{c.dir}, elem...)...) }

// In is a path beside howdah.toml: "VERSION", "series.lock".
func (c *Config) In(elem ...string) string {
	return filepath.Join(append([]string{c.Root}, elem...)...)
}

// Result is a path under dist/.
func (c *Config) Result(elem ...string) string {
	return filepath.Join(append([]string{c.Dist}, elem...)...)
}

// place is where a key was set.
type place struct {
	file string
	line int
}

// at says where a key, such as "upstream.ref", was set: a file and line, or an environment variable and 0. A key that
// was not set is at howdah.toml as a whole.
func (c *Config) at(key string) (file string, line int) {
	if p, ok := c.places[key]; ok {
		return p.file, p.line
	}
	return c.File, 0
}

// Fault is an error about a key, at its place.
func (c *Config) Fault(code fault.Code, key, format string, args ...any) *fault.Error {
	return fault.New(code, format, args...).At(c.at(key))
}
