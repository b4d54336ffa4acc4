package apply_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// claimed is a repository of files with a size only; reading the content of one fails the test unless it is allowed.
type claimed struct {
	trees  map[tree.ID][]tree.Entry
	sizes  map[tree.ID]int64
	opened int // folders
	read   int // bytes
}

func (c *claimed) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	if c.opened++; c.opened > 200_000 {
		return nil, fmt.Errorf("%d folders were opened", c.opened)
	}
	return c.trees[id], nil
}

func (c *claimed) Blob(_ context.Context, id tree.ID) ([]byte, error) {
	if c.read += int(c.sizes[id]); c.read > 110<<20 {
		return nil, fmt.Errorf("%d bytes were read", c.read)
	}
	return []byte(strings.Repeat(string(id[len(id)-1]), int(c.sizes[id])-1) + "\n"), nil
}

func (c *claimed) Sizes(_ context.Context, ids []tree.ID) (map[tree.ID]int64, error) {
	out := map[tree.ID]int64{}
	for _, id := range ids {
		out[id] = c.sizes[id]
	}
	return out, nil
}

// id returns the n-th generated id.
func (c *claimed) id() tree.ID { return tree.ID(fmt.Sprintf("%040x", 1+len(c.trees)+len(c.sizes))) }

func (c *claimed) folder(entries ...tree.Entry) tree.ID {
	if c.trees == nil {
		c.trees, c.sizes = map[tree.ID][]tree.Entry{}, map[tree.ID]int64{}
	}
	slices.SortFunc(entries, func(a, b tree.Entry) int { return strings.Compare(a.Name, b.Name) })
	id := c.id()
	c.trees[id] = entries
	return id
}

// files returns n files of one size.
func (c *claimed) files(n int, size int64) (out []tree.Entry) {
	c.folder()
	for i := range n {
		id := c.id()
		c.sizes[id] = size
		out = append(out, tree.Entry{Name: fmt.Sprintf("f%05d", i), Mode: tree.Regular, ID: id})
	}
	return out
}

// nest puts the entries into ten folders, these into ten folders, and so on.
func (c *claimed) nest(times int, within ...tree.Entry) tree.ID {
	id := c.folder(within...)
	for range times {
		var ten []tree.Entry
		for i := range 10 {
			ten = append(ten, tree.Entry{Name: fmt.Sprintf("d%d", i), Mode: tree.Folder, ID: id})
		}
		id = c.folder(ten...)
	}
	return id
}

// beside returns a folder that has one empty folder many times, and other entries.
func (c *claimed) beside(times int, others ...tree.Entry) tree.ID {
	empty := c.folder()
	for i := range times {
		others = append(others, tree.Entry{Name: fmt.Sprintf("d%05d", i), Mode: tree.Folder, ID: empty})
	}
	return c.folder(others...)
}

// deep puts the entries into a chain of folders with long names.
func (c *claimed) deep(times int, within ...tree.Entry) tree.ID {
	id := c.folder(within...)
	for range times {
		id = c.folder(tree.Entry{Name: strings.Repeat("n", 200), Mode: tree.Folder, ID: id})
	}
	return id
}

// claimedAt is a commit of a claimed repository.
type claimedAt struct {
	*claimed
	root tree.ID
}

func (s claimedAt) Commit(context.Context, string, tree.ID) (*tree.Tree, error) {
	return tree.At(s.claimed, s.root), nil
}

func (s claimedAt) Pull(context.Context, *series.Change) (base, head *tree.Tree, err error) {
	return tree.At(s.claimed, tree.Empty), tree.At(s.claimed, s.root), nil
}

