package git_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// A commit is read as git shows it.
func TestCommit(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	one, err := repo.TreeOf(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	const who = "A B <a@example.org>"
	for name, text := range map[string]string{
		"one line":           "author " + who + " 1 +0100\ncommitter " + who + " 86400 +0100\n\nOne\n",
		"a subject of lines": "author " + who + " 1 +0000\ncommitter " + who + " 2 -0930\n\nOne \n  two\n\nThree\n",
		"lines before it":    "author " + who + " 1 +0000\ncommitter " + who + " 3 +0000\n\n \n\n  One\n \nTwo\n",
		"no message":         "author " + who + " 1 +0000\ncommitter " + who + " 4 +0000\n\n",
		"two parents, a header": "parent " + string(ids["1"]) + "\nparent " + string(ids["2"]) +
			"\nauthor " + who + " 1 +0000\ncommitter " + who + " 5 +0000\n" +
			"gpgsig -----BEGIN\n committer x <x> 9 +0000\n \n -----END\n\nOne\n",
		"another encoding": "author " + who + " 1 +0000\ncommitter " + who + " 6 +0000\n" +
			"encoding ISO-8859-1\n\nf\xfcr\nalle\n",
		"no blank in the date": "author " + who + "1 +0000\ncommitter " + who + "7 +0000\n\nOne\n",
		"a > in the name":      "author " + who + " 1 +0000\ncommitter A > B <a@example.org> 8 +0000\n\nOne",
	} {
		object := tree.NewObject("commit", []byte("tree "+string(one)+"\n"+text))
		stored, err := repo.RunInput(t.Context(), bytes.NewReader(object.Data), "hash-object", "-t", "commit", "-w",
			"--literally", "--stdin")
		if err != nil || strings.TrimSpace(string(stored)) != string(object.ID) {
			t.Fatalf("%s: %s, %v", name, stored, err)
		}
		out, err := repo.Run(t.Context(), "log", "-1", "--format=%T %P %ct %s", string(object.ID))
		if err != nil {
			t.Fatal(err)
		}
		c, err := repo.Commit(t.Context(), object.ID)
		parents := strings.Trim(strings.ReplaceAll(fmt.Sprint(c.Parents), ",", ""), "[]")
		got := fmt.Sprintf("%s %s %d %s", c.Tree, parents, c.Date.Unix(), c.Subject)
		if want := strings.TrimSuffix(string(out), "\n"); err != nil || got != want {
			t.Errorf("%s: %v\ngit:  %q\nread: %q", name, err, want, got)
		}
	}
	for name, id := range map[string]tree.ID{"a tree": one, "nothing": tree.NoBlob} {
		if c, err := repo.Commit(t.Context(), id); err == nil {
			t.Errorf("%s is read as the commit %v", name, c)
		}
	}
}
