package cli_test

import (
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/loopback"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/view"
)

// TestDemo is the whole flow for real: bases out of packages, both images of the miniature in the embedded BuildKit,
// two registries; then once more, when nothing may be built or uploaded; then the images pulled with another tool than
// ours.
func TestDemo(t *testing.T) {
	if os.Getenv("HOWDAH_TEST_DEMO") == "" {
		t.Skip("builds real images, which takes minutes: set HOWDAH_TEST_DEMO=1")
	}
	if runtime.GOOS != "linux" || os.Geteuid() != 0 {
		t.Skip("the embedded BuildKit needs root on Linux")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cache := os.Getenv("HOWDAH_CACHE")
	if cache == "" {
		user, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		cache = filepath.Join(user, "howdah")
	}
	held, err := files.Usage(cache)
	if err != nil {
		t.Fatal(err)
	}
	var printed string
	demo := func() (view.Release, time.Duration) {
		begin := time.Now()
		printed = run(t, root, []string{"HOWDAH_CACHE=" + cache}, "go", "tool", "mage", "demo", "-dir="+dir)
		var r view.Release
		data, err := os.ReadFile(filepath.Join(dir, "dist", "release.json"))
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &r); err != nil {
			t.Fatal(err)
		}
		return r, time.Since(begin)
	}
	first, took := demo()
	t.Logf("the first run took %s", took.Round(time.Second))
	if first.State != view.Done || len(first.Images) != 2 || len(first.Registries) != 2 {
		t.Fatalf("state %q, %d images, %d registries", first.State, len(first.Images), len(first.Registries))
	}
	if held < 1e6 { // the cache was empty
		took := disk(t, cache) + disk(t, dir)
		t.Logf("the demo takes %s of disk", term.Size(took))
		if took > demoDisk {
			t.Errorf("the demo takes %s of disk, at most %s", term.Size(took), term.Size(demoDisk))
		}
	}
	if golden.Updating() {
		recordDemo(t, root, cache)
	}
	checkRecording(t, printed)
	again, took := demo()
	t.Logf("the second run took %s", took.Round(time.Second))
	if again.State != view.Unchanged || again.Tag != first.Tag {
		t.Errorf("the second run: %q %q, want unchanged %q", again.State, again.Tag, first.Tag)
	}

	// Built once more, with no step from a cache, both images are the same bytes. Where Debian has updated a package
	// since the first build, two new builds are compared, and the run says so.
	same := run(t, root, []string{"HOWDAH_CACHE=" + cache, "HOWDAH_CONFIG=" + dir,
		"HOWDAH_SOURCE_REPOSITORY=https://github.com/howdah/howdah"}, "go", "tool", "mage", "image:verify", "-rebuild")
	if n := strings.Count(same, "equal to the byte"); n != 2 {
		t.Errorf("%d of 2 images are the same when they are built once more:\n%s", n, same)
	}

	// Another tool pulls what was pushed: its digest is the one that was reported.
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	for _, store := range []string{"first", "second"} {
		address := serve(ctx, t, filepath.Join(dir, "registries", store))
		for _, i := range first.Images {
			name := address + "/" + store + "/" + i.Name + ":" + first.Tag
			if got := strings.TrimSpace(run(t, root, nil, "go", "tool", "-modfile=tools/go.mod", "crane", "digest",
				name)); got != i.Digest {
				t.Errorf("crane digest %s = %s, want %s", name, got, i.Digest)
			}
			// `validate` without --fast takes every layer for gzip; `export` reads all of them, zstd too.
			run(t, root, nil, "go", "tool", "-modfile=tools/go.mod", "crane", "validate", "--fast", "--remote="+name)
			run(t, root, nil, "go", "tool", "-modfile=tools/go.mod", "crane", "export", name, os.DevNull)
		}
		if store == "first" {
			rebuildReleased(t, root, first.Tag, []string{"HOWDAH_CACHE=" + cache, "HOWDAH_CONFIG=" + dir,
				"HOWDAH_REGISTRIES=" + address + "/" + store, "HOWDAH_SOURCE_REPOSITORY=https://github.com/howdah/howdah"})
		}
	}
}

// demoDisk is what demo says, before it begins, that it needs.
const demoDisk = 2_500_000_000

// disk is how many bytes a folder takes.
func disk(t *testing.T, folder string) int64 {
	t.Helper()
	kilobytes, _, _ := strings.Cut(run(t, folder, nil, "du", "--summarize", "--one-file-system", "-k", "."), "\t")
	n, err := strconv.ParseInt(kilobytes, 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return n << 10
}

// rebuildReleased holds that a published image is what its sources give. Where Debian has updated packages since, the
// run says which, and nothing is held.
func rebuildReleased(t *testing.T, root, tag string, env []string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "tool", "mage", "image:verify", "-rebuild", "-of="+tag,
		"-image=streaming")
	cmd.Dir, cmd.Env = root, append(os.Environ(), env...)
	out, err := cmd.CombinedOutput()
	said := string(out)
	switch updated := "Debian has updated packages since " + tag; {
	case err != nil && strings.Contains(said, updated):
		t.Logf("skipped: the published image is not compared: %s", said[strings.Index(said, updated):])
	case err != nil || !strings.Contains(said, "mastodon-streaming  equal to the byte"):
		t.Errorf("the published image is not the same when it is built once more: %v\n%s", err, said)
	}
}

// run runs a program in dir and returns what it prints on stdout.
func run(t *testing.T, dir string, env []string, program string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), program, args...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		lines := strings.Split(said.String(), "\n")
		t.Fatalf("%s %s: %v\n%s\n%s", program, strings.Join(args, " "), err, out,
			strings.Join(lines[max(0, len(lines)-40):], "\n"))
	}
	return string(out)
}

// serve brings a registry's store up again, until the test ends.
func serve(ctx context.Context, t *testing.T, store string) string {
	t.Helper()
	server, err := loopback.Start(ctx, store, "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = server.Close() })
	return server.Address()
}
