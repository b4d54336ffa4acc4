package script_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestPatchesOfAnotherFolder: the patches of a folder of the script's machine lie directly beside the script. Each
// script is also run by bash, with AT as the root of its disk: the tree in AT/home/live, the patches in AT/root.
func TestPatchesOfAnotherFolder(t *testing.T) {
	if _, err := exec.LookPath("patch"); err != nil {
		t.Skip("patch is not installed")
	}
	upstream := map[string]string{"app/models/a.rb": "one\nx\ntwo\n", "config/a.yml": "a\n"}
	const first = "--- a/app/models/a.rb\n+++ b/app/models/a.rb\n@@ -1,3 +1,3 @@\n one\n-x\n+y\n two\n"
	second := strings.NewReplacer("-x", "-y", "+y", "+z").Replace(first)
	other := strings.NewReplacer("-x", "-z", "+y", "+d").Replace(first)
	beside := map[string]string{"1.patch": first, "2.patch": second, "3.diff": other, "README.md": "r\n"}
	const in = "cd AT/home/live\n"
	for name, test := range map[string]struct {
		text    string
		changes string
	}{
		"git":   {in + "for p in AT/root/*.patch; do git apply \"$p\"; done\n", "1 2"},
		"patch": {in + "for p in AT/root/*.patch; do patch -p1 < $p; done\n", "1 2"},
		"home":  {in + "for p in ~/*.patch; do patch -p1 -i \"$p\"; done\n", "1 2"},
		"variable": {"DIR=AT/root\n" + in +
			"for p in \"$DIR\"/*.{patch,diff}; do patch -p1 -i \"$p\"; done\n", "1 2 3"},
		"diffs": {"DIR=AT/root\n" + in +
			"for n in 1 2; do patch -p1 < AT/root/$n.patch; done\n" +
			"for p in \"$DIR\"/*.diff; do patch -p1 -i \"$p\"; done\n", "1 2 3"},
		"ls":           {in + "ls AT/root/*.patch | while read p; do patch -p1 < \"$p\"; done\n", "1 2"},
		"ls in a list": {in + "for p in $(ls AT/root/*.patch); do git apply \"$p\"; done\n", "1 2"},
		"find":         {in + "find AT/root -name '*.patch' | sort | xargs -n1 patch -p1 -i\n", "1 2"},
		"find -print0": {in +
			"find AT/root -maxdepth 1 -name '*.patch' -print0 | sort -z | xargs -0 -n1 git apply\n", "1 2"},
		"cat": {in + "cat AT/root/*.patch | patch -p1\n", "patch"},
		"array": {in +
			"patches=(AT/root/*.patch)\nfor p in \"${patches[@]}\"; do patch -p1 < \"$p\"; done\n", "1 2"},
		"one of them": {"cp AT/root/1.patch AT/home/\n" + in +
			"for p in ../*.patch; do patch -p1 < \"$p\"; done\n", "1"},
		"removed": {in + "rm AT/root/2.patch\nfor p in AT/root/*.patch; do patch -p1 < \"$p\"; done\n", "1"},
		"others": {in + "for p in AT/root/*.patch; do patch -p1 < $p; done\n" +
			"for p in AT/root/*.md; do cp \"$p\" config/; done\n", ""},
		"all of a folder": {in + "for p in AT/root/1* AT/root/2*; do patch -p1 < $p; done\n", "1 2"},
		"relative":        {"cd AT/root\nfor p in *.patch; do patch -p1 -d AT/home/live < $p; done\n", "1 2"},
		"names": {in + "cd AT/root\nls *.patch > AT/home/list\n" + in +
			"while read p; do git apply AT/root/$p; done < AT/home/list\n", "1 2"},
	} {
		t.Run(name, func(t *testing.T) {
			r := besideBash(t, test.text, upstream, beside)
			var names []string
			for _, c := range r.Imported.Changes {
				names = append(names, c.Name)
			}
			if got := strings.Join(names, " "); test.changes != "" && got != test.changes {
				t.Errorf("changes %q, want %q: %v", got, test.changes, r.Imported.Lines)
			}
		})
	}
}

// TestPatchesFoundBeside: a folder that only the script's machine has stands for the script's own; in a Dockerfile it
// has what was copied there, and no more.
func TestPatchesFoundBeside(t *testing.T) {
	upstream := map[string]string{"app/models/a.rb": "one\nx\ntwo\n", "config/a.yml": "a\n"}
	const first = "--- a/app/models/a.rb\n+++ b/app/models/a.rb\n@@ -1,3 +1,3 @@\n one\n-x\n+y\n two\n"
	second := strings.NewReplacer("-x", "-y", "+y", "+z").Replace(first)
	beside := map[string]string{"1.patch": first, "2.patch": second, "readme.txt": "r\n",
		"build.sh": "#!/bin/bash\ncd /opt/mastodon\nfor p in /root/*.patch; do patch -p1 < $p; done\n"}
	const live, head = "cd /home/mastodon/live\n", "FROM ghcr.io/mastodon/mastodon:v4.5\n"
	for name, test := range map[string]struct{ text, want string }{
		"temporary":   {live + "for p in /tmp/patches/*.patch; do patch -p1 < \"$p\"; done\n", "z"},
		"find":        {live + "find /srv/ours/patches -name '*.patch' | sort | xargs -n1 patch -p1 -i\n", "z"},
		"find -exec":  {live + "find /srv/ours -name '1.patch' -exec git apply {} \\;\n", "y"},
		"not known":   {live + "for p in \"$1\"/*.patch; do patch -p1 < \"$p\"; done\n", "x"},
		"system":      {live + "for p in /proc/*.patch; do patch -p1 < \"$p\"; done\n", "x"},
		"all copied":  {head + "COPY *.patch /root/\nRUN for p in /root/*.patch; do patch -p1 < $p; done\n", "z"},
		"one copied":  {head + "COPY 1.patch /root/\nRUN for p in /root/*.patch; do patch -p1 < $p; done\n", "y"},
		"none copied": {head + "RUN for p in /root/*.patch; do patch -p1 < $p; done\n", "x"},
		"folder":      {head + "COPY . /patches\nRUN cat /patches/*.patch | patch -p1\n", "z"},
		"find copied": {head + "COPY . /patches/\n" +
			"RUN find /patches -name '*.patch' | sort | xargs -n1 git apply\n", "z"},
		"ls copied": {head + "COPY *.patch /tmp/\n" +
			"RUN ls /tmp/*.patch | while read p; do git apply $p; done\n", "z"},
		"mounted": {head + "RUN --mount=type=bind,target=/p " +
			"for p in /p/*.patch; do patch -p1 < $p; done\n", "z"},
		"in a script":    {head + "COPY build.sh *.patch /root/\nRUN bash /root/build.sh\n", "z"},
		"its own script": {head + "COPY build.sh 1.patch /root/\nRUN /root/build.sh\n", "y"},
	} {
		t.Run(name, func(t *testing.T) {
			src := script.Source{Name: "ours", File: "ours.sh", Data: []byte(test.text), Beside: besideOf(beside),
				Dockerfile: strings.HasPrefix(test.text, "FROM")}
			r, got := follow(t, src, treeOf(t, upstream))
			f, err := got.ReadFile(t.Context(), "app/models/a.rb")
			if err != nil || string(f.Data) != "one\n"+test.want+"\ntwo\n" {
				t.Errorf("%q, %v, want %s: %v", f.Data, err, test.want, r.Imported.Lines)
			}
			if test.want == "x" && !r.Imported.Undecided() {
				t.Errorf("nothing is undecided: %v", r.Imported.Lines)
			}
		})
	}
}
