package image

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/howdah/howdah/internal/files"
)

// inputs is what the digest of a spec's inputs is computed from, in a fixed order of keys.
type inputs struct {
	Version    int               `json:"version"`
	Role       string            `json:"role"`
	Platform   string            `json:"platform"`
	Tree       string            `json:"tree"`
	Dockerfile string            `json:"dockerfile"`
	Ignore     string            `json:"ignore"`
	Target     string            `json:"target"`
	Args       map[string]string `json:"args"`
	Bases      map[string]string `json:"bases"`
	Exporter   map[string]string `json:"exporter"`
	Epoch      string            `json:"epoch"`
	Gzip       int               `json:"gzip"`           // the level; 0 for layers that stay as they are, or use zstd
	Zstd       int               `json:"zstd,omitempty"` // the level
}

// Inputs returns a digest over everything that decides the content of one platform's image: role, platform, the files
// that the Dockerfile reads from the patched tree, the Dockerfile and its ignore file, arguments (among them the day
// PACKAGES), the bases' digests, how layers are written. Specs with the same inputs need to be built only once.
func (s Spec) Inputs(ctx context.Context, platform string) (string, error) {
	in, err := s.inputs(ctx, platform)
	if err != nil {
		return "", err
	}
	data, err := json.Marshal(in) // maps are sorted by key
	if err != nil {
		return "", fmt.Errorf("encoding the inputs: %w", err)
	}
	return Sum(data), nil
}

// The names of a spec's parts. Those of arguments and bases are followed by their names.
const (
	PartTree       = "tree"
	PartDockerfile = "dockerfile"
	PartArg        = "arg "
	PartBase       = "base "
	partLayers     = "layers"
	partPlatforms  = "platforms"
)

// Parts returns the inputs one by one, to compare two builds: each argument and each base is a part, and so is how
// layers are written.
func (s Spec) Parts(ctx context.Context) (map[string]string, error) {
	in, err := s.inputs(ctx, "")
	if err != nil {
		return nil, err
	}
	layers, err := json.Marshal([]any{in.Version, in.Exporter, in.Epoch, in.Gzip, in.Zstd})
	if err != nil {
		return nil, fmt.Errorf("encoding the inputs: %w", err)
	}
	out := map[string]string{
		PartTree: in.Tree, PartDockerfile: Sum([]byte(in.Dockerfile + in.Ignore + in.Target)), partLayers: Sum(layers),
		partPlatforms: strings.Join(s.platforms(), ","),
	}
	for name, value := range in.Args {
		out[PartArg+name] = value
	}
	for name, digest := range in.Bases {
		out[PartBase+name] = digest
	}
	return out, nil
}

// inputs returns what the digest is computed from.
func (s Spec) inputs(ctx context.Context, platform string) (in inputs, err error) {
	in = inputs{
		Version: 1, Role: s.role(), Platform: platform, Dockerfile: Sum(s.Dockerfile.Data), Target: s.Target,
		Args: maps.Clone(s.Args), Bases: map[string]string{}, Exporter: exporter, Epoch: Epoch,
	}
	switch s.compression() {
	case gzipLayers:
		in.Gzip = gzipLevel
	case Zstd:
		in.Zstd = int(zstdLevel)
	}
	if s.Dockerfile.Ignore != nil {
		in.Ignore = Sum(s.Dockerfile.Ignore)
	}
	if s.Context != nil {
		if in.Tree, err = s.contextID(ctx, cmp.Or(platform, s.firstPlatform())); err != nil {
			return in, err
		}
	}
	for name, where := range s.Bases {
		digest, err := baseDigest(where)
		if err != nil {
			return in, fmt.Errorf("reading base %q: %w", name, err)
		}
		in.Bases[name] = digest
	}
	return in, nil
}

// Sum returns the digest of data in the form in which inputs are written.
func Sum(data []byte) string {
	digest := sha256.Sum256(data)
	return "sha256:" + hex.EncodeToString(digest[:])
}

// baseDigest identifies a base: the digest in a reference, or of a layout's image; for any other folder, a digest
// over its files.
func baseDigest(where string) (string, error) {
	if _, digest, ok := strings.Cut(where, "@"); ok && !filepath.IsAbs(where) {
		return digest, nil
	}
	if isLayout(where) {
		return Digest(where)
	}
	return folderDigest(where)
}

func isLayout(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "oci-layout"))
	return err == nil
}

// Digest returns the digest of the only image or index in an OCI layout.
func Digest(dir string) (string, error) {
	path, err := layout.FromPath(dir)
	if err != nil {
		return "", fmt.Errorf("opening the layout %q: %w", dir, err)
	}
	index, err := path.ImageIndex()
	if err != nil {
		return "", fmt.Errorf("opening the layout %q: %w", dir, err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return "", fmt.Errorf("opening the layout %q: %w", dir, err)
	}
	if len(manifest.Manifests) != 1 {
		return "", fmt.Errorf("opening the layout %q: expected 1 image, found %d", dir, len(manifest.Manifests))
	}
	return manifest.Manifests[0].Digest.String(), nil
}

func folderDigest(dir string) (string, error) {
	lines := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, name)
		if err != nil {
			return err
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		line := info.Mode().String()
		switch {
		case e.Type() == fs.ModeSymlink:
			target, err := os.Readlink(name)
			if err != nil {
				return err
			}
			line += " " + target
		case e.Type().IsRegular():
			digest, err := fileDigest(name)
			if err != nil {
				return err
			}
			line += " " + digest
		case !e.IsDir():
			return fmt.Errorf("%q is neither file, folder nor link", rel)
		}
		lines[filepath.ToSlash(rel)] = line
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("reading folder %q: %w", dir, err)
	}
	h := sha256.New()
	for _, name := range slices.Sorted(maps.Keys(lines)) {
		fmt.Fprintf(h, "%q %s\n", name, lines[name])
	}
	return "sha256:" + hex.EncodeToString(h.Sum(nil)), nil
}

func fileDigest(name string) (string, error) {
	sum, _, err := files.Sum(name)
	if err != nil {
		return "", err
	}
	return "sha256:" + sum, nil
}
