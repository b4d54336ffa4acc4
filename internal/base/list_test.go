package base

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// writeBase writes a layout that is another for each text.
func writeBase(t *testing.T, dir, text string) image.Result {
	t.Helper()
	img, err := mutate.Config(empty.Image, v1.Config{Env: []string{"TEXT=" + text}})
	if err != nil {
		t.Fatal(err)
	}
	index := mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: img})
	if _, err := layout.Write(dir, mutate.AppendManifests(empty.Index, mutate.IndexAddendum{Add: index})); err != nil {
		t.Fatal(err)
	}
	digest, err := image.Digest(dir)
	if err != nil {
		t.Fatal(err)
	}
	return image.Result{Dir: dir, Digest: digest}
}

// generation is what Make has built of a Dockerfile before it moves it to its place.
func generation(t *testing.T, root, text string) (o Options, steps []func() error, digests map[string]string) {
	t.Helper()
	o = Options{Dir: root, Suite: "bookworm", Dockerfile: frontend.Dockerfile{Data: []byte(text)}}
	dir := filepath.Join(root, o.Suite)
	debian := Base{Layout: filepath.Join(dir, "debian-"+recipe)}
	if _, err := os.Stat(debian.Layout); err != nil {
		writeBase(t, debian.Layout, "debian")
	}
	digest, err := image.Digest(debian.Layout)
	if err != nil {
		t.Fatal(err)
	}
	debian.Digest, digests = digest, map[string]string{"debian": digest}
	var built []image.Result
	for _, target := range targets {
		part := filepath.Join(dir, target+unplaced)
		if err := os.RemoveAll(part); err != nil {
			t.Fatal(err)
		}
		built = append(built, writeBase(t, part, target+text))
		digests[target] = built[len(built)-1].Digest
	}
	before, bad := load(dir)
	if len(bad) > 0 {
		t.Logf("before: %v", bad)
	}
	return o, o.place(dir, debian, built, before), digests
}

// listed are the digests of the bases that List returns.
func listed(t *testing.T, root string) (map[string]string, []error) {
	t.Helper()
	made, bad := List(root, "bookworm")
	digests := map[string]string{}
	for name, b := range made {
		digests[name] = b.Digest
		if got, err := image.Digest(b.Layout); err != nil || got != b.Digest {
			t.Errorf("%s: the list says %s, the layout has %s (%v)", name, b.Digest, got, err)
		}
	}
	return digests, bad
}

func runAll(t *testing.T, steps []func() error) {
	t.Helper()
	for n, step := range steps {
		if err := step(); err != nil {
			t.Fatalf("step %d: %v", n, err)
		}
	}
}

// TestInterruptedAtEachWrite ends the moving of new bases after each of its steps: the bases of before, or all of the
// new ones, are listed, never some of both, and the next run makes them as if nothing had been. The bases of before
// stay, because another run may be building from them; those before them go.
func TestInterruptedAtEachWrite(t *testing.T) {
	_, steps, _ := generation(t, t.TempDir(), "count")
	for n := range len(steps) + 1 {
		t.Run(fmt.Sprintf("after %d of %d", n, len(steps)), func(t *testing.T) {
			root := t.TempDir()
			_, steps, _ := generation(t, root, "oldest")
			runAll(t, steps)
			_, steps, old := generation(t, root, "old")
			runAll(t, steps)
			o, steps, next := generation(t, root, "new")
			runAll(t, steps[:n])
			got, bad := listed(t, root)
			if len(bad) > 0 || !maps.Equal(got, old) && !maps.Equal(got, next) {
				t.Errorf("listed are %v (%v), expected %v or %v", got, bad, old, next)
			}
			if o.made() != maps.Equal(got, next) {
				t.Errorf("made is %v where %v is listed", o.made(), got)
			}
			_, steps, _ = generation(t, root, "new")
			runAll(t, steps)
			if got, bad = listed(t, root); len(bad) > 0 || !maps.Equal(got, next) || !o.made() {
				t.Errorf("after the next run: %v (%v), expected %v", got, bad, next)
			}
			left, err := filepath.Glob(filepath.Join(root, "bookworm", "*"))
			if most := 1 + 1 + 2*len(targets); err != nil || len(left) > most {
				t.Errorf("%d entries are left, expected at most %d: %q", len(left), most, left)
			}
		})
	}
}

