package internal_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// turn is a way to say something that people had to read twice, and what is written in its place.
type turn struct {
	pattern *regexp.Regexp
	instead string
}

// turns are not written in messages, help, comments and docs. Each hides who acts, or is a riddle.
var turns = []turn{
	{regexp.MustCompile(`\b(is|are|was|were|be|been) told\b`), "who reports, shows or asks what"},
	{regexp.MustCompile(`\b(tells|tell) (what|which|how|that|of|why|whether|where)\b`), "reports, shows, says"},
	{regexp.MustCompile(`\bnowhere to be\b`), "not found in any …"},
	{regexp.MustCompile(`\b(can|could|cannot|not|to|may) be had\b`), "cannot be fetched, read, reached; not available"},
	{regexp.MustCompile(`\bstands? (there|upon)\b`), "is there, is in the file, is based on"},
	{regexp.MustCompile(`\b(goes|go) upon\b`), "applies to, conflicts with"},
	{regexp.MustCompile(`\blaid at\b`), "is attributed to"},
	{regexp.MustCompile(`\bto which no\b`), "unreferenced, that no … refers to"},
	{regexp.MustCompile(`\b(is|are|was|were) (there )?not at all\b|\bthere not at all\b`), "expected N, found 0"},
	{regexp.MustCompile(`\b(few|between|rebuilt|done) for nothing\b`), "unnecessarily"},
	{regexp.MustCompile(`\bthere (is|are) no (day|form|thing)\b`), "is not a date; unknown format"},
	{regexp.MustCompile(`\bwhole is\b`), "is complete"},
	{regexp.MustCompile(`\bthe fate of\b|\bevery line's fate\b`), "the verdict on, what became of"},
}

// TestTurns reads every line of the source and of the docs. What stands for code is not prose, but holds none of these
// either. Tests are left out: they quote.
func TestTurns(t *testing.T) {
	var files []string
	for _, pattern := range []string{"../*.md", "../docs/*.md", "../docs/*/*.md", "../*.toml", "../patches/*.toml",
		"../docker/*.Dockerfile", "../.github/*/*.yml", "../internal/distribution/template/*"} {
		found, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, found...)
	}
	for _, f := range sourceFiles(t, "..") {
		if !f.isTest() {
			files = append(files, filepath.Join("..", f.name))
		}
	}
	if len(files) < 300 {
		t.Fatalf("found only %d files: the test looks in the wrong place", len(files))
	}
	var found []breach
	for _, file := range files {
		about, err := os.Stat(file)
		if err != nil {
			t.Fatal(err)
		}
		if about.IsDir() || slices.Contains([]string{"../CHANGELOG.md"}, file) {
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		found = append(found, turnsIn(strings.TrimPrefix(filepath.ToSlash(file), "../"), string(text))...)
	}
	compareBreaches(t, "turns", found)
}

func turnsIn(name, text string) []breach {
	var found []breach
	number := 0
	for line := range strings.Lines(text) {
		number++
		for _, one := range turns {
			if at := one.pattern.FindString(line); at != "" {
				found = append(found, breach{name, fmt.Sprintf("line %d: %q; write: %s", number, at, one.instead)})
			}
		}
	}
	return found
}

// TestTurnsAreSeen gives each turn a sentence, and good sentences none.
func TestTurnsAreSeen(t *testing.T) {
	bad := []string{
		"A changed original is told.", "this tells which builder it is", "nowhere to be found", "it cannot be had",
		"the text stands there", "its own does not go upon those before it", "is laid at the door of",
		"a registry to which no release leads", "the text is not at all in the file", "nothing is rebuilt for nothing",
		"there is no form \"quilt\"", "nothing to finish: whole is", "the fate of every change",
	}
	for i, sentence := range bad {
		if len(turnsIn("x", sentence)) == 0 {
			t.Errorf("%q is let through", sentence)
		} else if !turns[i].pattern.MatchString(sentence) {
			t.Errorf("%q is seen, but not as turn %d", sentence, i)
		}
	}
	for _, sentence := range []string{
		"The check fails when upstream changes that file.", "expected 1 match for \"foo\", found 0",
		"A file is written whole or not at all.", "an edit looks for nothing", "hold lifted; the next release will publish",
	} {
		if found := turnsIn("x", sentence); len(found) > 0 {
			t.Errorf("%q: %v", sentence, found)
		}
	}
}
