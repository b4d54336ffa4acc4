package script_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/tree"
)

// TestTakeRest: each file that the script changed in its sandbox is attributed to the line whose command names it.
func TestTakeRest(t *testing.T) {
	const data = `sed -i 's/one/1/' a.txt
perl -pi -e 's/two/2/' b.txt
# With Python
python3 - <<'P'
open("c.txt", "a").write("three")
P
# With Ruby
ruby -e 'File.write("new.txt", "")'
jq .x a.json > x.tmp && mv x.tmp a.json
sed -i "s/x/$LIMIT/" d.txt
`
	base := treeOf(t, map[string]string{"a.txt": "one\n", "b.txt": "two\n", "c.txt": "c\n", "d.txt": "x\n",
		"a.json": "{}\n"})
	r, err := script.Follow(t.Context(), script.Source{Name: "s", File: "s.sh", Data: []byte(data)}, base, sedOf(t))
	if err != nil {
		t.Fatal(err)
	}
	file := func(s string) *tree.File { return &tree.File{Mode: tree.Regular, Data: []byte(s)} }
	ran, err := base.With(t.Context(), map[string]*tree.File{"a.txt": file("1\n"), "b.txt": file("2\n"),
		"c.txt": file("c\nthree"), "new.txt": file("new\n"), "a.json": file("null\n")})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.TakeRest(t.Context(), ran); err != nil {
		t.Fatal(err)
	}
	by := map[string]string{}
	for _, c := range r.Imported.Changes {
		if c.Patch == nil {
			continue
		}
		for _, f := range c.Patch.Files {
			by[f.Name()] = c.Name
		}
	}
	if by["c.txt"] != "with-python" || by["new.txt"] != "with-ruby" || by["b.txt"] == by["c.txt"] || by["a.json"] == "" {
		t.Errorf("the changes of the files: %v", by)
	}
	for _, l := range r.Imported.Lines {
		if outside := strings.Contains(l.Text, "LIMIT"); l.Done == outside {
			t.Errorf("line %d is %q, decided: %t", l.Line, l.Said, l.Done)
		}
	}
	if got := applied(t, r, base, false); got.Root() != ran.Root() {
		t.Errorf("the changes make another tree:\n%s", differs(t, ran, got))
	}
}

// TestTakeRestOtherwise: a line that was followed had another result in the sandbox. The file is attributed to that
// line, and the line says so.
func TestTakeRestOtherwise(t *testing.T) {
	const data = `# One
perl -pi -e 's/one/1/' a.txt
# Two
echo two > b.txt
`
	base := treeOf(t, map[string]string{"a.txt": "one\n"})
	r, err := script.Follow(t.Context(), script.Source{Name: "s", File: "s.sh", Data: []byte(data)}, base, sedOf(t))
	if err != nil {
		t.Fatal(err)
	}
	ran, err := base.With(t.Context(), map[string]*tree.File{"a.txt": {Mode: tree.Regular, Data: []byte("1\n")}})
	if err != nil {
		t.Fatal(err)
	}
	if err := r.TakeRest(t.Context(), ran); err != nil {
		t.Fatal(err)
	}
	said := map[int]string{}
	for _, l := range r.Imported.Lines {
		said[l.Line] = l.Said
	}
	if said[2] != "ran in the sandbox: patch, 1 file" ||
		said[4] != "overlay, 1 file; in the sandbox it had another result: patch, 1 file" {
		t.Errorf("the lines: %v", said)
	}
	if got := applied(t, r, base, false); got.Root() != ran.Root() {
		t.Errorf("the changes make another tree:\n%s", differs(t, ran, got))
	}
}

// TestInterpretedInSandbox: a script of another program stays as it is beside the line that runs it, and a script of
// the shell's runs under its own name.
func TestInterpretedInSandbox(t *testing.T) {
	base := treeOf(t, map[string]string{"a.txt": "one\n"})
	for _, test := range []struct{ file, own, data, command string }{
		{"limit.py", "print(1)\n", "python3 limit.py\n", ".howdah-script.sh"},
		{"patch.sh", "perl -pi -e s/one/1/ a.txt\n", "perl -pi -e s/one/1/ a.txt\n", "patch.sh"},
	} {
		src := script.Source{Name: "s", File: "x/" + test.file, Data: []byte(test.data)}
		r, err := script.Follow(t.Context(), src, base, sedOf(t))
		if err != nil {
			t.Fatal(err)
		}
		run := r.Prepare(src, base, map[string]tree.File{test.file: {Mode: tree.Regular, Data: []byte(test.own)}})
		if own := string(run.Beside[test.file].Data); own != test.own || run.Command[1] != run.Folder+"/"+test.command ||
			string(run.Beside[test.command].Data) != test.data {
			t.Errorf("%s: runs %v over %q", test.file, run.Command, own)
		}
	}
}

// TestDockerfileInSandbox: how a Dockerfile is run: its stages' variables, folders, shells and copies.
func TestDockerfileInSandbox(t *testing.T) {
	const data = `FROM mastodon AS one
RUN perl -pi -e 's/never/x/' a.txt
FROM mastodon
ENV LIMIT=5
WORKDIR /opt/mastodon
COPY logo.txt app/
RUN apt-get update && perl -pi -e "s/one/$LIMIT/" a.txt
SHELL ["/bin/bash", "-o", "pipefail", "-c"]
RUN ["perl", "-pi", "-e", "s/'/x/", "b.txt"]
`
	base := treeOf(t, map[string]string{"a.txt": "one\n", "b.txt": "it's\n"})
	src := script.Source{Name: "d", File: "Dockerfile", Data: []byte(data), Dockerfile: true,
		Beside: besideOf(map[string]string{"logo.txt": "logo\n"})}
	r, err := script.Follow(t.Context(), src, base, sedOf(t))
	if err != nil {
		t.Fatal(err)
	}
	run := r.Prepare(src, base, map[string]tree.File{})
	if run.Tree != "/opt/mastodon" {
		t.Errorf("the tree lies in %q", run.Tree)
	}
	var text string
	for name, f := range run.Beside {
		if strings.HasSuffix(name, ".sh") {
			text = string(f.Data)
		} else if !strings.HasSuffix(name, "/app/logo.txt") || string(f.Data) != "logo\n" {
			t.Errorf("%s lies beside it", name)
		}
	}
	for _, want := range []string{"export LIMIT='5'\n", "cd '/opt/mastodon'", `s/one/$LIMIT/`, "pipefail",
		`'\''perl'\'' '\''-pi'\''`, "cp -a "} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in:\n%s", want, text)
		}
	}
	if strings.Contains(text, "never") {
		t.Errorf("it runs a stage that does not count:\n%s", text)
	}
}
