package script_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/gnused"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/sed"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// none is a store that has only the empty tree.
type none struct{}

func (none) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	if id == tree.Empty {
		return nil, nil
	}
	return nil, fs.ErrNotExist
}

func (none) Blob(context.Context, tree.ID) ([]byte, error) { return nil, fs.ErrNotExist }

// treeOf returns a tree in memory.
func treeOf(t testing.TB, files map[string]string) *tree.Tree {
	t.Helper()
	all := map[string]*tree.File{}
	for name, data := range files {
		mode := tree.Regular
		if strings.HasPrefix(data, "#!") {
			mode = tree.Executable
		}
		all[name] = &tree.File{Mode: mode, Data: []byte(data)}
	}
	out, err := tree.At(none{}, tree.Empty).With(t.Context(), all)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// besideOf returns a folder beside a script.
func besideOf(files map[string]string) fstest.MapFS {
	out := fstest.MapFS{}
	for name, data := range files {
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(data, "#!") {
			mode = 0o755
		}
		out[name] = &fstest.MapFile{Data: []byte(data), Mode: mode}
	}
	return out
}

// machinesSed is looked for once: that starts programs.
var machinesSed = sync.OnceValues(func() (*gnused.Sed, error) { return gnused.Find(context.Background()) })

func sedOf(t testing.TB) *gnused.Sed {
	t.Helper()
	sed, err := machinesSed()
	if err != nil {
		t.Skipf("no sed: %v", err)
	}
	return sed
}

// follow follows a script and applies the result.
func follow(t testing.TB, src script.Source, upstream *tree.Tree) (*script.Result, *tree.Tree) {
	t.Helper()
	if src.Name == "" {
		src.Name = "ours"
	}
	if src.File == "" {
		src.File = "patch.sh"
	}
	r, err := script.Follow(t.Context(), src, upstream, sedOf(t))
	if err != nil {
		t.Fatalf("following:\n%s\n%v", src.Data, err)
	}
	return r, applied(t, r, upstream, false)
}

// applied writes the changes to a folder, reads them back and applies them.
func applied(t testing.TB, r *script.Result, upstream *tree.Tree, mayRefuse bool) *tree.Tree {
	t.Helper()
	folder := fstest.MapFS{"series.toml": {Data: r.Imported.Text()}}
	for name, data := range r.Imported.Files {
		if data == nil {
			t.Errorf("%s has nil for its content, so it would be removed and not written", name)
		}
		folder[name] = &fstest.MapFile{Data: data}
	}
	s, err := series.Load([]series.Folder{{Name: "patches", FS: folder}})
	if err != nil {
		t.Fatalf("reading the series back: %v\n%s", err, r.Imported.Text())
	}
	result, err := apply.Apply(t.Context(), s, apply.Inputs{Base: upstream})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range result.Outcomes {
		if o.Verdict == verdict.Refused && mayRefuse {
			return r.Expected // a path that no series may change: reported when it is imported
		}
		if !o.Verdict.Applies() {
			t.Errorf("change %s: %s: %s\n%s", o.Change.Name, o.Verdict, o.Message, r.Imported.Text())
		}
	}
	return result.Tree
}

// differs lists the files in which two trees differ.
func differs(t testing.TB, a, b *tree.Tree) string {
	t.Helper()
	deltas, err := tree.Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	for _, d := range deltas {
		read := func(t2 *tree.Tree, e tree.Entry) string {
			if e.ID == "" {
				return "nothing"
			}
			data, err := t2.Blob(t.Context(), e.ID)
			if err != nil {
				t.Fatal(err)
			}
			return fmt.Sprintf("%s %q", e.Mode, data)
		}
		fmt.Fprintf(&out, "%s:\n  first  %s\n  second %s\n", d.Path, read(a, d.Old), read(b, d.New))
	}
	return out.String()
}

// run runs a script with a shell, in a folder with the tree and the files beside it, and returns the tree afterwards.
func run(t testing.TB, shell, data string, upstream map[string]string, beside map[string]string) *tree.Tree {
	t.Helper()
	dir := t.TempDir()
	put := func(name, data string) {
		mode := fs.FileMode(0o644)
		if strings.HasPrefix(data, "#!") {
			mode = 0o755
		}
		p := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(data), mode); err != nil {
			t.Fatal(err)
		}
	}
	for name, data := range upstream {
		put(name, data)
	}
	for _, args := range [][]string{{"init", "-q"}, {"add", "-A", "."}, {"commit", "-qm", "upstream"}} {
		if !strings.Contains(data, "git ") {
			break
		}
		git := exec.CommandContext(t.Context(), "git", append([]string{"-c", "user.name=u", "-c", "user.email=u@localhost"},
			args...)...)
		git.Dir, git.Env = dir, []string{"PATH=/usr/bin:/bin", "HOME=" + dir}
		if out, err := git.CombinedOutput(); err != nil {
			t.Skipf("git %v: %v\n%s", args, err, out)
		}
	}
	for name, data := range beside {
		put(name, data)
	}
	put("patch.sh", data)
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", "ulimit -f 20000; exec \"$0\" patch.sh", shell)
	cmd.WaitDelay = time.Second
	cmd.Dir = dir
	cmd.Env = []string{"LC_ALL=C.UTF-8", "PATH=/usr/bin:/bin"}
	var said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &said, &said
	_ = cmd.Run() // a command may fail: its effect counts
	files := map[string]*tree.File{}
	err := filepath.WalkDir(dir, func(p string, e fs.DirEntry, err error) error {
		if err == nil && e.IsDir() && e.Name() == ".git" {
			return fs.SkipDir
		}
		if err != nil || e.IsDir() {
			return err
		}
		name, _ := filepath.Rel(dir, p)
		_, own := beside[name]
		if name == "patch.sh" || own || strings.HasSuffix(name, ".bak") || strings.HasSuffix(name, ".orig") {
			return nil
		}
		if e.Type()&fs.ModeSymlink != 0 {
			to, err := os.Readlink(p)
			files[name] = &tree.File{Mode: tree.Symlink, Data: []byte(to)}
			return err
		}
		data, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		info, err := e.Info()
		mode := tree.Regular
		if err == nil && info.Mode()&0o100 != 0 {
			mode = tree.Executable
		}
		files[name] = &tree.File{Mode: mode, Data: data}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	out, err := tree.At(none{}, tree.Empty).With(t.Context(), files)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// noSed removes the first line, whatever the script says: it is fast, for fuzzing.
type noSed struct{}

func (noSed) Run(_ context.Context, c sed.Call) (sed.Result, error) {
	var r sed.Result
	for _, f := range c.Files {
		_, rest, _ := bytes.Cut(f.Data, []byte("\n"))
		r.Files = append(r.Files, rest)
	}
	return r, nil
}
