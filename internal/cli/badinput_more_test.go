package cli_test

import (
	"fmt"
	"strings"
)

func allBadInputs() (out []badInput) {
	for _, some := range [][]badInput{badConfigs(), badSeries(), badFiles(), badLocks(), badFlags(), badImports(),
		badPatches(), heavyInputs(), askingInputs(), heavyElsewhere(), heavyImports(), heavySaves(), boundedInputs()} {
		out = append(out, some...)
	}
	return out
}

// kindsOfFile are what a name can stand for in place of a text.
var kindsOfFile = []struct {
	name string
	what any
	says string
}{
	{"a folder", folder{}, "expected a file, found a folder"}, {"a pipe", pipe{}, "expected a file, found a pipe"},
	{"a link to /dev/zero", link("/dev/zero"), "a symbolic link leads out of the folder"},
	{"a link to a secret", link("/etc/hostname"), "a symbolic link leads out of the folder"},
	{"a link up", link("../../outside"), "a symbolic link leads out of the folder"},
	{"a link to itself", link("howdah.toml/x"), "howdah.toml"},
	{"huge", made(func() string { return strings.Repeat("#\n", 9<<20) }), "bytes"},
}

// badFiles are the files of a distribution as something else.
func badFiles() (out []badInput) {
	for _, kind := range kindsOfFile {
		for _, f := range []struct {
			file string
			args []string
		}{
			{"howdah.toml", nil}, {"series.lock", nil}, {"VERSION", []string{"version:show", "-offline"}},
			{"watch.lock", []string{"upstream:status", "-offline"}}, {"patches/series.toml", nil},
			{"patches/unlisted-icon.patch", nil},
		} {
			c := badInput{name: f.file + " is " + kind.name, files: map[string]any{f.file: kind.what}, args: f.args, exit: 2,
				at: kind.says}
			if strings.HasPrefix(f.file, "patches/") || kind.name == "a link to itself" {
				c.at = strings.TrimSuffix(strings.TrimPrefix(f.file, "patches/"), ".patch")
			}
			if _, isLink := kind.what.(link); isLink && strings.HasPrefix(f.file, "patches/") {
				c.exit = 7
			}
			if _, isFolder := kind.what.(folder); isFolder && f.file == "howdah.toml" { // HOWDAH_CONFIG may name a folder
				c.at = "howdah.toml/howdah.toml: found no howdah.toml here"
			}
			if f.file == "VERSION" && kind.name == "a link to itself" {
				c.at = "VERSION"
			}
			out = append(out, c)
		}
	}
	out = append(out,
		badInput{name: "no folder of changes", files: map[string]any{"patches": nil}, exit: 2,
			at: `howdah.toml:4: found no folder "patches"`},
		badInput{name: "the folder of changes is a file", files: map[string]any{"patches": "x"}, exit: 2, at: "patches"},
		badInput{name: "the folder of changes is a link out", files: map[string]any{"patches": link("/etc")}, exit: 2,
			at: "a symbolic link leads out of the folder"},
		badInput{name: "the folder of changes is a pipe", files: map[string]any{"patches": pipe{}}, exit: 2, at: "patches"},
		badInput{name: "an overlay is a link out", files: map[string]any{"patches/overlays/elephant": link("/etc")}, exit: 7,
			at: "is a symbolic link"},
		badInput{name: "an overlay holds a pipe", files: map[string]any{"patches/overlays/elephant/x": pipe{}}, exit: 7,
			at: "a pipe"},
		badInput{name: "an overlay holds a link", files: map[string]any{"patches/overlays/elephant/x": link("/dev/zero")},
			exit: 7, at: "a symbolic link"},
		badInput{name: "both a quilt series and a series.toml", files: map[string]any{"patches/series": "x.patch\n"}, exit: 2,
			at: "patches/series:1"},
		badInput{name: "a stray patch", files: map[string]any{"patches/stray.patch": "x"}, exit: 2,
			at: "patches/stray.patch"},
		badInput{name: "a stray overlay", files: map[string]any{"patches/overlays/stray/x": "x"}, exit: 2,
			at: "patches/overlays/stray"},
		badInput{name: "a resolution of no name", files: map[string]any{"patches/resolutions/x": "x"}, exit: 2,
			at: "patches/resolutions/x"},
		badInput{name: "an unresolved resolution",
			files: map[string]any{"patches/resolutions/" + strings.Repeat("a", 40): "x\n<<<<<<< a\n=======\n>>>>>>> b\n"},
			exit:  2, at: ":2: the resolution has a conflict marker"},
	)
	return out
}

