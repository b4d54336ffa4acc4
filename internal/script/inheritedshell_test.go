package script_test

import (
	"slices"
	"testing"

	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/script"
)

// The shell of RUN is the image's own until SHELL names another: Mastodon's images have bash, most others sh.
func TestInheritedShell(t *testing.T) {
	const braces = "RUN mv config/a.yml{.new,}\n"
	const path = "WORKDIR /opt/mastodon\n"
	const fails = "RUN false; echo z > config/a.yml\n"
	for name, test := range map[string]struct {
		text    string
		made    bool // config/a.yml changes
		decided bool
	}{
		"upstream's image":    {"FROM ghcr.io/mastodon/mastodon:v4.5.0\n" + braces, true, true},
		"by its older name":   {"FROM tootsuite/mastodon AS x\n" + braces, true, true},
		"the image of a fork": {"FROM ghcr.io/glitch-soc/mastodon\n" + braces, true, false},
		"a stage of it":       {"FROM mastodon/mastodon AS m\nFROM m\n" + braces, true, true},
		"another image": {"FROM mastodon/mastodon AS m\nFROM ruby\n" + path + "COPY --from=m /opt/mastodon .\n" + braces,
			false, false},
		"an image built anew": {"FROM lscr.io/linuxserver/mastodon\n" + path + braces, false, false},
		"sh by its name":      {"FROM mastodon/mastodon\nSHELL [\"/bin/sh\", \"-c\"]\n" + braces, false, false},
		"goes on":             {"FROM mastodon/mastodon\n" + fails, true, true},
		"stops at an error": {"FROM mastodon/mastodon\nSHELL [\"/bin/bash\", \"-o\", \"errexit\", \"-c\"]\n" + fails,
			false, false},
	} {
		t.Run(name, func(t *testing.T) {
			base := treeOf(t, map[string]string{"config/a.yml": "a\n", "config/a.yml.new": "b\n"})
			r, got := follow(t, script.Source{Name: "ours", File: "Dockerfile", Data: []byte(test.text), Dockerfile: true}, base)
			if made := differs(t, base, got) != ""; made != test.made {
				t.Errorf("it changes %q", differs(t, base, got))
			}
			undecided := slices.ContainsFunc(r.Imported.Lines, func(l importer.ScriptLine) bool { return !l.Done })
			if undecided == test.decided {
				t.Errorf("decided: %v: %v", !undecided, r.Imported.Lines)
			}
		})
	}
}
