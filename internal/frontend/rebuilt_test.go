package frontend

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/docker"
)

const small = `ARG VERSION=3
FROM ruby:${VERSION}-slim AS ruby
FROM scratch AS mirror
FROM ruby AS gems
ARG PACKAGES
RUN apt-get install \
  libs
COPY Gemfile Gemfile.lock ./
RUN --mount=type=bind,from=mirror,target=/m bundle install
FROM node:24 AS node
RUN --mount=type=bind,source=web/package.json,target=/p install
FROM ruby AS unused
COPY . .
FROM ruby
COPY --from=gems /gems /gems
COPY --from=node /node /node
COPY app .yarn* ./
`

// Each stage that the last one needs is judged from its first step that is built again; a stage that nothing needs is
// not named.
func TestRebuilt(t *testing.T) {
	for _, c := range []struct {
		what    string
		changed Changed
		want    string // "stage line because", of those that are rebuilt
	}{
		{what: "nothing"},
		{"a file that no step copies", Changed{Files: []string{"README.md"}}, ""},
		{"a file below a folder", Changed{Files: []string{"app/models/a.rb"}}, "the last stage 17 file app/models/a.rb"},
		{"a file beside a folder of that name", Changed{Files: []string{"apple"}}, ""},
		{"a file by a pattern", Changed{Files: []string{".yarnrc.yml"}}, "the last stage 17 file .yarnrc.yml"},
		{"a file in another folder by the name", Changed{Files: []string{"engine/Gemfile"}}, ""},
		{"a lock file", Changed{Files: []string{"Gemfile.lock"}}, "gems 8 file Gemfile.lock; the last stage 15 stage gems"},
		{"a mounted file", Changed{Files: []string{"web/package.json"}},
			"node 11 file web/package.json; the last stage 16 stage node"},
		{"an ignored file", Changed{Files: []string{"Gemfile.lock", "app/a"}, Ignore: []byte("Gemfile*\n!Gemfile\n")},
			"the last stage 17 file app/a"},
		{"a day of packages", Changed{Args: []string{"PACKAGES"}},
			"gems 6 argument PACKAGES; the last stage 15 stage gems"},
		{"an argument that nobody declares", Changed{Args: []string{"OTHER"}}, ""},
		{"a base", Changed{Bases: []string{"ruby:3-slim"}},
			"ruby 2 base ruby:3-slim; gems 4 stage ruby; the last stage 14 stage ruby"},
		{"a base of another version", Changed{Bases: []string{"ruby:4-slim"}}, ""},
		{"the base of one stage", Changed{Bases: []string{"node:24"}},
			"node 10 base node:24; the last stage 16 stage node"},
	} {
		stages, err := Dockerfile{Name: "D", Data: []byte(small)}.Rebuilt(nil, c.changed)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range stages {
			if s.Name == "unused" {
				t.Errorf("%s: a stage that nothing needs is named", c.what)
			}
			if s.Rebuilt {
				got = append(got, fmt.Sprintf("%s %d %s", s.Name, s.Line, s.Because))
			}
		}
		if strings.Join(got, "; ") != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.what, strings.Join(got, "; "), c.want)
		}
	}
}

// An argument that is given decides which base a stage begins with.
func TestRebuiltExpandsArguments(t *testing.T) {
	stages, err := Dockerfile{Data: []byte(small)}.Rebuilt(map[string]string{"VERSION": "4"},
		Changed{Bases: []string{"ruby:4-slim"}})
	if err != nil || !stages[0].Rebuilt || stages[0].Step != "FROM ruby:${VERSION}-slim AS ruby" {
		t.Errorf("%+v, %v", stages, err)
	}
}

// Of the tool's own Dockerfiles: a change of the app leaves gems and npm packages alone.
func TestRebuiltOfOurOwn(t *testing.T) {
	data, err := docker.Files.ReadFile("web.Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	rebuilt := func(c Changed) string {
		stages, err := Dockerfile{Data: data}.Rebuilt(nil, c)
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, s := range stages {
			if s.Rebuilt {
				out = append(out, s.Name)
			}
		}
		return strings.Join(out, " ")
	}
	for files, not := range map[string][]string{
		"app/models/status.rb": {"gems", "packages", "runtime"},
		"Gemfile.lock":         {"packages", "runtime"},
		"yarn.lock":            {"gems", "runtime"},
	} {
		got := rebuilt(Changed{Files: []string{files}})
		if !strings.Contains(got, "the last stage") {
			t.Errorf("%s: rebuilt %q", files, got)
		}
		for _, name := range not {
			if strings.Contains(" "+got+" ", " "+name+" ") {
				t.Errorf("%s: %s is rebuilt too: %q", files, name, got)
			}
		}
	}
}
