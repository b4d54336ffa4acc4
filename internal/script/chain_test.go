package script_test

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestWhichCommandFails: what a chain leaves out names the line of the command that fails, not that of the chain.
func TestWhichCommandFails(t *testing.T) {
	const edit = "sed -i s/a/b/ config/a.yml"
	const why = "does not run here: the command before it on line "
	for text, want := range map[string][]string{
		edit + " \\\n  && sed -i s/x/y/ app/gone.js \\\n  && touch config/b.yml \\\n  && touch config/c.yml\n": {
			"2 fails", "2 fails"},
		edit + " &&\n  test -f app/gone.js &&\n  touch config/b.yml\n":                      {"2 fails"},
		"false && \\\n  touch config/b.yml && \\\n  touch config/c.yml\n":                   {"1 fails", "1 fails"},
		edit + " &&\n  (test -f a &&\n  touch config/b.yml)\n":                              {"2 fails"},
		edit + " ||\n  touch config/b.yml ||\n  touch config/c.yml\n":                       {"1 succeeds", "1 succeeds"},
		"test -f a ||\n  " + edit + " &&\n  test -f b &&\n  touch config/c.yml\n":           {"3 fails"},
		"test -f a ||\n  true &&\n  " + edit + " ||\n  touch config/b.yml\n":                {"3 succeeds"},
		"if test -f a && \\\n  test -f b && \\\n  test -f c\nthen touch config/b.yml; fi\n": nil,
	} {
		src := script.Source{Name: "ours", File: "ours.sh", Data: []byte(text)}
		r, _ := follow(t, src, treeOf(t, map[string]string{"config/a.yml": "a\n", "app/models/a.rb": "x\n"}))
		var got []string
		for _, l := range r.Imported.Lines {
			if len(l.Said) > len(why) && l.Said[:len(why)] == why {
				got = append(got, l.Said[len(why):])
			}
		}
		if !slices.Equal(got, want) && want != nil {
			t.Errorf("%s\nsays %q, want %q", text, got, want)
		}
	}
}
