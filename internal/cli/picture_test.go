package cli

import (
	"cmp"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/target"
)

// TestPictureOfACheck draws the README's picture of a check, docs/check.svg, from what patch:check prints on a terminal
// for the miniature's branch trouble. -update draws it anew.
func TestPictureOfACheck(t *testing.T) {
	in := insideDemo(t)
	answer, err := os.Create(filepath.Join(t.TempDir(), "answer"))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	story, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer story.Close()
	in.process.stdout, in.process.stderr = answer, story
	in.process.caller = target.Caller{Program: "go tool mage", Config: "dist/demo/howdah.toml"}
	in.process.environ = append(in.process.environ, "HOWDAH_CONFIG=dist/demo/howdah.toml", "CLICOLOR_FORCE=1")
	if code := in.run(t.Context(), target.PatchCheck, "-ref=trouble"); code != 3 {
		t.Fatalf("exit %d", code)
	}
	printed, err := os.ReadFile(answer.Name())
	if err != nil {
		t.Fatal(err)
	}
	typed := "$ HOWDAH_CONFIG=dist/demo/howdah.toml go tool mage patch:check -ref=trouble\n"
	golden.File(t, filepath.Join("..", "..", "docs", "check.svg"), []byte(drawn(typed+string(printed))))
}

var styled = regexp.MustCompile("(?:\x1b\\[([0-9;]+)m)?([^\x1b\n]+)(?:\x1b\\[0m)?")

// drawn is a terminal's text with its colours as a picture.
func drawn(text string) string {
	const wide, high, edge = 7.3, 18.0, 14.0
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	columns := 0
	var body strings.Builder
	for i, line := range lines {
		at, column := edge+high*float64(i+1), 0
		for _, m := range styled.FindAllStringSubmatch(line, -1) {
			fmt.Fprintf(&body, "<text x=\"%.1f\" y=\"%.1f\" class=\"s%s\" xml:space=\"preserve\">%s</text>\n",
				edge+wide*float64(column), at, strings.ReplaceAll(cmp.Or(m[1], "0"), ";", " s"), html.EscapeString(m[2]))
			column += utf8.RuneCountInString(m[2])
		}
		columns = max(columns, column)
	}
	width, height := 2*edge+wide*float64(columns), 2*edge+high*float64(len(lines))
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n"+
		"<title>patch:check on a branch that breaks two changes of the miniature</title>\n"+
		"<style>text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6e6e6}"+
		".s1{font-weight:700}.s2{fill:#9a9aa2}.s31{fill:#ff7b72}.s32{fill:#7ee787}.s33{fill:#e3b341}</style>\n"+
		"<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1b1d23\"/>\n%s</svg>\n", width, height, body.String())
}
