package image

import (
	"maps"
	"path/filepath"
	"strings"

	"github.com/moby/buildkit/client"
)

// Cache is where BuildKit stores the results of steps for other builders, in BuildKit's own terms (see its
// documentation of cache exporters). It affects how long a build takes, never its result.
type Cache struct {
	Type  string            // "registry", "local", "s3", …; "": none
	Attrs map[string]string // "ref"; for local "dest"; BuildKit's own names
	Write bool              // also write it
}

// entries returns the cache's import and export for one image and platform, which have a tag of their own.
func (c Cache) entries(name, platform string) (from, to []client.CacheOptionsEntry) {
	if c.Type == "" {
		return nil, nil
	}
	scope := name + "-" + strings.ReplaceAll(platform, "/", "-")
	read, write := maps.Clone(c.Attrs), maps.Clone(c.Attrs)
	switch c.Type {
	case "registry":
		ref := c.Attrs["ref"]
		sign := ":"
		if strings.Contains(ref[strings.LastIndexByte(ref, '/')+1:], ":") {
			sign = "-" // it already has a tag
		}
		read["ref"] = ref + sign + scope
		write["ref"] = read["ref"]
	case "local":
		folder := filepath.Join(c.Attrs["dest"], scope)
		read, write = map[string]string{"src": folder}, maps.Clone(c.Attrs)
		write["dest"] = folder
	case "gha":
		read["scope"] = strings.Trim(c.Attrs["scope"]+"-"+scope, "-")
		write["scope"] = read["scope"]
	default:
		read["name"] = strings.Trim(c.Attrs["name"]+"-"+scope, "-")
		write["name"] = read["name"]
	}
	from = []client.CacheOptionsEntry{{Type: c.Type, Attrs: read}}
	if !c.Write {
		return from, nil
	}
	for key, value := range cacheForm {
		if _, own := write[key]; !own {
			write[key] = value
		}
	}
	return from, []client.CacheOptionsEntry{{Type: c.Type, Attrs: write}}
}

// cacheForm is how a cache is written: the results of all steps, compressed, as a manifest that GHCR and Docker Hub
// accept. A cache that cannot be written does not fail the build. Blobs that are there are not sent again.
var cacheForm = map[string]string{
	"mode": "max", "compression": "zstd", "force-compression": "true", "image-manifest": "true", "oci-mediatypes": "true",
	"ignore-error": "true",
}

// ofCache reports whether a step of BuildKit's reads or writes a cache, and so does not affect the result.
func ofCache(step string) bool {
	return strings.Contains(step, "importing cache manifest from ") || strings.Contains(step, "exporting cache to ") ||
		strings.Contains(step, "exporting to GitHub Actions Cache") ||
		strings.Contains(step, "preparing build cache for export")
}

// noCacheYet reports whether a step looked for a cache that does not exist, which is no error: the first build of an
// image on a platform creates it.
func noCacheYet(v *client.Vertex) bool {
	return ofCache(v.Name) && strings.HasSuffix(v.Error, ": not found")
}

// cacheWarnings returns what went wrong with a cache.
func (w *watch) cacheWarnings() (out []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, d := range w.order {
		v := w.steps[d]
		if v.Error != "" && ofCache(v.Name) {
			out = append(out, "the build cache is left out: "+v.Name+": "+v.Error)
		}
	}
	return out
}