// TestForeignTreesAreBounded: commits of other people's repositories, as a pull request and as an overlay. One that
// is too large is refused before it is read, also if it is small and contains itself many times.
func TestForeignTreesAreBounded(t *testing.T) {
	const work = "the changes up to this one need more searching and merging than is allowed"
	for _, test := range []struct {
		name          string
		root          func(c *claimed) tree.ID
		pull, overlay string // why each is refused; "": it applies
		code          fault.Code
	}{
		{"three files", func(c *claimed) tree.ID { return c.folder(c.files(3, 1000)...) }, "", "", 0},
		{"10,000 files", func(c *claimed) tree.ID { return c.folder(c.files(10_000, 2)...) }, "", "", 0},
		{"10,001 files", func(c *claimed) tree.ID { return c.folder(c.files(10_001, 2)...) },
			"it touches 10001 files, at most 10000 are allowed", "the overlay has more than 10000 files", fault.Usage},
		{"a file of 16 MiB", func(c *claimed) tree.ID { return c.folder(c.files(1, 16<<20)...) }, "", "", 0},
		{"a file of 16 MiB and a byte", func(c *claimed) tree.ID { return c.folder(c.files(1, 16<<20+1)...) },
			`"f00000" would have more than 16777216 bytes`,
			`"f00000" has 16777217 bytes, at most 16777216 are allowed`, fault.Usage},
		{"five files of 13 MiB", func(c *claimed) tree.ID { return c.folder(c.files(5, 13<<20)...) },
			"the change writes 68157440 bytes, at most 67108864 are allowed",
			"the change writes 68157440 bytes, at most 67108864 are allowed", fault.Usage},
		{"seven files of 16 MiB", func(c *claimed) tree.ID { return c.folder(c.files(7, 16<<20)...) }, work, work,
			fault.Usage},
		{"a file of 5 GiB", func(c *claimed) tree.ID { return c.folder(c.files(1, 5<<30)...) }, work,
			`"f00000" has 5368709120 bytes`, fault.Usage},
		{"a file ten thousand million times", func(c *claimed) tree.ID { return c.nest(10, c.files(1, 10)...) },
			"it touches more than 40000 files and folders", "the overlay has more than 10000 folders", fault.Usage},
		{"ten thousand million empty folders", func(c *claimed) tree.ID { return c.nest(10) },
			"it touches more than 40000 files and folders", "the overlay has more than 10000 folders", fault.Usage},
		{"a file and 39,999 folders", func(c *claimed) tree.ID { return c.beside(39_999, c.files(1, 10)...) }, "",
			"the overlay has more than 10000 folders", fault.Usage},
		{"a file and 40,000 folders", func(c *claimed) tree.ID { return c.beside(40_000, c.files(1, 10)...) },
			"it touches more than 40000 files and folders", "the overlay has more than 10000 folders", fault.Usage},
		{"a file and 10,000 folders", func(c *claimed) tree.ID { return c.beside(10_000, c.files(1, 10)...) }, "", "", 0},
		{"a file and 10,001 folders", func(c *claimed) tree.ID { return c.beside(10_001, c.files(1, 10)...) }, "",
			"the overlay has more than 10000 folders", fault.Usage},
		{"30,000 folders in each other", func(c *claimed) tree.ID { return c.deep(30_000, c.files(1, 10)...) },
			"it touches more than 40000 files and folders", "a path has 4", 0},
	} {
		for _, kind := range []series.Kind{series.KindPull, series.KindOverlay} {
			t.Run(test.name+" as a "+string(kind), func(t *testing.T) {
				of := &claimed{}
				root := test.root(of)
				c := &series.Change{Name: "foreign", Kind: kind, Required: true, File: "patches/series.toml", Line: 7}
				want := test.pull
				if kind == series.KindPull {
					c.Pull, c.Commit = "someone/mastodon#1", root
				} else {
					want = test.overlay
					c.Overlay = &series.Overlay{Repository: "https://example.org/x.git", Commit: root,
						Paths: map[string]string{".": "theirs"}}
				}
				base := applytest.NewStore().Put(t, map[string]*tree.File{"own": {Mode: tree.Regular, Data: []byte("x\n")}})
				r, err := apply.Apply(t.Context(), &series.Series{Changes: []*series.Change{c}},
					apply.Inputs{Base: base, Sources: claimedAt{of, root}})
				if err != nil {
					t.Fatal(err)
				}
				refusedWith(t, r.Outcomes[0], want)
				if test.code != 0 && want != "" && r.Outcomes[0].Error.Code != test.code {
					t.Errorf("it is refused with %d", r.Outcomes[0].Error.Code)
				}
			})
		}
	}
}

// refusedWith fails unless the change is refused for this reason; with why "", it has to apply.
func refusedWith(t *testing.T, o verdict.Outcome, why string) {
	t.Helper()
	switch {
	case why == "":
		if o.Verdict != verdict.Clean {
			t.Errorf("%s is %s: %s", o.Change.Name, o.Verdict, o.Message)
		}
	case o.Verdict != verdict.Refused || !strings.Contains(o.Message, why):
		t.Errorf("%s is %s: %q, want that it is refused: %q", o.Change.Name, o.Verdict, o.Message, why)
	case o.Error.File != "patches/series.toml" || o.Error.Line != o.Change.Line:
		t.Errorf("%s is refused at %s:%d", o.Change.Name, o.Error.File, o.Error.Line)
	}
}

// TestTheSeriesPaysForEach adds pull requests, each within its own limits, until the limit of the series is reached:
// those after it are refused, those before it are not.
func TestTheSeriesPaysForEach(t *testing.T) {
	of := &claimed{}
	root := of.folder(of.files(1, 15<<20)...)
	list := &series.Series{}
	for i := range 9 {
		list.Changes = append(list.Changes, &series.Change{Name: fmt.Sprintf("pull-%d", i), Kind: series.KindPull,
			Pull: fmt.Sprintf("someone/mastodon#%d", i+1), Commit: root, File: "patches/series.toml", Line: i + 1})
	}
	base := applytest.NewStore().Put(t, map[string]*tree.File{"own": {Mode: tree.Regular, Data: []byte("x\n")}})
	r, err := apply.Apply(t.Context(), list, apply.Inputs{Base: base, Sources: claimedAt{of, root}})
	if err != nil {
		t.Fatal(err)
	}
	refused := slices.IndexFunc(r.Outcomes, func(o verdict.Outcome) bool { return o.Verdict == verdict.Refused })
	if refused != 6 { // six have 90 MiB
		t.Fatalf("%d are taken, want 6", refused)
	}
	for _, o := range r.Outcomes[refused:] {
		refusedWith(t, o, "the changes up to this one need more searching and merging than is allowed")
	}
}