func badLocks() (out []badInput) {
	id := strings.Repeat("a", 40)
	for _, text := range []string{"x", "upstream = 1\n", "upstream = \"x\"\n",
		"upstream = \"" + id + "\"\nupstream = \"" + id + "\"\n", "<<<<<<< ours\n", "upstream = \"" + id + "\"\n[change]\n",
		"upstream = \"" + id + "\"\n[[change]]\n",
		"upstream = \"" + id + "\"\n[[change]]\nname = \"x\"\nsha256 = \"y\"\n",
		"upstream = \"" + id + "\"\n[[change]]\nname = \"x\"\nsha256 = \"" + strings.Repeat("a", 64) +
			"\"\npaths = [ { path = \"../x\", pre = \"\", post = \"\" } ]\n", "\xff", "\x00",
		strings.Repeat("a.", 50_000) + "b = 1\n"} {
		out = append(out, badInput{name: fmt.Sprintf("series.lock %.200q", text), files: map[string]any{"series.lock": text},
			exit: 2, at: "series.lock:"})
	}
	for _, text := range []string{"", "\n", "4.6", "4.6.0 ", "4.6.0\n4.6.1\n", "4.6.0\r\n", "04.6.0\n", "4.6.0+x\n",
		"\xef\xbb\xbf4.6.0\n", strings.Repeat("4", 500)} {
		out = append(out, badInput{name: fmt.Sprintf("VERSION %.40q", text), files: map[string]any{"VERSION": text},
			args: []string{"image:build", "-dry", "-offline"}, exit: 2, at: "VERSION:"})
	}
	for _, text := range []string{"x\n", "Dockerfile\tx\n", "Dockerfile " + id + "\n"} {
		out = append(out, badInput{name: fmt.Sprintf("watch.lock %q", text), files: map[string]any{"watch.lock": text},
			args: []string{"upstream:status", "-offline"}, exit: 2, at: "watch.lock:1"})
	}
	return out
}

func badFlags() (out []badInput) {
	for _, args := range []string{
		"patch:check -ref=", "patch:check -ref=a..b", "patch:check -ref=-x", "patch:check -ref=a~1",
		"patch:check -ref=x.lock", "patch:check -date=", "patch:check -date=02-30", "patch:check -date=2026-02-30",
		"patch:check -date=tomorrow", "patch:check -without=", "patch:check -without=,", "patch:check -without=nothing",
		"patch:show nothing", "patch:diff -change=nothing", "patch:history -months=0", "patch:history -months=-1",
		"patch:pin nothing", "patch:pin post-length -commit=x", "patch:drop nothing", "patch:refresh -change=nothing",
		"patch:export other", "patch:export branch -change=nothing -dir=d", "patch:edit x Gemfile gem x -count=0",
		"patch:edit x Gemfile gem x -count=-1",
		"image:build -image=nothing", "image:build -platform=linux/nothing", "release -accept=nothing -reason=x",
		"release -accept=line", "publish:prune -older=-1h", "publish:prune -older=0s", "publish:prune -keep=0",
		"patch:check -ref=LONG", "patch:check -without=LONG", "release -accept=LONG -reason=x", "patch:show LONG",
		"patch:check -date=LONG",
		"patch:history -from=", "patch:history -from=-x", "patch:history -from=a..b", "patch:history -from=a/../b",
		"patch:history -from=LONG", "patch:pin draggable-images -commit=-x", "patch:pin draggable-images -commit=LONG",
		"publish:compose -to=a/b", "publish:compose -to=-x", "publish:compose -to=LONG", "publish:rollback -to=a:b",
		"publish:rollback -to=@x", "publish:promote a/b", "publish:promote LONG", "publish:promote edge -to=a/b",
		"publish:promote edge -to=,", "patch:export quilt", "patch:export quilt -dir=mine", "patch:export branch -dir=d",
		"patch:export branch -change=post-length", "patch:export branch -change=post-length -dir=mine", "patch:new -dir=mine",
		"patch:checkout mine", "patch:save -dir=mine", "patch:save -dir=nowhere", "patch:new -change=nothing",
	} {
		words := strings.Fields(strings.ReplaceAll(args, "LONG", strings.Repeat("x", 100_000)))
		out = append(out, badInput{name: "flags " + args, args: words, exit: 2, at: "error: "})
	}
	return out
}

