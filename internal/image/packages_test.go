package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// layersOf writes a layout of an image whose layers have these files, and returns its folder.
func layersOf(t *testing.T, layers ...map[string]string) string {
	t.Helper()
	img := empty.Image
	for _, files := range layers {
		var archive bytes.Buffer
		w := tar.NewWriter(&archive)
		for name, text := range files {
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(text))}); err != nil {
				t.Fatal(err)
			}
			if _, err := io.WriteString(w, text); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
			return io.NopCloser(bytes.NewReader(archive.Bytes())), nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if img, err = mutate.AppendLayers(img, layer); err != nil {
			t.Fatal(err)
		}
	}
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &v1.Platform{OS: "linux", Architecture: "amd64"}}})
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := layout.Write(dir, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})); err != nil {
		t.Fatal(err)
	}
	return dir
}

const passwdStatus = `Package: passwd
Status: install ok installed
Architecture: amd64
Version: 1:4.17.4-%s
Description: change and administer password and group data
 Version: 9 is no field here
`

// TestUpdatedPackages: the packages are listed that two layouts have in different versions, whichever layer has dpkg's
// list; the newest layer's counts.
func TestUpdatedPackages(t *testing.T) {
	tini := "\nPackage: tini\nArchitecture: amd64\nVersion: 0.19.0\n"
	passwd := func(version string) string { return fmt.Sprintf(passwdStatus, version) }
	one := layersOf(t, map[string]string{"./var/lib/dpkg/status": passwd("1")},
		map[string]string{"var/lib/dpkg/status": passwd("2") + tini}, map[string]string{"other": "x"})
	for _, c := range []struct {
		status string
		want   []string
	}{
		{passwd("2") + tini, nil},
		{passwd("3") + tini, []string{"passwd:amd64 1:4.17.4-2 → 1:4.17.4-3"}},
		{passwd("2") + "\nPackage: curl\nArchitecture: amd64\nVersion: 8\n",
			[]string{"curl:amd64 none → 8", "tini:amd64 0.19.0 → none"}},
	} {
		other := layersOf(t, map[string]string{"var/lib/dpkg/status": c.status})
		if got, err := UpdatedPackages(t.Context(), one, other); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%q, %v, want %q", got, err, c.want)
		}
	}
	none := layersOf(t, map[string]string{"a": "b"})
	if got, err := UpdatedPackages(t.Context(), none, none); err != nil || got != nil {
		t.Errorf("without Debian: %q, %v", got, err)
	}
}
