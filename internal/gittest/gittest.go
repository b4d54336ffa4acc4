// Package gittest makes real git repositories for tests: a txtar archive goes in, a repository whose commits have
// fixed authors and dates, and so fixed ids, comes out.
//
// The archive's comment lists the commits, oldest first, one a line:
//
//	commit 1 Add the validator (#12)
//	commit 2 Move it	from=1 branch=topic
//	merge 3 Merge it	from=1 with=2 branch=main
//	ref refs/pull/7/head 2
//
// Options follow a tab. A commit is made on the one before it unless from= names another; branch= names the branch
// that is moved to it (main unless named); with= lists what is merged, and a merge begins with the files of from=
// unless take=with says otherwise. The files "N/PATH" are what commit N writes, a file "N.rm" lists the paths
// that it removes, a file "N.x" those that become executable, a file "N.ln" has lines "PATH TARGET" of symbolic links.
package gittest

import (
	"context"
	"fmt"
	"maps"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// Epoch is the date of the first commit; each further one is an hour later.
var Epoch = time.Date(2026, 1, 5, 9, 0, 0, 0, time.UTC)

// Repo makes a bare repository below the test's temporary folder and returns it with the ids of its commits by
// name. It skips the test, aloud, where git is not installed.
func Repo(t testing.TB, archive string) (*git.Repo, map[string]tree.ID) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	repo, err := git.Init(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	ids, err := replayCommits(t.Context(), repo, txtar.Parse([]byte(archive)), Epoch)
	if err != nil {
		t.Fatal(err)
	}
	return repo, ids
}

// Partial clones a repository without files, as a bare one. It fetches those that it lacks from there, and counts how
// often.
func Partial(t testing.TB, of *git.Repo) (repo *git.Repo, fetches *int) {
	t.Helper()
	for _, set := range []string{"uploadpack.allowFilter", "uploadpack.allowAnySHA1InWant"} {
		if _, err := of.Run(t.Context(), "config", set, "true"); err != nil {
			t.Fatal(err)
		}
	}
	dir := filepath.Join(t.TempDir(), "partial.git")
	if _, err := of.Net(t.Context(), nil, nil, "clone", "--quiet", "--bare", "--filter=blob:none", "file://"+of.Dir(),
		dir); err != nil {
		t.Fatal(err)
	}
	repo, err := git.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	fetches = new(int)
	repo.OnMissing(func(ctx context.Context, ids []tree.ID) error {
		*fetches++
		return repo.FetchObjects(ctx, "origin", ids, nil)
	})
	return repo, fetches
}

// replayCommits writes the commits of an archive into repo, the first one dated epoch.
func replayCommits(ctx context.Context, repo *git.Repo, archive *txtar.Archive,
	epoch time.Time) (map[string]tree.ID, error) {
	r := commitReplay{files: archive.Files, ids: map[string]tree.ID{}, trees: map[string]*tree.Tree{},
		objects: objects{}, refs: map[string]tree.ID{}, date: epoch}
	for line := range strings.Lines(string(archive.Comment)) {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		if err := r.line(ctx, line); err != nil {
			return nil, fmt.Errorf("replaying %q: %w", line, err)
		}
	}
	byID := func(a, b tree.Object) int { return strings.Compare(string(a.ID), string(b.ID)) }
	if err := repo.Write(ctx, slices.SortedFunc(maps.Values(r.objects), byID)); err != nil {
		return nil, err
	}
	var updates strings.Builder
	for ref, id := range r.refs {
		fmt.Fprintf(&updates, "update %s %s\n", ref, id)
	}
	_, err := repo.RunInput(ctx, strings.NewReader(updates.String()), "update-ref", "--stdin")
	return r.ids, err
}

// objects are those of a history, by id, until git is started once to store them all.
type objects map[tree.ID]tree.Object

func (o objects) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	return tree.ParseTree(o[id].Data)
}

// Blob reads a file's content.
func (o objects) Blob(_ context.Context, id tree.ID) ([]byte, error) { return o[id].Data, nil }

type commitReplay struct {
	files   []txtar.File
	ids     map[string]tree.ID
	trees   map[string]*tree.Tree
	objects objects
	refs    map[string]tree.ID
	last    string
	date    time.Time
}

func (r *commitReplay) line(ctx context.Context, line string) error {
	head, tail, _ := strings.Cut(line, "\t")
	verb, rest, _ := strings.Cut(head, " ")
	name, subject, _ := strings.Cut(rest, " ")
	if verb == "ref" {
		id, ok := r.ids[subject]
		if !ok {
			return fmt.Errorf("no commit %q", subject)
		}
		r.refs[name] = id
		return nil
	}
	if verb != "commit" && verb != "merge" {
		return fmt.Errorf("unknown verb %q", verb)
	}
	opt := map[string]string{"branch": "main", "from": r.last}
	for o := range strings.FieldsSeq(tail) {
		k, v, _ := strings.Cut(o, "=")
		opt[k] = v
	}
	base := tree.At(r.objects, tree.Empty)
	var parents []tree.ID
	if from := opt["from"]; from != "" {
		if r.ids[from] == "" {
			return fmt.Errorf("no commit %q", from)
		}
		base, parents = r.trees[from], []tree.ID{r.ids[from]}
	}
	if verb == "merge" {
		for with := range strings.SplitSeq(opt["with"], ",") {
			if r.ids[with] == "" {
				return fmt.Errorf("no commit %q", with)
			}
			parents = append(parents, r.ids[with])
		}
		if opt["take"] == "with" {
			base = r.trees[opt["with"]]
		}
	}
	files, err := r.changes(ctx, base, name)
	if err != nil {
		return err
	}
	next, err := base.With(ctx, files)
	if err != nil {
		return err
	}
	commit := tree.Commit{Tree: next.Root(), Parents: parents, Name: "Gargron", Email: "test@localhost", Date: r.date,
		Message: subject}.Object()
	made, err := next.Objects(ctx)
	if err != nil {
		return err
	}
	for _, o := range append(made, commit) {
		r.objects[o.ID] = o
	}
	r.refs["refs/heads/"+opt["branch"]] = commit.ID
	r.ids[name], r.trees[name], r.last = commit.ID, tree.At(r.objects, next.Root()), name
	r.date = r.date.Add(time.Hour)
	return nil
}

// changes collects what one commit does to base.
func (r *commitReplay) changes(ctx context.Context, base *tree.Tree, name string) (map[string]*tree.File, error) {
	out := map[string]*tree.File{}
	executable := map[string]bool{}
	for _, f := range r.files {
		lines := strings.Fields(string(f.Data))
		switch f.Name {
		case name + ".rm":
			for _, p := range lines {
				out[p] = nil
			}
		case name + ".x":
			for _, p := range lines {
				executable[p] = true
			}
		case name + ".ln":
			for i := 0; i+1 < len(lines); i += 2 {
				out[lines[i]] = &tree.File{Mode: tree.Symlink, Data: []byte(lines[i+1])}
			}
		}
	}
	for _, f := range r.files {
		p, ok := strings.CutPrefix(f.Name, name+"/")
		if !ok {
			continue
		}
		file := &tree.File{Mode: tree.Regular, Data: f.Data}
		if old, err := base.Lookup(ctx, p); err == nil && old.Mode.IsRegular() {
			file.Mode = old.Mode
		}
		out[p] = file
	}
	for p := range executable {
		if out[p] == nil {
			old, err := base.ReadFile(ctx, p)
			if err != nil {
				return nil, err
			}
			out[p] = &old
		}
		out[p].Mode = tree.Executable
	}
	return out, nil
}
