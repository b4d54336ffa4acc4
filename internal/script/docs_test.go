package script_test

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/script"
)

// TestImportPage follows the script and the Dockerfile of docs/import.md over the files that they name, and compares
// the results with what the page says about each line.
func TestImportPage(t *testing.T) {
	data, err := os.ReadFile("../../docs/import.md")
	if err != nil {
		t.Fatal(err)
	}
	upstream := map[string]string{
		"app/validators/status_length_validator.rb": "  MAX_CHARS = 500\n",
		"app/javascript/styles/application.scss":    "@use 'mastodon';\n",
		"app/javascript/images/logo.png":            "png\n",
		"config/themes.yml":                         "default: styles/application.scss\n",
		"config/locales/en.yml":                     "en:\n  themes:\n    default: Mastodon\n",
		"config/settings.yml":                       "trends_as_landing_page: true\n",
	}
	since := regexp.MustCompile(` since [0-9a-f]{9} \d{4}-.*`)
	for _, one := range []struct {
		heading, file string
	}{{"## You have a script\n", "patch.sh"}, {"## You have a Dockerfile\n", "Dockerfile"}} {
		_, section, found := strings.Cut(string(data), one.heading)
		if !found {
			t.Fatalf("docs/import.md has no %q", one.heading)
		}
		var blocks []string // indented by four blanks
		inside := false
		for line := range strings.Lines(section) {
			text, isBlock := strings.CutPrefix(line, "    ")
			switch {
			case strings.HasPrefix(line, "## "):
				section = ""
			case isBlock && !inside:
				blocks, inside = append(blocks, text), true
			case isBlock:
				blocks[len(blocks)-1] += text
			case line == "\n" && inside:
				blocks[len(blocks)-1] += line
			default:
				inside = false
			}
			if section == "" {
				break
			}
		}
		at := 0
		for at < len(blocks) && strings.HasPrefix(blocks[at], "howdah ") {
			at++
		}
		if len(blocks) < at+2 {
			t.Fatalf("%s: no script and output in %q", one.heading, blocks)
		}
		src := script.Source{Name: "patch", File: one.file, Data: []byte(blocks[at]), Dockerfile: one.file == "Dockerfile",
			Beside: besideOf(map[string]string{"logo.svg": "<svg/>\n"})}
		r, _ := follow(t, src, treeOf(t, upstream))
		var got strings.Builder
		for _, l := range r.Imported.Lines {
			fmt.Fprintf(&got, "line %d: %s\n    %s\n", l.Line, l.Said, strings.TrimSpace(l.Text))
		}
		var lines []string // without the rest of the import's output
		for line := range strings.Lines(since.ReplaceAllString(blocks[at+1], "")) {
			if next := strings.HasPrefix(line, "    by itself: "); strings.HasPrefix(line, "line ") ||
				strings.HasPrefix(line, "    ") && len(lines) > 0 && !next {
				lines = append(lines, line)
			}
		}
		want := strings.Join(lines, "")
		if got.String() != want {
			t.Errorf("%s: the page has\n%s\nthe import says\n%s", one.file, want, got.String())
		}
	}
}