// text returns one line of this size.
func text(size int, with string) []byte { return []byte(strings.Repeat(with, size-1) + "\n") }

// TestResultsAreBounded: files, changes and series that reach each limit are accepted; with one byte, line or file
// more, the change that exceeds the limit is refused.
func TestResultsAreBounded(t *testing.T) {
	overlay := func(files ...[]byte) *series.Change {
		c := &series.Change{Kind: series.KindOverlay, Overlay: &series.Overlay{Local: map[string]tree.File{}}}
		for i, data := range files {
			c.Overlay.Local[fmt.Sprintf("new/%d", i)] = tree.File{Mode: tree.Regular, Data: data}
		}
		return c
	}
	edited := func(edits ...series.Edit) *series.Change { return &series.Change{Kind: series.KindEdit, Edits: edits} }
	replaced := func(size int) *series.Change {
		return edited(series.Edit{File: "own", Find: "x", Replace: strings.Repeat("y", size-1), Count: 1})
	}
	twice := func(size int) *series.Change {
		half := strings.Repeat("y", size/2)
		return edited(series.Edit{File: "own", Match: "x", Replace: half, Count: 1},
			series.Edit{File: "own", Match: "(y+)", Replace: "${1}" + half, Count: 1})
	}
	lines := func(n int) []byte { return []byte(strings.Repeat("\n", n)) }
	number := 0
	filled := func(sizes ...int) *series.Change { // each content counts once
		c := overlay()
		for _, size := range sizes {
			number++
			name := fmt.Sprintf("new/%06d", number)
			c.Overlay.Local[name] = tree.File{Mode: tree.Regular, Data: append([]byte(name), text(size-len(name), "a")...)}
		}
		return c
	}
	full := func(more int) []*series.Change { // the folders need less than 64 KiB
		return []*series.Change{filled(16<<20, 16<<20, 16<<20, 16<<20), filled(16<<20, 16<<20, 16<<20, 16<<20),
			filled(16<<20, 16<<20-64<<10+more)}
	}
	const inFile = "which is the limit of one file"
	for _, test := range []struct {
		name    string
		changes []*series.Change
		refused string // why the last one is refused
	}{
		{"a file of 16 MiB by an edit", []*series.Change{replaced(16 << 20)}, ""},
		{"a file of 16 MiB and a byte by an edit", []*series.Change{replaced(16<<20 + 1)}, inFile},
		{"a file of 1,000,000 lines", []*series.Change{overlay(lines(1_000_000))}, ""},
		{"a file of 1,000,001 lines", []*series.Change{overlay(lines(1_000_001))},
			`"new/0" would have 1000001 lines, at most 1000000 are allowed`},
		{"a file that two edits of one change grow", []*series.Change{twice(2 << 20)}, ""},
		{"a file that two edits of one change grow too much", []*series.Change{twice(18 << 20)}, inFile},
		{"a change of 64 MiB", []*series.Change{overlay(text(16<<20, "a"), text(16<<20, "b"), text(16<<20, "c"),
			text(16<<20, "d"))}, ""},
		{"a change of 64 MiB and two bytes", []*series.Change{overlay(text(16<<20, "a"), text(16<<20, "b"),
			text(16<<20, "c"), text(16<<20, "d"), text(2, "e"))},
			"the change writes 67108866 bytes, at most 67108864 are allowed"},
		{"a series of nearly 160 MiB", full(0), ""},
		{"a series of more than 160 MiB", full(64 << 10),
			"the series would make more than 160 MiB of files and folders, which is the limit"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for i, c := range test.changes {
				c.Name, c.Required, c.File, c.Line = fmt.Sprintf("change-%d", i), true, "patches/series.toml", i+1
				for k := range c.Edits {
					c.Edits[k].Line = i + 1
				}
			}
			base := applytest.NewStore().Put(t, map[string]*tree.File{"own": {Mode: tree.Regular, Data: []byte("x\n")}})
			r, err := apply.Apply(t.Context(), &series.Series{Changes: test.changes}, apply.Inputs{Base: base})
			if err != nil {
				t.Fatal(err)
			}
			last := len(r.Outcomes) - 1
			for _, o := range r.Outcomes[:last] {
				refusedWith(t, o, "")
			}
			refusedWith(t, r.Outcomes[last], test.refused)
		})
	}
}
