package build

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/term"
)

// writeDebian writes a layout of an image with a version of passwd and a file with a text.
func writeDebian(t *testing.T, dir, version, text string) string {
	t.Helper()
	var archive bytes.Buffer
	w := tar.NewWriter(&archive)
	for _, f := range [][2]string{
		{"var/lib/dpkg/status", "Package: passwd\nArchitecture: amd64\nVersion: " + version + "\n"}, {"file", text}} {
		if err := w.WriteHeader(&tar.Header{Name: f[0], Mode: 0o644, Size: int64(len(f[1]))}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, f[1]); err != nil {
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
	img, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		t.Fatal(err)
	}
	platform := v1.Platform{OS: "linux", Architecture: "amd64"}
	index := mutate.AppendManifests(empty.Index,
		mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &platform}})
	if _, err := layout.Write(dir, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})); err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return digest
}

// TestRebuildAfterAnUpdate: where Debian has updated a package since the last build, two new builds are compared, and
// the run says so; a file that differs between those is still found, and so is one where no package was updated.
func TestRebuildAfterAnUpdate(t *testing.T) {
	for _, c := range []struct {
		name   string
		builds [][2]string // version and text of each new build
		says   string
		code   fault.Code
	}{
		{"no update", [][2]string{{"1", "a"}}, "equal to the byte", fault.OK},
		{"another file", [][2]string{{"1", "b"}}, "1 files differ: file", fault.Gate},
		{"an update", [][2]string{{"2", "a"}, {"2", "a"}},
			"updated packages since the last build: passwd:amd64 1 → 2\nso two new builds are compared, both from today's " +
				"packages", fault.OK},
		{"an update and another file", [][2]string{{"2", "a"}, {"2", "b"}}, "1 files differ: file", fault.Gate},
		{"updates all the time", [][2]string{{"2", "a"}, {"3", "a"}}, "", fault.Retry},
	} {
		dir := t.TempDir()
		var said bytes.Buffer
		screen := term.Plain(&said, &said, false, term.NewSecrets())
		s := &session.Session{Term: screen, Story: term.NewStory(screen), Config: &config.Config{Dist: dir}}
		before := filepath.Join(dir, "before")
		built := []Image{{Name: "mastodon", Layout: before, Digest: writeDebian(t, before, "1", "a")}}
		jobs := []image.Job{{Dir: filepath.Join(dir, "rebuilt")}}
		n := 0
		build := func(jobs []image.Job, _ string) error {
			writeDebian(t, jobs[0].Dir, c.builds[n][0], c.builds[n][1])
			n++
			return nil
		}
		err := build(jobs, "")
		if err == nil {
			err = compareNew(t.Context(), s, jobs, built, build)
		}
		if n != len(c.builds) || !strings.Contains(said.String(), c.says) {
			t.Errorf("%s: %d builds, said:\n%s", c.name, n, &said)
		}
		if c.code == fault.OK && err != nil || c.code != fault.OK && fault.CodeOf(err) != c.code {
			t.Errorf("%s: %s", c.name, fmt.Sprint(err))
		}
	}
}
