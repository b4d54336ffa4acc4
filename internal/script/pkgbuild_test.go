package script_test

import (
	"path"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/tree"
)

// TestPKGBUILD: what prepare() and build() of a PKGBUILD do is followed, as makepkg calls them.
func TestPKGBUILD(t *testing.T) {
	const diff = "--- a/app/f.rb\n+++ b/app/f.rb\n@@ -1 +1 @@\n-y\n+z\n"
	const head = "pkgver=4.5.2\nsource=(\"https://localhost/v${pkgver}.tar.gz\" \"x.patch\")\n"
	const enter = "  cd \"$srcdir/mastodon-$pkgver\"\n"
	beside := besideOf(map[string]string{"x.patch": diff, "logo.svg": "<svg/>\n"})
	upstream := treeOf(t, map[string]string{"app/f.rb": "y\n", "config/application.rb": "x\n"})
	for text, want := range map[string]string{
		"prepare() {\n" + enter + "  patch -Np1 -i \"$srcdir/x.patch\"\n}\n": "z\n",
		"function prepare {\n" + enter + "  patch -Np1 -i ../x.patch\n}":     "z\n",
		"prepare () {\n" + enter +
			"  for p in \"${source[@]}\"; do case $p in *.patch) patch -p1 -i \"../$p\";; esac; done\n}\n": "z\n",
		"build() {\n" + enter + "  sed -i s/y/w/ app/f.rb\n  bundle install\n}\n": "w\n",
		"prepare() {\n" + enter + "  sed -i s/y/v/ app/f.rb\n}\nbuild() {\n" + enter +
			"  sed -i s/v/u/ app/f.rb\n}\n": "u\n",
		"prepare() {\n" + enter + "  false\n  sed -i s/y/v/ app/f.rb\n}\n": "y\n",
		"package() {\n" + enter + "  sed -i s/y/v/ app/f.rb\n}\n":          "y\n",
	} {
		src := script.Source{File: "aur/PKGBUILD", Data: []byte(head + text), Beside: beside}
		r, got := follow(t, src, upstream)
		sandboxed := r.Prepare(src, upstream, map[string]tree.File{"PKGBUILD": {Data: src.Data}})
		linked := "ln -s " + sandboxed.Folder + "/* \"$srcdir\"\n"
		if !strings.Contains(string(sandboxed.Beside[path.Base(sandboxed.Command[1])].Data), linked) {
			t.Errorf("%s: in the sandbox it is run as %q", text, sandboxed.Text)
		}
		f, err := got.ReadFile(t.Context(), "app/f.rb")
		if err != nil || string(f.Data) != want {
			t.Errorf("%s: %q (%v), want %q\n%v", text, f.Data, err, want, r.Imported.Lines)
		}
		for _, l := range r.Imported.Lines {
			if l.Done && l.Line > strings.Count(strings.TrimRight(head+text, "\n"), "\n")+1 {
				t.Errorf("%s: line %d is none of the file's: %s", text, l.Line, l.Text)
			}
		}
	}
}