func badImports() (out []badInput) {
	for name, what := range map[string]any{"pipe": pipe{}, "zero": link("/dev/zero"),
		"huge": made(func() string { return strings.Repeat("sed -i s/a/b/ x\n", 2<<20) })} {
		out = append(out, badInput{name: "import of " + name, files: map[string]any{"../" + name: what},
			args: []string{"patch:import", name, "-offline"}, exit: 2, at: name})
	}
	out = append(out, badInput{name: "import of nothing", args: []string{"patch:import", "nowhere", "-offline"}, exit: 2,
		at: "there is no nowhere"},
		badInput{name: "import of a bad patch", files: map[string]any{"../x.patch": "diff --git a/x b/x\n@@ -1 +1 @@\n"},
			args: []string{"patch:import", "x.patch", "-offline"}, exit: 2, at: "x.patch:"},
		badInput{name: "import of a folder of nothing", files: map[string]any{"../x": folder{}},
			args: []string{"patch:import", "x", "-offline"}, exit: 2, at: "x: "})
	return out
}

func badPatches() (out []badInput) {
	good := "diff --git a/Gemfile b/Gemfile\n--- a/Gemfile\n+++ b/Gemfile\n@@ -1,3 +1,3 @@\n a\n-b\n+c\n d\n"
	for _, c := range []struct {
		text string
		line int
	}{
		{"", 1}, {"nothing\n", 1}, {"\xff\xfea\x00", 1}, {"\xef\xbb\xbf" + good, 1}, {"<!doctype html>\n", 1},
		{"1c1\n< a\n---\n> b\n", 1}, {"*** a\n--- b\n", 1}, {strings.Replace(good, "@@ -1,3 +1,3 @@", "@@ -1,9 +1,9 @@", 1),
			8}, {strings.Replace(good, "@@ -1,3 +1,3 @@", "@@ -1,1 +1,1 @@", 1), 4},
		{strings.Replace(good, "@@ -1,3", "@@ -999999999,3", 1), 4}, {strings.Replace(good, "@@ -1,3", "@@@ -1,3", 1), 4},
		{strings.Replace(good, "b/Gemfile\n@@", "b/other\n@@", 1), 4}, {good + "text\n", 9},
		{strings.Replace(good, "+c", "+c\x00", 1), 7}, {strings.Replace(good, "--- a", "old mode 777777\n--- a", 1), 2},
		{"diff --git a/x b/x\nindex " + strings.Repeat("a", 40) + ".." + strings.Repeat("b", 40) +
			" 100644\nGIT binary patch\nliteral 99999999\nHcmV?d00001\n\n", 4},
		{"diff --git a/x b/x\nindex " + strings.Repeat("a", 40) + ".." + strings.Repeat("b", 40) +
			" 100644\nGIT binary patch\nliteral 5\nzzz\n\n", 5}, {"diff --git a/x b/x\nBinary files a/x and b/x differ\n", 2},
		{"diff --git a/x b/y\nrename from x\n", 1}, {"diff --git a/x b/x\ndeleted file mode 100644\nnew file mode 100644\n",
			1}, {"diff --cc x\n", 1},
	} {
		out = append(out,
			badInput{name: fmt.Sprintf("patch %.200q", c.text), files: namingPatch(map[string]any{"patches/p.patch": c.text}),
				exit: 2, at: fmt.Sprintf("patches/p.patch:%d: ", c.line)})
	}
	for _, c := range []struct{ name, text, says string }{
		{"a submodule", "diff --git a/x b/x\nnew file mode 160000\nindex 0000000..1111111\n--- /dev/null\n+++ b/x\n" +
			"@@ -0,0 +1 @@\n+Subproject commit 0123456789012345678901234567890123456789\n", "is a submodule"},
		{"a link out", "diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n" +
			"+../../etc/passwd\n\\ No newline at end of file\n", "points out of the tree"},
		{"an absolute link", "diff --git a/x b/x\nnew file mode 120000\n--- /dev/null\n+++ b/x\n@@ -0,0 +1 @@\n" +
			"+/etc/passwd\n\\ No newline at end of file\n", "points out of the tree"},
	} {
		out = append(out,
			badInput{name: "patch with " + c.name, files: namingPatch(map[string]any{"patches/p.patch": c.text}), exit: 7,
				at: c.says})
	}
	return out
}
