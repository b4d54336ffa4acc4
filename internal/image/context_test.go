package image_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/patternmatcher/ignorefile"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/tree"
)

// The names sort otherwise in git (lib-x, lib.x, lib/) than by plain name (lib, lib-x, lib.x); the ignore file negates.
const awkward = `commit 1 Begin
-- 1/.dockerignore --
# as Mastodon has it
.git
**/*.tmp
/node_modules
public/*
!public/keep
!public/deep/er/kept.txt
docs/**
!docs/README
-- 1/lib-x --
x
-- 1/lib.x --
y
-- 1/lib/a --
a
-- 1/lib/b/c.tmp --
left out
-- 1/lib/b/d --
d
-- 1/node_modules/m/index.js --
left out
-- 1/public/keep/me --
kept
-- 1/public/other --
left out
-- 1/public/deep/er/kept.txt --
kept
-- 1/public/deep/er/not.txt --
left out
-- 1/docs/README --
kept
-- 1/docs/a/b --
left out
-- 1/empty --
-- 1/bin/run --
#!/bin/sh
-- 1.x --
bin/run
-- 1.ln --
link lib/a
public/keep/up ../../lib
dangling nowhere/at all
`

// seen is one line for each thing that a walk shows: all that BuildKit's cache key takes of it, and the content.
func seen(t *testing.T, f fsutil.FS, target string) []string {
	t.Helper()
	var lines []string
	err := f.Walk(t.Context(), target, func(name string, e fs.DirEntry, err error) error {
		if err != nil {
			lines = append(lines, fmt.Sprintf("%s entry=%v missing=%v", name, e, errors.Is(err, fs.ErrNotExist)))
			return nil
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		s, ok := info.Sys().(*types.Stat)
		if !ok {
			return fmt.Errorf("%s: Sys is %T", name, info.Sys())
		}
		size, content := s.Size, ""
		if !info.Mode().IsRegular() {
			size = 0 // a disk's folder has one, which means nothing
		} else {
			r, err := f.Open(name)
			if err != nil {
				return err
			}
			defer r.Close()
			data, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			if int64(len(data)) != size {
				t.Errorf("%s has %d bytes, its size says %d", name, len(data), size)
			}
			content = string(data)
		}
		lines = append(lines, fmt.Sprintf("%s %s %s uid=%d gid=%d size=%d link=%q %q", s.Path, info.Mode(), e.Type(), s.Uid,
			s.Gid, size, s.Linkname, content))
		return nil
	})
	if err != nil {
		t.Fatalf("walking %q: %v", target, err)
	}
	return lines
}

// checkout writes the tree with git itself and opens the folder as BuildKit's client does.
func checkout(t *testing.T, repo *git.Repo, tr *tree.Tree) fsutil.FS {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.Command("sh", "-c", `git read-tree "$1" && git checkout-index --all`, "sh", string(tr.Root()))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GIT_DIR="+repo.Dir(), "GIT_WORK_TREE="+dir,
		"GIT_INDEX_FILE="+filepath.Join(t.TempDir(), "index"))
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	f, err := fsutil.NewFS(dir)
	if err != nil {
		t.Fatal(err)
	}
	return asRoot{f}
}

// asRoot shows a disk's files as root's, as BuildKit's client sends them.
type asRoot struct{ fsutil.FS }

func (a asRoot) Walk(ctx context.Context, target string, fn fs.WalkDirFunc) error {
	return a.FS.Walk(ctx, target, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e == nil {
			return fn(name, e, err)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		s := info.Sys().(*types.Stat)
		s.Uid, s.Gid = 0, 0
		return fn(name, &fsutil.DirEntryInfo{Stat: s}, nil)
	})
}

