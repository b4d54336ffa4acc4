package view

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/term"
)

// Errors that were joined stand on a line each, in no output with a literal \n between them.
func TestJoinedErrorsHaveLines(t *testing.T) {
	const joined = "first registry: 500\nsecond registry: 503"
	release := Release{
		State: failed, Exit: fault.Registry, Error: joined, Hint: "look there\nthen here",
		Registries: []Registry{{Name: "first", State: failed, Error: joined}},
		Stages:     []term.StageSeconds{{Name: "upload", Result: joined}},
	}
	check := Check{Exit: fault.Usage, Error: joined, Hint: "look there\nthen here"}
	for name, text := range map[string]string{
		"release": release.Text().String(), "release.md": string(release.Markdown(github.SummaryLimit)),
		"check": check.Text(mage).String(), "check.md": string(check.Markdown(mage, github.SummaryLimit)),
	} {
		if strings.Contains(text, `\n`) {
			t.Errorf("%s joins lines with a literal \\n:\n%s", name, text)
		}
		for _, want := range []string{"error: first registry: 500\n", "second registry: 503\n", "hint: look there\n",
			"then here\n"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s lacks %q:\n%s", name, want, text)
			}
		}
	}
	if text := release.Text().String(); !strings.Contains(text, "first registry: 500; second registry: 503") {
		t.Errorf("the cells of a table: %s", text)
	}
}