// TestDamagedBases damages bases in each way in which they were found damaged: List leaves out what does not fit and
// says why, and the next run makes them again.
func TestDamagedBases(t *testing.T) {
	list := func(change func(*madeList)) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			name := filepath.Join(dir, listName)
			data, err := os.ReadFile(name)
			var m madeList
			if err == nil {
				err = json.Unmarshal(data, &m)
			}
			change(&m)
			if err == nil {
				data, err = json.Marshal(m)
			}
			if err == nil {
				err = os.WriteFile(name, data, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	text := func(text string) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.WriteFile(filepath.Join(dir, listName), []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	glob := func(t *testing.T, pattern string) string {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("no %s (%v)", pattern, err)
		}
		return found[0]
	}
	for name, c := range map[string]struct {
		damage func(t *testing.T, dir string)
		stay   int // bases that are still listed
		want   string
	}{
		"another layout in its place": {func(t *testing.T, dir string) {
			place := glob(t, filepath.Join(dir, "node-*"))
			if err := os.RemoveAll(place); err != nil {
				t.Fatal(err)
			}
			writeBase(t, place, "of another run")
		}, 2, "is not the one that "},
		"layout removed": {func(t *testing.T, dir string) {
			if err := os.RemoveAll(glob(t, filepath.Join(dir, "ruby-*"))); err != nil {
				t.Fatal(err)
			}
		}, 2, "no such file"},
		"layout without its index": {func(t *testing.T, dir string) {
			if err := os.Remove(filepath.Join(glob(t, filepath.Join(dir, "ruby-*")), "index.json")); err != nil {
				t.Fatal(err)
			}
		}, 2, "index.json"},
		"blob cut short": {func(t *testing.T, dir string) {
			if err := os.Truncate(glob(t, filepath.Join(dir, "debian-*", "blobs", "sha256", "*")), 3); err != nil {
				t.Fatal(err)
			}
		}, 2, "checking the layout"},
		"list of another digest": {list(func(m *madeList) {
			m.Bases["node"] = Base{m.Bases["node"].Layout, m.Bases["ruby"].Digest}
		}), 2, "is not the one that "},
		"list of a newer version": {list(func(m *madeList) { m.Format = listFormat + 1 }), 0, "expected format 1, found 2"},
		"list without bases":      {list(func(m *madeList) { m.Bases = nil }), 0, "it lists no base image"},
		"list of nothing":         {text("null"), 0, "it lists no base image"},
		"empty list":              {text(""), 0, "unexpected end of JSON input"},
		"list cut short":          {text(`{"key": "sha256:00", "bases": {"debia`), 0, "unexpected end of JSON input"},
		"list of another form":    {text(`{"bases": ["node"]}`), 0, "cannot unmarshal array"},
	} {
		t.Run(name, func(t *testing.T) {
			root := t.TempDir()
			o, steps, _ := generation(t, root, "one")
			runAll(t, steps)
			if _, bad := listed(t, root); !o.made() || len(bad) > 0 {
				t.Fatalf("before: %v", bad)
			}
			c.damage(t, filepath.Join(root, o.Suite))
			got, bad := listed(t, root)
			if len(got) != c.stay || len(bad) != 1 || !strings.Contains(bad[0].Error(), c.want) || o.made() {
				t.Errorf("listed are %v, made is %v, found %v, expected %q", got, o.made(), bad, c.want)
			}
			if err := os.RemoveAll(filepath.Join(root, o.Suite, "debian-"+recipe)); err != nil {
				t.Fatal(err)
			}
			_, steps, digests := generation(t, root, "one")
			runAll(t, steps)
			if got, bad := listed(t, root); len(bad) > 0 || !maps.Equal(got, digests) || !o.made() {
				t.Errorf("made again: %v (%v), expected %v", got, bad, digests)
			}
		})
	}
}

// TestListOfOlderVersion reads the list of the versions whose layouts were absolute paths and had no digest in their
// names, and one that was written where the cache lay before it was moved.
func TestListOfOlderVersion(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "bookworm")
	node := writeBase(t, filepath.Join(dir, "node"), "node")
	m := madeList{Key: "sha256:00", Bases: map[string]Base{"node": {Layout: node.Dir, Digest: node.Digest}}}
	data, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, listName), data, 0o644); err != nil {
		t.Fatal(err)
	}
	if got, bad := listed(t, root); len(bad) > 0 || got["node"] != node.Digest {
		t.Errorf("%v (%v)", got, bad)
	}

	_, steps, digests := generation(t, root, "one")
	runAll(t, steps)
	moved := filepath.Join(t.TempDir(), "moved")
	if err := os.Rename(root, moved); err != nil {
		t.Fatal(err)
	}
	got, bad := listed(t, moved)
	if len(bad) > 0 || !maps.Equal(got, digests) {
		t.Errorf("moved: %v (%v), expected %v", got, bad, digests)
	}
	if names := slices.Sorted(maps.Keys(got)); !slices.Equal(names, []string{"debian", "node", "ruby"}) {
		t.Errorf("bases of %q", names)
	}
}