func filtered(t *testing.T, f fsutil.FS, ignore string) fsutil.FS {
	t.Helper()
	patterns, err := ignorefile.ReadAll(strings.NewReader(ignore))
	if err != nil {
		t.Fatal(err)
	}
	out, err := fsutil.NewFilterFS(f, &fsutil.FilterOpt{ExcludePatterns: patterns})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestContextIsTheCheckout(t *testing.T) {
	repo, ids := gittest.Repo(t, awkward)
	tr, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	// Changed in memory, so that unstored blobs are read too.
	if tr,
		err = tr.With(t.Context(), map[string]*tree.File{"lib/new": {Mode: tree.Regular, Data: []byte("new\n")},
		"lib.x": nil}); err != nil {
		t.Fatal(err)
	}
	objects, err := tr.Objects(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unstored, err := image.ContextFS(t.Context(), tr, []byte{})
	if err != nil {
		t.Fatal(err)
	}
	before := seen(t, unstored, "")
	if err := repo.Write(t.Context(), objects); err != nil {
		t.Fatal(err)
	}
	disk := filtered(t, checkout(t, repo, tr), "")
	ignore, err := tr.ReadFile(t.Context(), ".dockerignore")
	if err != nil {
		t.Fatal(err)
	}
	own, err := image.ContextFS(t.Context(), tr, nil)
	if err != nil {
		t.Fatal(err)
	}
	compare(t, "whole", before, seen(t, disk, ""))
	list := seen(t, own, "")
	compare(t, "filtered", list, seen(t, filtered(t, disk, string(ignore.Data)), ""))
	if len(list) < 12 || len(list) >= len(before) {
		t.Errorf("%d of %d entries pass the filter", len(list), len(before))
	}
	for _, target := range []string{"/", ".", "lib", "lib/b", "lib/b/", "/lib/a", "link", "dangling", "nothing",
		"lib/nothing", "empty", "public"} {
		compare(t, "target "+target, seen(t, unstored, target), seen(t, disk, target))
	}
	for _, paths := range [][]string{{".dockerignore"}, {"link"}, {"public/keep/up/b"}, {"dangling"}, {"pub*/keep"},
		{"missing/x"}} {
		got, err := fsutil.FollowLinks(unstored, paths)
		if err != nil {
			t.Errorf("following %s: %v", paths, err)
		}
		want, err := fsutil.FollowLinks(disk, paths)
		if err != nil || !slices.Equal(got, want) {
			t.Errorf("following %s gives %q, on a disk %q, %v", paths, got, want, err)
		}
	}
}

func TestContextSkips(t *testing.T) {
	repo, ids := gittest.Repo(t, awkward)
	tr, err := repo.At(t.Context(), ids["1"])
	if err != nil {
		t.Fatal(err)
	}
	own, err := image.ContextFS(t.Context(), tr, []byte{})
	if err != nil {
		t.Fatal(err)
	}
	disk := checkout(t, repo, tr)
	for _, at := range []string{"lib", "lib/a", "public/keep", "empty", "nothing"} {
		for _, skip := range []error{fs.SkipDir, fs.SkipAll} {
			walk := func(f fsutil.FS) (names []string, err error) {
				err = f.Walk(t.Context(), "", func(name string, _ fs.DirEntry, err error) error {
					names = append(names, name)
					if name == at {
						return skip
					}
					return err
				})
				return names, err
			}
			got, gotErr := walk(own)
			want, wantErr := walk(disk)
			if gotErr != nil || wantErr != nil {
				t.Errorf("%v at %s: %v, on a disk %v", skip, at, gotErr, wantErr)
			}
			compare(t, fmt.Sprintf("%v at %s", skip, at), got, want)
		}
	}
	stop := errors.New("stop")
	if err := own.Walk(t.Context(), "", func(string, fs.DirEntry, error) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("an error of the function: %v", err)
	}
	done, cancel := context.WithCancel(t.Context())
	cancel()
	if err := own.Walk(done, "", func(string, fs.DirEntry, error) error { return nil }); !errors.Is(err,
		context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := own.Open("nothing"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("opening nothing: %v", err)
	}
}

// TestContextTimes: two contents of one size never share size and time, which is all that BuildKit compares, and no
// time leaves the second of the epoch.
func TestContextTimes(t *testing.T) {
	repo, ids := gittest.Repo(t, source)
	times := map[int64]bool{}
	for _, commit := range []string{"1", "2"} {
		tr, err := repo.At(t.Context(), ids[commit])
		if err != nil {
			t.Fatal(err)
		}
		f, err := image.ContextFS(t.Context(), tr, nil)
		if err != nil {
			t.Fatal(err)
		}
		err = f.Walk(t.Context(), "app/main.txt", func(_ string, e fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := e.Info()
			if err != nil {
				return err
			}
			times[info.ModTime().UnixNano()] = true
			if fmt.Sprint(info.ModTime().Unix()) != image.Epoch {
				t.Errorf("time %s", info.ModTime())
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if len(times) != 2 {
		t.Errorf("the times are %v", times)
	}
}

func compare(t *testing.T, what string, got, want []string) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	t.Errorf("%s: got\n\t%s\nwant\n\t%s", what, strings.Join(got, "\n\t"), strings.Join(want, "\n\t"))
}
