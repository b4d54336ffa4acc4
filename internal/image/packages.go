package image

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// dpkgStatus is dpkg's list of the installed packages.
const dpkgStatus = "var/lib/dpkg/status"

// UpdatedPackages returns the Debian packages with different versions in two builds of one image: "passwd 1:4.17.4-2
// → 1:4.17.4-3", with "none" if a build does not have it.
func UpdatedPackages(ctx context.Context, one, other string) ([]string, error) {
	var installed [2]map[string]string
	for n, dir := range []string{one, other} {
		var err error
		if installed[n], err = packages(ctx, dir); err != nil {
			return nil, fmt.Errorf("reading the packages of the layout %q: %w", dir, err)
		}
	}
	for name := range installed[1] {
		if _, there := installed[0][name]; !there {
			installed[0][name] = "none"
		}
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(installed[0])) {
		was, is := installed[0][name], installed[1][name]
		if is == "" {
			is = "none"
		}
		if was != is {
			out = append(out, name+" "+was+" → "+is)
		}
	}
	return out, nil
}

// packages returns the versions of a layout's packages, over all its platforms.
func packages(ctx context.Context, dir string) (map[string]string, error) {
	index, err := Open(dir)
	if err != nil {
		return nil, err
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, m := range manifest.Manifests {
		img, err := index.Image(m.Digest)
		if err != nil {
			return nil, err
		}
		layers, err := img.Layers()
		if err != nil {
			return nil, err
		}
		for _, layer := range slices.Backward(layers) {
			found, err := installedBy(ctx, layer, out)
			if err != nil {
				return nil, err
			}
			if found {
				break
			}
		}
	}
	return out, nil
}

// installedBy adds the packages in a layer's dpkg list to out, and reports whether the layer has one.
func installedBy(ctx context.Context, layer v1.Layer, out map[string]string) (bool, error) {
	r, err := layer.Uncompressed()
	if err != nil {
		return false, err
	}
	defer r.Close()
	for archive := tar.NewReader(&stoppable{ctx, r}); ; {
		h, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return false, nil
		}
		if err != nil {
			return false, err
		}
		if strings.TrimPrefix(h.Name, "./") != dpkgStatus || h.Typeflag != tar.TypeReg {
			continue
		}
		return true, readStatus(archive, out)
	}
}

// readStatus reads paragraphs of fields, such as "Package: passwd", separated by empty lines.
func readStatus(r io.Reader, out map[string]string) error {
	field := map[string]string{}
	keep := func() {
		if field["Package"] != "" {
			out[field["Package"]+":"+field["Architecture"]] = field["Version"]
		}
		clear(field)
	}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		if lines.Text() == "" {
			keep()
			continue
		}
		name, value, ok := strings.Cut(lines.Text(), ": ")
		if ok && slices.Contains([]string{"Package", "Architecture", "Version"}, name) {
			field[name] = value
		}
	}
	keep()
	return lines.Err()
}
