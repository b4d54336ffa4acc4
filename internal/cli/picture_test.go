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

// styled is a style that begins, or text.
var styled = regexp.MustCompile("(\x1b\\[[0-9;]*m)|([^\x1b]+)")

const (
	wide, high, edge = 7.3, 18.0, 14.0 // of a character, of a line, of the margin
	look             = "text{font:12px ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;fill:#e6e6e6}" +
		".s1{font-weight:700}.s2{fill:#9a9aa2}.s31{fill:#ff7b72}.s32{fill:#7ee787}.s33{fill:#e3b341}"
)

// drawn is a terminal's text with its colours as a picture.
func drawn(text string) string {
	body, width, height := texts(text)
	return picture("patch:check on a branch that breaks two changes of the miniature", look, body, width, height)
}

// recorded is what a terminal showed, one after the other, as a picture that moves: each for most of a second, the last
// for ten.
func recorded(frames []string) string {
	const each, last = 0.8, 10.0
	all := each*float64(len(frames)-1) + last
	style, body, width, height := look, "", 0.0, 0.0
	for i, frame := range frames {
		texts, w, h := texts(frame)
		width, height = max(width, w), max(height, h)
		from := 100 * each * float64(i) / all
		if i == len(frames)-1 {
			style += fmt.Sprintf("@keyframes last{0%%{visibility:hidden}%.2f%%,100%%{visibility:visible}}"+
				".last{animation:last %.1fs step-end infinite}", from, all)
			body += "<g class=\"last\">\n" + texts + "</g>\n"
			break
		}
		style += fmt.Sprintf("@keyframes k%d{0%%{visibility:hidden}%.2f%%{visibility:visible}"+
			"%.2f%%,100%%{visibility:hidden}}"+
			".k%d{visibility:hidden;animation:k%d %.1fs step-end infinite}", i, from, from+100*each/all, i, i, all)
		body += fmt.Sprintf("<g class=\"k%d\">\n%s</g>\n", i, texts)
	}
	return picture("the demo: a miniature of Mastodon with eight changes, released to two registries", style, body, width,
		height)
}

// texts are the lines of a terminal's text as they are placed in a picture.
func texts(text string) (body string, width, height float64) {
	lines := strings.Split(strings.TrimRight(text, "\n"), "\n")
	columns := 0
	var b strings.Builder
	for i, line := range lines {
		at, column := edge+high*float64(i+1), 0
		style := "0"
		for _, m := range styled.FindAllStringSubmatch(line, -1) {
			if m[1] != "" {
				style = cmp.Or(strings.Trim(m[1], "\x1b[m"), "0")
				continue
			}
			if strings.TrimSpace(m[2]) != "" {
				fmt.Fprintf(&b, "<text x=\"%.1f\" y=\"%.1f\" class=\"s%s\" xml:space=\"preserve\">%s</text>\n",
					edge+wide*float64(column), at, strings.ReplaceAll(style, ";", " s"), html.EscapeString(m[2]))
			}
			column += utf8.RuneCountInString(m[2])
		}
		columns = max(columns, column)
	}
	return b.String(), 2*edge + wide*float64(columns), 2*edge + high*float64(len(lines))
}

func picture(title, style, body string, width, height float64) string {
	return fmt.Sprintf("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %.0f %.0f\" role=\"img\">\n"+
		"<title>%s</title>\n<style>%s</style>\n"+
		"<rect width=\"100%%\" height=\"100%%\" rx=\"8\" fill=\"#1b1d23\"/>\n%s</svg>\n",
		width, height, title, style, body)
}
