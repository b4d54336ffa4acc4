package image_test

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/tree"
)

// emptyStore is a store that has nothing but the empty tree.
type emptyStore struct{}

func (emptyStore) Tree(_ context.Context, id tree.ID) ([]tree.Entry, error) {
	if id == tree.Empty {
		return nil, nil
	}
	return nil, fs.ErrNotExist
}

func (emptyStore) Blob(context.Context, tree.ID) ([]byte, error) { return nil, fs.ErrNotExist }

// shellBase is a folder with a shell and the programs that a run needs, taken from this machine with their libraries.
func shellBase(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	copied := map[string]bool{}
	put := func(from string) {
		real, err := filepath.EvalSymlinks(from)
		if err != nil {
			t.Skipf("%s: %v", from, err)
		}
		if copied[from] {
			return
		}
		copied[from] = true
		data, err := os.ReadFile(real)
		if err != nil {
			t.Skip(err)
		}
		to := filepath.Join(dir, from)
		if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(to, data, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range strings.Fields("bash sh env find sort xargs sha256sum tr comm sed mkdir cp dirname tail " +
		"timeout perl cat rm mv chmod") {
		program, err := exec.LookPath(name)
		if err != nil {
			t.Skipf("%s is not installed", name)
		}
		put(filepath.Join("/usr/bin", filepath.Base(program)))
		out, err := exec.CommandContext(t.Context(), "ldd", program).Output()
		if err != nil {
			continue // linked statically
		}
		for _, field := range strings.Fields(string(out)) {
			if strings.HasPrefix(field, "/") {
				put(field)
			}
		}
	}
	if err := os.MkdirAll(filepath.Join(dir, "tmp"), 0o777); err != nil {
		t.Fatal(err)
	}
	return dir
}

// TestExecute runs a script that changes, makes, moves and removes files; it has no network, no environment of this
// machine, and what lies beside it.
func TestExecute(t *testing.T) {
	b := openBuilder(t)
	t.Setenv("HOWDAH_TEST_SECRET", "of this machine")
	base, err := tree.At(emptyStore{}, tree.Empty).With(t.Context(), map[string]*tree.File{
		"app/a.rb":      {Mode: tree.Regular, Data: []byte("LIMIT = 4\n")},
		"app/b.rb":      {Mode: tree.Regular, Data: []byte("class B\n")},
		"gone.txt":      {Mode: tree.Regular, Data: []byte("gone\n")},
		"bin/start":     {Mode: tree.Executable, Data: []byte("#!/bin/sh\n")},
		".dockerignore": {Mode: tree.Regular, Data: []byte("app\n")},
	})
	if err != nil {
		t.Fatal(err)
	}
	x := image.Execution{
		Spec: image.Spec{Name: "script", Context: base, Platforms: []string{"linux/amd64"},
			Bases: map[string]string{"tools": shellBase(t)}},
		Base: "tools", Folder: "/howdah-script", Tree: "/opt/mastodon", Command: []string{"bash", "/howdah-script/patch.sh"},
		Beside: map[string]tree.File{
			"patch.sh": {Mode: tree.Executable, Data: []byte(`cd /opt/mastodon
perl -pi -e 's/LIMIT = (\d+)/"LIMIT = " . $1 * 4/e' app/a.rb
cp /howdah-script/new.txt app/new.txt
mv app/b.rb app/c.rb
rm gone.txt
chmod -x bin/start
echo "secret: ${HOWDAH_TEST_SECRET:-none}"
(exec 3<>/dev/tcp/127.0.0.1/22) 2> /dev/null && echo "has a network"
cat /proc/net/route
exit 0
`)},
			"new.txt": {Mode: tree.Regular, Data: []byte("new\n")},
		},
	}
	got, err := image.Execute(t.Context(), b, x, image.Progress{Out: os.Stderr})
	if err != nil {
		t.Fatal(err)
	}
	if got.Code != 0 || !strings.Contains(got.Output, "secret: none") || strings.Contains(got.Output, "has a network") ||
		strings.Contains(got.Output, "eth") {
		t.Errorf("code %d, output:\n%s", got.Code, got.Output)
	}
	want := map[string]string{"app/a.rb": "LIMIT = 16\n", "app/new.txt": "new\n", "app/c.rb": "class B\n",
		"bin/start": "#!/bin/sh\n", "app/b.rb": "", "gone.txt": ""}
	for name, data := range want {
		f, found := got.Changed[name]
		if !found || (f == nil) != (data == "") || f != nil && (string(f.Data) != data || f.Mode != tree.Regular) {
			t.Errorf("%s: got %v", name, f)
		}
		delete(got.Changed, name)
	}
	if len(got.Changed) > 0 {
		t.Errorf("changed too: %v", got.Changed)
	}
}
