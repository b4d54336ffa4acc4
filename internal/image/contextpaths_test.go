package image_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/tree"
)

// reading is the context of which the Dockerfiles below read a part.
const reading = `commit 1 Begin
-- 1/.dockerignore --
log
-- 1/package.json --
{}
-- 1/yarn.lock --
a
-- 1/.yarnrc.yml --
a
-- 1/.yarn/patches/a.patch --
a
-- 1/streaming/package.json --
{}
-- 1/streaming/index.js --
a
-- 1/streaming/deep/er.js --
a
-- 1/app/models/user.rb --
a
-- 1/package.json.orig --
a
-- 1/lib/streaming/index.js --
a
`

// TestContextPaths: a file that the Dockerfile does not read of the context changes no input, each one that it reads
// does.
func TestContextPaths(t *testing.T) {
	streaming, err := docker.Files.ReadFile("streaming.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	const from = "FROM scratch\n"
	all := strings.Fields(".dockerignore package.json yarn.lock .yarnrc.yml .yarn/patches/a.patch " +
		"streaming/package.json streaming/index.js streaming/deep/er.js app/models/user.rb package.json.orig " +
		"lib/streaming/index.js")
	for _, c := range []struct{ name, file, read string }{
		{"streaming", string(streaming), ".dockerignore package.json yarn.lock .yarnrc.yml .yarn/patches/a.patch " +
			"streaming/package.json streaming/index.js streaming/deep/er.js"},
		{"everything", from + "COPY . /\n", strings.Join(all, " ")},
		{"everything but the root", from + "COPY ./ /\nCOPY app /app\n", strings.Join(all, " ")},
		{"nothing", from + "LABEL a=b\n", ".dockerignore"},
		{"pattern", from + "COPY *.json /\n", ".dockerignore package.json"},
		{"folder's pattern", from + "COPY streaming/*.j* /\n", ".dockerignore streaming/package.json streaming/index.js"},
		{"added", from + "ADD app /\n", ".dockerignore app/models/user.rb"},
		{"mounted", "FROM a\nRUN --mount=type=bind,source=lib,target=/lib true\n", ".dockerignore lib/streaming/index.js"},
		{"all mounted", "FROM a\nRUN --mount=type=bind,target=/all true\n", strings.Join(all, " ")},
		{"of a stage", "FROM a AS one\nCOPY app /\nFROM scratch\nCOPY --from=one /models /\n",
			".dockerignore app/models/user.rb"},
		{"of a stage that nobody needs", "FROM a AS one\nCOPY app /\nFROM scratch\nCOPY yarn.lock /\n",
			".dockerignore yarn.lock"},
		{"by an argument", "FROM scratch\nARG FILE=app\nCOPY $FILE /\n", ".dockerignore yarn.lock"},
		{"excluded", from + "COPY --exclude=deep streaming /\n", ".dockerignore streaming/package.json streaming/index.js " +
			"streaming/deep/er.js"},
	} {
		repo, ids := gittest.Repo(t, reading)
		spec := simple(strings.TrimSuffix(c.file, "\n"))
		spec.Args = map[string]string{}
		if strings.Contains(c.file, "ARG FILE") {
			spec.Args["FILE"] = "yarn.lock"
		}
		tr, err := repo.At(t.Context(), ids["1"])
		if err != nil {
			t.Fatal(err)
		}
		inputs := func() string {
			in, err := spec.Inputs(t.Context(), "linux/amd64")
			if err != nil {
				t.Fatalf("%s: %v", c.name, err)
			}
			return in
		}
		spec.Context = tr
		before := inputs()
		var read []string
		for _, name := range all {
			other, err := tr.With(t.Context(), map[string]*tree.File{name: {Mode: tree.Regular, Data: []byte("other\n")}})
			if err != nil {
				t.Fatal(err)
			}
			if spec.Context = other; inputs() != before {
				read = append(read, name)
			}
		}
		if got := strings.Join(read, " "); got != c.read {
			t.Errorf("%s: the build reads %s, want %s", c.name, got, c.read)
		}
		listed, err := spec.Reads(t.Context(), all)
		if got := strings.Join(listed, " "); err != nil || got != c.read {
			t.Errorf("%s: Reads gives %s, %v, want %s", c.name, got, err, c.read)
		}
	}
}
