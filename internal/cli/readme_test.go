package cli

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/target"
)

// TestReadmeShowsWhatIsPrinted runs the checks that the README shows, on the miniature, and finds each line of its
// examples in what is printed, and every verdict in its glossary.
func TestReadmeShowsWhatIsPrinted(t *testing.T) {
	page, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	in := insideDemo(t)
	in.process.caller = target.Caller{Program: "go tool mage", Config: "dist/demo/howdah.toml"}
	in.process.environ = append(in.process.environ, "HOWDAH_CONFIG=dist/demo/howdah.toml")
	_, good, ok := strings.Cut(string(page), "$ HOWDAH_CONFIG=dist/demo/howdah.toml go tool mage patch:check\n")
	good, bad, both := strings.Cut(good, "`-ref=trouble`")
	if !ok || !both {
		t.Fatal("the README shows no check")
	}
	for _, c := range []struct {
		text string
		args []string
		code int
	}{{good, nil, 0}, {bad, []string{"-ref=trouble"}, 3}} {
		if code := in.run(t.Context(), target.PatchCheck, c.args...); code != c.code {
			t.Errorf("%v: exit %d, want %d", c.args, code, c.code)
		}
		lines := 0
		for line := range strings.Lines(c.text) {
			shown, ok := strings.CutPrefix(line, "    ")
			if shown = strings.TrimSpace(shown); shown == "" || !ok && strings.TrimSpace(line) == "" {
				continue
			}
			if !ok {
				if lines > 0 {
					break
				}
				continue
			}
			if lines++; shown != "…" && !strings.Contains(in.out.String(), shown) {
				t.Errorf("the README shows %q, and this is printed:\n%s", shown, in.out.String())
			}
		}
		if lines < 5 {
			t.Errorf("only %d lines of an example were read", lines)
		}
	}
	rows := regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ").FindAllStringSubmatch(string(page), -1)
	verdicts, err := os.ReadFile("../../docs/verdicts.md")
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]bool{}
	for _, row := range rows {
		found[row[1]] = true
	}
	table, _, _ := strings.Cut(string(verdicts), "A run is **ok**")
	for _, row := range regexp.MustCompile("(?m)^\\| `([a-z]+)` \\| ").FindAllStringSubmatch(table, -1) {
		if !found[row[1]] {
			t.Errorf("the README's glossary lacks %s", row[1])
		}
	}
}
