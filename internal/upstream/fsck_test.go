package upstream_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/upstream"
)

// TestFetchedObjectsAreChecked fetches commits that git fsck refuses: no ref leads to them, and they are not used. What
// old tools wrote is let through, or refused by a git that has no such list for a partial fetch (2.39 has none).
func TestFetchedObjectsAreChecked(t *testing.T) {
	repo, ids := server(t)
	base, err := repo.Run(t.Context(), "rev-parse", string(ids["3"])+"^{tree}")
	if err != nil {
		t.Fatal(err)
	}
	blob, err := repo.Run(t.Context(), "rev-parse", string(ids["3"])+":a.txt")
	if err != nil {
		t.Fatal(err)
	}
	write := func(kind, text string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "git", "-C", repo.Dir(), "hash-object", "-w", "--literally",
			"--stdin", "-t", kind)
		cmd.Stdin = strings.NewReader(text)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("writing a %s: %v", kind, err)
		}
		return strings.TrimSpace(string(out))
	}
	tree := func(mode, name string) string {
		t.Helper()
		entry, err := hex.DecodeString(strings.TrimSpace(string(blob)))
		if err != nil {
			t.Fatal(err)
		}
		return write("tree", mode+" "+name+"\x00"+string(entry))
	}
	good := strings.TrimSpace(string(base))
	who := "A <a@example.org> 1700000000 +0000"
	cases := map[string]struct {
		tree, author string
		taken        bool
		damaged      bool // a server that is sound cannot send it
	}{
		"sound":                      {tree: good, author: who, taken: true},
		"no space before the date":   {tree: good, author: "A <a@example.org>1700000000 +0000", taken: true},
		"a padded mode":              {tree: tree("0100644", "x"), author: who, taken: true},
		"no address":                 {tree: good, author: "A 1700000000 +0000"},
		"a date that no number has":  {tree: good, author: "A <a@example.org> 99999999999999999999 +0000"},
		"a file .git":                {tree: tree("100644", ".git"), author: who},
		"a file .git by NTFS":        {tree: tree("100644", "git~1"), author: who},
		"a path within a name":       {tree: tree("100644", "a/b"), author: who},
		"the folder above":           {tree: tree("100644", ".."), author: who},
		"a tree that is not there":   {tree: strings.Repeat("ab", 20), author: who, damaged: true},
		"a name of nothing":          {tree: tree("100644", ""), author: who, damaged: true},
		"NUL in a commit's own head": {tree: good, author: "A\x00 <a@example.org> 1700000000 +0000"},
	}
	for i, name := range slices.Sorted(maps.Keys(cases)) {
		c := cases[name]
		if testing.Short() && i%3 != 1 {
			continue // a third: such as are taken, such as are not, and such as are damaged
		}
		t.Run(name, func(t *testing.T) {
			id := write("commit", fmt.Sprintf("tree %s\nparent %s\nauthor %s\ncommitter %s\n\nNew\n", c.tree, ids["3"],
				c.author, who))
			if _, err := repo.Run(t.Context(), "update-ref", "--no-deref", "refs/heads/main", string(ids["3"])); err != nil {
				t.Fatal(err)
			}
			m := mirror(t, repo.Dir(), upstream.Options{})
			if _, _, err := m.Pin(t.Context(), upstream.Want{Ref: "main"}); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(repo.Dir(), "refs", "heads", "main"), []byte(id+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			_, move, err := m.Pin(t.Context(), upstream.Want{Ref: "main"})
			refused := err != nil && fault.CodeOf(err) == fault.Gate
			switch {
			case c.taken && err == nil && string(move.New) == id:
				return
			case c.taken && name != "sound" && refused:
				t.Log("this git refuses it in a partial fetch")
			case c.damaged && err != nil:
			case c.taken || !refused:
				t.Errorf("%+v, %v", move, err)
			}
			if now, err := m.Repo.Resolve(t.Context(), "refs/heads/main"); err != nil || now != ids["3"] {
				t.Errorf("main is at %s, %v", now, err)
			}
		})
	}
}
