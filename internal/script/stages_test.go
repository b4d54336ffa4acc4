package script_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
)

// TestStages: where the tree lies in one stage says nothing of another stage, which has a disk of its own.
func TestStages(t *testing.T) {
	const src = "FROM ubuntu AS src\nWORKDIR /\nRUN git clone https://github.com/mastodon/mastodon.git\n"
	const last = "COPY --from=src /mastodon /opt/mastodon\nWORKDIR /opt/mastodon\n"
	const edit = "RUN sed -i s/x/y/ app/models/a.rb\n"
	const clone = "WORKDIR /\nRUN git clone https://github.com/mastodon/mastodon.git\nWORKDIR /mastodon\n"
	const both = src + "WORKDIR /mastodon\n" + edit + "RUN echo y >> config/a.yml\n"
	for name, test := range map[string]struct {
		text    string
		made    string // files of the tree that change
		decided bool
	}{
		"link": {src + "FROM node\nRUN ln -s /opt/mastodon /mastodon\n" + last + edit,
			"app/models/a.rb", true},
		"linked later": {src + "FROM node\n" + last + edit + "RUN ln -s /opt/mastodon /mastodon\n",
			"app/models/a.rb", true},
		"file": {src + "FROM ruby\nRUN echo x > /mastodon/config/x.txt\n" + last + edit,
			"app/models/a.rb", true},
		"own file": {src + "FROM ruby\n" + last + "RUN echo x > config/x.txt\n" + edit,
			"app/models/a.rb config/x.txt", true},
		"edited before": {src + "RUN sed -i s/x/y/ /mastodon/app/models/a.rb\nFROM ruby\n" + last, "app/models/a.rb", true},
		"built on": {src + "FROM src\nRUN sed -i s/x/y/ /mastodon/app/models/a.rb\n", "app/models/a.rb",
			true},
		"no copy": {src + "FROM ruby\nRUN sed -i s/x/y/ /mastodon/app/models/a.rb\n", "app/models/a.rb", true},
		"a part": {src + "RUN sed -i s/x/y/ /mastodon/app/models/a.rb\nFROM ruby\nWORKDIR /opt/mastodon\n" +
			"COPY --from=src /mastodon/app /opt/mastodon/app\n", "app/models/a.rb", true},
		"the same in both": {both + "FROM ruby\n" + clone + edit + "COPY --from=src /mastodon/config /mastodon/config\n",
			"app/models/a.rb config/a.yml", true},
		"of a folder a part": {src + "RUN mkdir /mastodon/x && cd /mastodon/x && echo a | tee a b\nFROM ruby\n" +
			clone + "COPY --from=src /mastodon/x/a /mastodon/x/a\n", "x/a", false},
		"nothing of it": {src + "RUN sed -i s/x/y/ /mastodon/app/models/a.rb\nFROM ruby\nWORKDIR /opt/mastodon\n" +
			"COPY --from=src /mastodon/config /opt/mastodon/config\n" + "RUN echo z >> config/a.yml\n", "config/a.yml", false},
		"over two": {both + "FROM src AS mid\nRUN echo z >> /mastodon/config/a.yml\nFROM ruby\n" +
			"COPY --from=mid /mastodon/config /mastodon/config\n", "config/a.yml", false},
		"all over two": {both + "FROM ruby AS mid\nCOPY --from=src /mastodon /mastodon\nFROM mid\n" +
			"RUN echo z >> /mastodon/config/a.yml\n", "app/models/a.rb config/a.yml", true},
		"an image": {"FROM ghcr.io/mastodon/mastodon AS a\n" + edit + "FROM node\nRUN ln -s /srv /mastodon\n" +
			"COPY --from=a /opt/mastodon /srv/m\nWORKDIR /srv/m\nRUN echo z >> config/a.yml\n",
			"app/models/a.rb config/a.yml", true},
	} {
		t.Run(name, func(t *testing.T) {
			base := treeOf(t, map[string]string{"app/models/a.rb": "one\nx\ntwo\n", "config/a.yml": "a\n"})
			r, got := follow(t, script.Source{Name: "ours", File: "Dockerfile", Data: []byte(test.text), Dockerfile: true}, base)
			if got.Root() != r.Expected.Root() {
				t.Error("the series does not make what the import follows")
			}
			var made []string
			for line := range strings.Lines(differs(t, base, got)) {
				if !strings.HasPrefix(line, " ") {
					made = append(made, strings.TrimSuffix(strings.TrimSpace(line), ":"))
				}
			}
			slices.Sort(made)
			if strings.Join(made, " ") != test.made {
				t.Errorf("it changes %q, want %s", made, test.made)
			}
			undecided := slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool { return !l.Done })
			if undecided == test.decided {
				t.Errorf("decided: %v: %v", !undecided, r.Imported.Lines)
			}
		})
	}
}
