package cli_test

import (
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/golden"
)

// recordingFile is the README's recording of the demo: what a terminal shows, in pictures.
var recordingFile = filepath.Join("..", "..", "docs", "demo.svg")

// recordDemo runs the demo in a terminal of tmux's and draws its pictures.
func recordDemo(t *testing.T, root, cache string) {
	t.Helper()
	dir := t.TempDir()
	if _, err := exec.LookPath("tmux"); err != nil {
		t.Fatal("recording the demo needs tmux: apt-get install tmux")
	}
	server := fmt.Sprintf("howdah-demo-%d", os.Getpid())
	tmux := func(args ...string) string {
		t.Helper()
		cmd := exec.CommandContext(t.Context(), "tmux", append([]string{"-L", server, "-f", "/dev/null"}, args...)...)
		cmd.Dir, cmd.Env = root, append(os.Environ(), "HOWDAH_CACHE="+cache)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("tmux %s: %v\n%s", strings.Join(args, " "), err, out)
		}
		return string(out)
	}
	tmux("new-session", "-d", "-x", "100", "-y", "32", "go tool mage demo -dir="+dir+"; touch "+dir+"/ended; sleep 60")
	defer tmux("kill-server")
	frames := []string{"$ go tool mage demo\n"}
	for range 1200 {
		_, err := os.Stat(filepath.Join(dir, "ended"))
		shown := strings.NewReplacer(dir, "dist/demo", cache, "~/.cache/howdah").Replace(
			strings.TrimRight(tmux("capture-pane", "-e", "-p"), "\n "))
		if shown != "" && shown != frames[len(frames)-1] {
			frames = append(frames, shown)
		}
		if err == nil {
			golden.File(t, recordingFile, []byte(cli.Recorded(some(frames))))
			return
		}
		time.Sleep(time.Second)
	}
	t.Fatal("the demo does not end")
}

// mostPictures bounds the recording's size.
const mostPictures = 30

// some are the first picture, the last, and some of those between, as far apart as each other.
func some(frames []string) []string {
	if len(frames) <= mostPictures {
		return frames
	}
	var out []string
	for i := range mostPictures {
		out = append(out, frames[i*(len(frames)-1)/(mostPictures-1)])
	}
	return out
}

var (
	lastPicture = regexp.MustCompile(`(?s)<g class="last">(.*)</g>`)
	rowOf       = regexp.MustCompile(`<text x="[0-9.]+" y="([0-9.]+)"[^>]*>([^<]*)</text>`)
	varies      = regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f.]*`)
)

// checkRecording finds the beginning of each line of the recording's last picture in what the demo printed: two words.
func checkRecording(t *testing.T, printed string) {
	t.Helper()
	data, err := os.ReadFile(recordingFile)
	if err != nil {
		t.Fatal(err)
	}
	last := lastPicture.FindStringSubmatch(string(data))
	if last == nil {
		t.Fatal("the recording of the demo has no last picture")
	}
	rows, order := map[string]string{}, []string{}
	for _, m := range rowOf.FindAllStringSubmatch(last[1], -1) {
		if rows[m[1]] == "" {
			order = append(order, m[1])
		}
		rows[m[1]] += html.UnescapeString(m[2])
	}
	begins := func(line string) string {
		words := strings.Fields(varies.ReplaceAllString(line, "#"))
		return strings.Join(words[:min(2, len(words))], " ")
	}
	all := map[string]bool{}
	for line := range strings.Lines(printed) {
		all[begins(line)] = true
	}
	found := 0
	for _, y := range order {
		if !strings.HasPrefix(strings.TrimSpace(rows[y]), "mastodon") && !strings.Contains(rows[y], "released") &&
			!strings.Contains(rows[y], "done") {
			continue
		}
		if found++; !all[begins(rows[y])] {
			t.Errorf("the recording shows %q, and the demo printed no such line:\n%s", rows[y], printed)
		}
	}
	if found < 6 {
		t.Errorf("only %d lines of the recording's last picture are a release's:\n%s", found, last[1])
	}
}
