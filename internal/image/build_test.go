package image_test

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/tree"
)

// openBuilder returns a builder on the embedded BuildKit. Its program is built once into the go command's own cache
// folder, its state is the test's own. It skips, aloud, where the embedded BuildKit cannot run.
func openBuilder(t *testing.T) *builder.Builder {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: starts BuildKit")
	}
	if os.Geteuid() != 0 {
		t.Skip("the embedded BuildKit needs root")
	}
	if _, err := exec.LookPath("/usr/sbin/runc"); err != nil {
		t.Skip("runc is not installed")
	}
	b := builder.New(builder.Settings{Builder: "embedded", Dir: buildkitDir(t), Tools: "../../tools/go.mod", Say: t.Logf})
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Errorf("closing the builder: %v", err)
		}
	})
	return b
}

func buildkitDir(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	shared, dir := filepath.Join(cache, "howdah-test"), t.TempDir()
	if err := os.MkdirAll(shared, 0o755); err != nil {
		t.Fatal(err)
	}
	program := filepath.Join(shared, "buildkitd-"+buildkitd.Version())
	if _, err := os.Stat(program); err != nil {
		t.Logf("building buildkitd once")
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/moby/buildkit/cmd/buildkitd")
		cmd.Dir = "../../tools"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	if err := os.Link(program, filepath.Join(dir, filepath.Base(program))); err != nil {
		t.Fatal(err)
	}
	return dir
}

const source = `commit 1 Begin
commit 2 Same size, other content
-- 1/.dockerignore --
ignored
*.log
!kept.log
-- 1/app/main.txt --
limit is 500
-- 2/app/main.txt --
limit is 512
-- 1/ignored/x --
never in an image
-- 1/other.log --
never in an image
-- 1/kept.log --
kept
-- 1.x --
app/run
-- 1/app/run --
#!/bin/sh
-- 1.ln --
link app/main.txt
`

const dockerfile = `ARG PACKAGES=none
FROM scratch
ARG PACKAGES
COPY . /src
LABEL packages=$PACKAGES
`

func sourceTree(t *testing.T, commit string) (*git.Repo, *tree.Tree) {
	t.Helper()
	repo, ids := gittest.Repo(t, source)
	tr, err := repo.At(t.Context(), ids[commit])
	if err != nil {
		t.Fatal(err)
	}
	return repo, tr
}

func spec(tr *tree.Tree) image.Spec {
	return image.Spec{
		Name: "scratchy", Context: tr, Platforms: []string{"linux/amd64"},
		Dockerfile: frontend.Dockerfile{Name: "docker/x.Dockerfile", Data: []byte(dockerfile)},
		Args:       map[string]string{"PACKAGES": "2026-04-30"},
	}
}

// files lists the flattened image, as "MODE NAME[ -> TARGET][ = CONTENT]".
func files(t *testing.T, dir string) string {
	t.Helper()
	index, err := image.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	img, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	flat := mutate.Extract(img)
	defer flat.Close()
	return listTar(t, flat)
}

func TestBuild(t *testing.T) {
	b := openBuilder(t)
	_, first := sourceTree(t, "1")
	dir := filepath.Join(t.TempDir(), "layout")
	var plain bytes.Buffer
	got, err := image.BuildOne(t.Context(), b, spec(first), dir, image.Progress{Out: &plain})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s in %s, %d bytes, %d steps", got.Digest, got.Took.Round(time.Millisecond), got.Bytes, len(got.Steps))
	want := strings.Join([]string{
		"src 755", "src/.dockerignore 644", "src/app 755", "src/app/main.txt 644 limit is 500", "src/app/run 755",
		"src/kept.log 644", "src/link 777 app/main.txt",
	}, "\n")
	if files := files(t, dir); files != want {
		t.Errorf("the image holds\n%s\nwant\n%s", files, want)
	}
	if err := image.Check(dir); err != nil {
		t.Error(err)
	}
	if !strings.Contains(plain.String(), "COPY . /src") {
		t.Errorf("the progress does not name the step: %s", plain.String())
	}

	// Another tree with files of the same sizes: BuildKit must notice.
	_, second := sourceTree(t, "2")
	next, err := image.BuildOne(t.Context(), b, spec(second), dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if files := files(t, dir); !strings.Contains(files, "limit is 512") {
		t.Errorf("the second build has the first one's content:\n%s", files)
	}
	if next.Digest == got.Digest {
		t.Error("both trees have one digest")
	}

	// The same inputs, built anew: the same digest.
	anew := spec(first)
	anew.NoCache = true
	again, err := image.BuildOne(t.Context(), b, anew, dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if again.Digest != got.Digest {
		t.Errorf("built again the digest is %s, was %s", again.Digest, got.Digest)
	}
}

func TestBuildFails(t *testing.T) {
	b := openBuilder(t)
	_, tr := sourceTree(t, "1")
	dir := filepath.Join(t.TempDir(), "layout")
	bad := spec(tr)
	bad.Dockerfile.Data = []byte("FROM scratch\nARG PACKAGES\nCOPY . /\nCOPY nothing-of-this-name /x\n")
	_, err := image.BuildOne(t.Context(), b, bad, dir, image.Progress{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Build || f.File != "docker/x.Dockerfile" || f.Line != 4 {
		t.Fatalf("got %v (%#v), want code 6 at line 4", err, f)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a failed build left %s: %v", dir, err)
	}
	if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
		t.Errorf("a failed build left %s", left)
	}
}

func TestBuildCancelled(t *testing.T) {
	b := openBuilder(t)
	_, tr := sourceTree(t, "1")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := image.BuildOne(ctx, b, spec(tr), filepath.Join(t.TempDir(), "layout"), image.Progress{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
}

// TestDeterministic: with every cache gone, a step that writes files of now gives the same digest, on two platforms.
func TestDeterministic(t *testing.T) {
	b := openBuilder(t)
	dir := filepath.Join(t.TempDir(), "layout")
	s := stepSpec(t, `RUN ["/step", "write", "/now", "x"]`, `WORKDIR /made/by/buildkit`)
	s.Platforms = []string{"linux/amd64", "linux/386"} // an amd64 processor runs both
	first, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Close(); err != nil {
		t.Fatal(err)
	}
	if freed, err := b.Prune(t.Context(), 0); err != nil || freed == 0 {
		t.Fatalf("freed %d, %v", freed, err)
	}
	time.Sleep(1100 * time.Millisecond) // so that now is another second
	second, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if first.Digest != second.Digest {
		t.Errorf("%s, then %s", first.Digest, second.Digest)
	}
	for _, step := range second.Steps {
		if step.Cached && strings.Contains(step.Name, "RUN") { // a COPY may be the other platform's of a moment ago
			t.Errorf("the cache was not empty: %s", step.Name)
		}
	}
	index, err := image.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range manifest.Manifests {
		got = append(got, m.Platform.String())
		img, err := index.Image(m.Digest)
		if err != nil {
			t.Fatal(err)
		}
		config, err := img.ConfigFile()
		if err != nil {
			t.Fatal(err)
		}
		if config.Created.Unix() != 1_000_000_000 {
			t.Errorf("%s was created %s", m.Platform, config.Created)
		}
		flat := mutate.Extract(img)
		for entries := tar.NewReader(flat); ; {
			h, err := entries.Next()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Fatal(err)
			}
			if h.ModTime.Unix() > 1_000_000_000 {
				t.Errorf("%s: %s is of %s", m.Platform, h.Name, h.ModTime)
			}
		}
		flat.Close()
	}
	if strings.Join(got, " ") != "linux/386 linux/amd64" || len(second.Platforms) != 2 ||
		second.Platforms[0].Inputs == second.Platforms[1].Inputs {
		t.Errorf("the index has %q, the result %+v", got, second.Platforms)
	}
}

// TestJoin: platforms that are built one by one and joined are the index that a build of all makes.
func TestJoin(t *testing.T) {
	b := openBuilder(t)
	dir := t.TempDir()
	s := stepSpec(t, `RUN ["/step", "write", "/now", "x"]`)
	s.Platforms = []string{"linux/amd64", "linux/386"}
	whole, err := image.BuildOne(t.Context(), b, s, filepath.Join(dir, "whole"), image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	var parts []image.Part
	for _, platform := range s.Platforms {
		one := s
		one.Platforms = []string{platform}
		at := filepath.Join(dir, strings.ReplaceAll(platform, "/", "-"))
		r, err := image.BuildOne(t.Context(), b, one, at, image.Progress{})
		if err != nil {
			t.Fatal(err)
		}
		index, err := image.Open(at)
		if err != nil {
			t.Fatal(err)
		}
		manifest, err := index.IndexManifest()
		if err != nil {
			t.Fatal(err)
		}
		img, err := index.Image(manifest.Manifests[0].Digest)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, image.Part{Platform: platform, Inputs: r.Platforms[0].Inputs, Image: img})
	}
	joined, err := image.Join(t.Context(), s.Name, filepath.Join(dir, "joined"), parts)
	if err != nil {
		t.Fatal(err)
	}
	if joined.Digest != whole.Digest || !slices.Equal(joined.Platforms, whole.Platforms) || joined.Bytes != whole.Bytes {
		t.Errorf("joined %+v\nbuilt %+v", joined, whole)
	}
	if err := image.Check(joined.Dir); err != nil {
		t.Error(err)
	}
	parts[0].Platform, parts[1].Platform = parts[1].Platform, parts[0].Platform
	if _, err := image.Join(t.Context(), s.Name, filepath.Join(dir, "swapped"), parts); err == nil {
		t.Error("swapped platforms were joined")
	}
}

// TestBaseLayout: an image that was built is another's base, by its familiar name; what it changed is in the inputs.
func TestBaseLayout(t *testing.T) {
	b := openBuilder(t)
	base := filepath.Join(t.TempDir(), "base")
	if _, err := image.BuildOne(t.Context(), b, stepSpec(t, `ENV FROM_BASE=yes`), base, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	s := image.Spec{
		Name: "upon", Platforms: []string{"linux/amd64"}, Bases: map[string]string{"node:24-trixie-slim": base},
		Dockerfile: frontend.Dockerfile{Name: "x",
			Data: []byte("ARG DEBIAN=trixie\nFROM node:24-${DEBIAN}-slim\nRUN [\"/step\", \"write\", \"/upon\", \"x\"]\n")},
	}
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	if got := files(t, dir); !strings.Contains(got, "step 755") || !strings.Contains(got, "upon 644") {
		t.Errorf("the image holds %q", got)
	}
	index, err := image.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	manifest, _ := index.IndexManifest()
	img, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	config, err := img.ConfigFile()
	if err != nil || !slices.Contains(config.Config.Env, "FROM_BASE=yes") {
		t.Errorf("the base's config is lost: %+v, %v", config, err)
	}
}

// TestBaseOutOfReach: a registry that cannot be reached is to be tried again, with the way that needs none.
func TestBaseOutOfReach(t *testing.T) {
	b := openBuilder(t)
	s := simple("FROM 127.0.0.1:1/nothing:1")
	_, err := image.BuildOne(t.Context(), b, s, filepath.Join(t.TempDir(), "layout"), image.Progress{})
	if fault.CodeOf(err) != fault.Retry || !strings.Contains(fault.HintOf(err).String(), "base:build") {
		t.Errorf("got %v (code %d, hint %q)", err, fault.CodeOf(err), fault.HintOf(err).String())
	}
}
