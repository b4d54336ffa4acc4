package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

const archive = `commit 1 Begin (#1)
commit 2 Go on
-- 1/a.txt --
one
-- 2/a.txt --
two
`

// TestHostileEnvironment: nothing that the caller's environment or configuration says changes what is read or
// written.
func TestHostileEnvironment(t *testing.T) {
	home := t.TempDir()
	config := "[core]\n\tautocrlf = true\n\thooksPath = " + home + "/hooks\n\tfsmonitor = touch " + home +
		"/owned\n[log]\n\tshowSignature = true\n[diff]\n\tnoprefix = true\n[transfer]\n\tfsckObjects = false\n"
	if err := os.WriteFile(filepath.Join(home, ".gitconfig"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	read := func() string {
		repo, ids := gittest.Repo(t, archive)
		out, err := repo.Run(t.Context(), "log", "--format=%H %T %s", string(ids["2"]))
		if err != nil {
			t.Fatal(err)
		}
		return string(out)
	}
	want := read()
	for k, v := range map[string]string{
		"HOME": home, "GIT_DIR": "/nonexistent", "GIT_INDEX_FILE": "/nonexistent", "GIT_OBJECT_DIRECTORY": home,
		"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.bare", "GIT_CONFIG_VALUE_0": "false", "GIT_WORK_TREE": home,
		"LANG": "de_DE.UTF-8", "LC_ALL": "tr_TR.UTF-8", "TZ": "Pacific/Kiritimati", "GIT_TRACE": home + "/trace",
		"GIT_NAMESPACE":     "x",
		"GIT_EXTERNAL_DIFF": "false", "GIT_AUTHOR_DATE": "1970-01-01", "GIT_QUARANTINE_PATH": "x",
	} {
		t.Setenv(k, v)
	}
	if got := read(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, left := range []string{"owned", "trace"} {
		if _, err := os.Stat(filepath.Join(home, left)); err == nil {
			t.Errorf("%s was written", left)
		}
	}
}

// TestGoldenIDs: the same commits have the same ids on every machine.
func TestGoldenIDs(t *testing.T) {
	_, ids := gittest.Repo(t, archive)
	if got, want := ids["2"], tree.ID("9fac553a0acafbfb63e949b1cc753ea347cb15dd"); got != want {
		t.Errorf("commit 2 is %s, want %s", got, want)
	}
}

func TestWriteRefusesUnsafeObjects(t *testing.T) {
	repo, _ := gittest.Repo(t, archive)
	blob := tree.NewObject("blob", []byte("payload\n"))
	for _, name := range []string{".git", "..", ".GIT", "git~1", ".gitmodules/.."} {
		raw := "100644 " + name + "\x00" + string(unhex(blob.ID))
		evil := tree.NewObject("tree", []byte(raw))
		if err := repo.Write(t.Context(), []tree.Object{blob, evil}); err == nil {
			t.Errorf("a tree with an entry %q was stored", name)
		}
		if has, err := repo.Has(t.Context(), evil.ID); err != nil || has {
			t.Errorf("the tree with %q is there: %v, %v", name, has, err)
		}
	}
}

func unhex(id tree.ID) []byte {
	out := make([]byte, 20)
	for i := range out {
		for _, c := range id[2*i : 2*i+2] {
			out[i] = out[i]<<4 | byte(strings.IndexRune("0123456789abcdef", c))
		}
	}
	return out
}

func TestMissingObjects(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	none := tree.ID(strings.Repeat("ab", 20))
	if _, err := repo.Blob(t.Context(), none); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a blob that is not there: %v", err)
	}
	if _, err := repo.Blob(t.Context(), "--help"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an id that is none: %v", err)
	}
	if _, err := repo.Blob(t.Context(), ids["1"]); err == nil {
		t.Error("a commit was read as a blob")
	}
	if _, err := repo.Resolve(t.Context(), "--all"); !errors.Is(err, git.ErrNoRevision) {
		t.Errorf("a revision that is an option: %v", err)
	}
	// A new object is found although the reader was open before it was stored.
	blob := tree.NewObject("blob", []byte("late\n"))
	if err := repo.Write(t.Context(), []tree.Object{blob}); err != nil {
		t.Fatal(err)
	}
	if got, err := repo.Blob(t.Context(), blob.ID); err != nil || string(got) != "late\n" {
		t.Errorf("after storing: %q, %v", got, err)
	}
}

// TestCancel: a cancelled context ends git at once, and the repository can be used afterwards.
func TestCancel(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	ctx, cancel := context.WithCancel(t.Context())
	pr, pw, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer pw.Close()
	time.AfterFunc(50*time.Millisecond, cancel)
	if _, err := repo.RunInput(ctx, pr, "cat-file", "--batch"); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	done, stop := context.WithCancel(t.Context())
	stop()
	if _, err := repo.At(done, ids["1"]); !errors.Is(err, context.Canceled) {
		t.Errorf("a cancelled read: %v", err)
	}
	if _, err := repo.At(t.Context(), ids["1"]); err != nil {
		t.Errorf("after it: %v", err)
	}
}

func TestAncestry(t *testing.T) {
	repo, ids := gittest.Repo(t, archive)
	for _, c := range []struct {
		a, b string
		want bool
	}{{"1", "2", true}, {"2", "1", false}, {"2", "2", true}} {
		got, err := repo.Ancestor(t.Context(), ids[c.a], ids[c.b])
		if err != nil || got != c.want {
			t.Errorf("Ancestor(%s, %s) = %v, %v", c.a, c.b, got, err)
		}
	}
	if base, err := repo.MergeBase(t.Context(), ids["1"], ids["2"]); err != nil || base != ids["1"] {
		t.Errorf("MergeBase = %s, %v", base, err)
	}
}

func TestAuthNeverInArguments(t *testing.T) {
	repo, _ := gittest.Repo(t, archive)
	auth := &git.Auth{URL: "http://127.0.0.1:1/", User: "x-access-token", Token: "s3cr3t-canary"}
	_, err := repo.Net(t.Context(), nil, auth, "ls-remote", "http://127.0.0.1:1/x.git")
	if err == nil {
		t.Fatal("nothing listens there")
	}
	if strings.Contains(err.Error(), "s3cr3t") {
		t.Errorf("the token is in the error: %v", err)
	}
}
