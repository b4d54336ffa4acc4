package script_test

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/tree"
)

// fetched is a store as a partial clone is one: it counts how often files are asked for, and how many.
type fetched struct {
	objects map[tree.ID]tree.Object
	here    map[tree.ID]bool
	lost    tree.ID // this content cannot be fetched

	fetches, files int
}

func (f *fetched) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	return tree.ParseTree(f.objects[id].Data)
}

func (f *fetched) Blob(ctx context.Context, id tree.ID) ([]byte, error) {
	blobs, err := f.Blobs(ctx, []tree.ID{id})
	return blobs[id], err
}

func (f *fetched) Blobs(_ context.Context, ids []tree.ID) (map[tree.ID][]byte, error) {
	out, missing := map[tree.ID][]byte{}, 0
	for _, id := range ids {
		if id == f.lost {
			return nil, fmt.Errorf("fetching %s: %w", id, fs.ErrNotExist)
		}
		if !f.here[id] {
			missing++
		}
		f.here[id], out[id] = true, f.objects[id].Data
	}
	if missing > 0 {
		f.fetches++
		f.files += missing
	}
	return out, nil
}

// partial returns a tree of which no file is here yet.
func partial(t *testing.T, files map[string]string) (*fetched, *tree.Tree) {
	t.Helper()
	made := treeOf(t, files)
	objects, err := made.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	f := &fetched{objects: map[tree.ID]tree.Object{}, here: map[tree.ID]bool{}}
	for _, o := range objects {
		f.objects[o.ID] = o
	}
	return f, tree.At(f, made.Root())
}

// TestReadAhead: a script that works on many files of the tree fetches them together, one that works on few fetches
// these alone, and the result is the same.
func TestReadAhead(t *testing.T) {
	files := map[string]string{}
	for i := range 120 {
		files[fmt.Sprintf("config/locales/l%d.yml", i)] = fmt.Sprintf("toot %d\n", i)
		files[fmt.Sprintf("app/javascript/locales/d%d/l%d.json", i%12, i)] = fmt.Sprintf("{ \"toot\": %d }\n", i)
	}
	for i := range 1_600 {
		files[fmt.Sprintf("lib/d%d/e%d/f%d.rb", i%40, i%7, i)] = fmt.Sprintf("puts %d\n", i)
	}
	var single strings.Builder
	for i := range 30 {
		fmt.Fprintf(&single, "sed -i s/puts/print/ lib/d%d/e%d/f%d.rb\n", i, i%7, i)
	}
	for _, test := range []struct {
		name, text     string
		fetches, files int // at most
		changed        int
	}{
		{"sed of a pattern", "sed -i s/toot/post/ config/locales/*.yml\n", 9, 120, 120},
		{"a loop", "for f in config/locales/l1*.yml; do\n  sed -i s/toot/post/ \"$f\"\ndone\n", 10, 120, 31},
		{"grep in folders", "grep -rl toot app/javascript | xargs sed -i s/toot/post/\n", 18, 120, 120},
		{"grep in a large folder", "grep -rl 'puts [0-9]*7$' lib | xargs sed -i s/puts/print/\n", 60, 1_840, 160},
		{"find", "find app -name '*.json' -exec sed -i s/toot/post/ {} +\n", 18, 120, 120},
		{"a copied folder", "cp -r config/locales /tmp/l\nsed -i s/toot/post/ /tmp/l/*.yml\n" +
			"cp /tmp/l/*.yml config/locales/\n", 10, 120, 120},
		{"stages", "FROM a AS one\nWORKDIR /opt/mastodon\nRUN true\nFROM alpine AS two\n" +
			"COPY --from=one /opt/mastodon/config/locales/ /l/\nRUN sed -i s/toot/post/ /l/*.yml\n" +
			"FROM one\nCOPY --from=two /l/ /opt/mastodon/config/locales/\n", 10, 120, 120},
		{"few files", "sed -i s/toot/post/ config/locales/l1.yml config/locales/l2.yml\n", 2, 2, 2},
		{"files far apart", single.String(), 30, 40, 30},
	} {
		t.Run(test.name, func(t *testing.T) {
			store, upstream := partial(t, files)
			src := script.Source{Name: "ours", File: "patch.sh", Data: []byte(test.text)}
			if strings.HasPrefix(test.text, "FROM") {
				src.Dockerfile, src.File = true, "Dockerfile"
			}
			r, err := script.Follow(t.Context(), src, upstream, sedOf(t))
			if err != nil {
				t.Fatal(err)
			}
			if store.fetches > test.fetches || store.files > test.files {
				t.Errorf("%d files in %d fetches, want at most %d in %d", store.files, store.fetches, test.files,
					test.fetches)
			}
			want := map[string]string{}
			for name, data := range files {
				want[name] = data
			}
			deltas, err := tree.Compare(t.Context(), upstream, r.Expected)
			if err != nil {
				t.Fatal(err)
			}
			if len(deltas) != test.changed {
				t.Errorf("%d files changed, want %d\n%s", len(deltas), test.changed, r.Imported.Text())
			}
		})
	}
}

// TestReadAheadLost: a file that cannot be fetched matters to the command that reads it, not to those that read files
// beside it.
func TestReadAheadLost(t *testing.T) {
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("public/p%d.txt", i)] = fmt.Sprintf("toot %d\n", i)
	}
	for _, test := range []struct {
		name, text, says string
	}{
		{"beside it", "sed -i s/toot/post/ public/p2*.txt\n", ""},
		{"itself", "sed -i s/toot/post/ public/*.txt\n", `reading "public/p3.txt"`},
	} {
		t.Run(test.name, func(t *testing.T) {
			store, upstream := partial(t, files)
			store.lost = tree.BlobID([]byte(files["public/p3.txt"]))
			src := script.Source{Name: "ours", File: "patch.sh", Data: []byte(test.text)}
			_, err := script.Follow(t.Context(), src, upstream, sedOf(t))
			if (err == nil) != (test.says == "") || err != nil && !strings.Contains(err.Error(), test.says) {
				t.Errorf("the error is %v, want %q", err, test.says)
			}
		})
	}
}
