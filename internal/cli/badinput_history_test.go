package cli_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// TestBadInputsOnHistory gives heavy inputs to the compiled program where upstream has the history of Mastodon:
// HOWDAH_TEST_UPSTREAM names a repository of it. Each is run twice, and the second run is measured as in TestBadInputs.
// All share one cache, into which the contents of the whole history are fetched before: what a first run takes to fetch
// old files depends on git and the server. The first run is logged.
func TestBadInputsOnHistory(t *testing.T) {
	upstream := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if upstream == "" {
		t.Skip("skipped: HOWDAH_TEST_UPSTREAM names no repository with Mastodon's history")
	}
	b := &bench{bin: program(t), work: t.TempDir()}
	b.mine = filepath.Join(b.work, "good")
	up, err := cli.WriteUpstream(filepath.Join(b.work, "miniature", "mastodon.git"))
	if err == nil {
		err = os.Mkdir(b.mine, 0o755)
	}
	if err == nil {
		err = miniature.WriteDistribution(b.mine, upstream, up)
	}
	if err == nil {
		err = os.RemoveAll(filepath.Join(b.mine, "patches"))
	}
	if err == nil {
		err = os.Mkdir(filepath.Join(b.mine, "patches"), 0o755)
	}
	if err == nil {
		err = os.RemoveAll(filepath.Join(b.mine, "series.lock"))
	}
	if err == nil { // a repository of Mastodon's that is a clone may not allow it by itself
		err = os.WriteFile(filepath.Join(b.work, ".gitconfig"), []byte("[uploadpack]\nallowFilter = true\n"+
			"allowAnySHA1InWant = true\n"), 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	p := readPast(t, upstream)
	cases := slices.Concat(p.heavySeries(), p.heavyChanges(), p.heavyImports())
	for _, c := range slices.Concat(heavyInputs(), heavyImports()) {
		if !strings.HasPrefix(c.name, "import: a clone") {
			cases = append(cases, c)
		}
	}
	code, out := 255, ""
	for tries := 0; code == 255 && tries < 5; tries++ { // a measured process is ended after two minutes
		code, out, _ = b.run(t, badInput{args: []string{"patch:check"}, files: series(many(1, p.mostOften))})
	}
	if code != 3 {
		t.Fatalf("fetching: exit %d\n%s", code, out)
	}
	b.fetchAll(t)
	script := badInput{files: map[string]any{"../from": "#!/bin/sh\nsed -i s/e/x/ Gemfile\n"},
		args: []string{"patch:import", "from", "-dry"}}
	if code, out, _ := b.run(t, script); code != 0 {
		t.Fatalf("importing: exit %d\n%s", code, out)
	}
	t.Cleanup(func() { b.highest(t) })
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if c.args == nil {
				c.args = []string{"patch:check"}
			}
			c.args = slices.DeleteFunc(slices.Clone(c.args), func(arg string) bool { return arg == "-offline" })
			c.at, c.exit, c.exits = "", 0, []int{2, 3, 7}
			if strings.HasPrefix(c.name, "heavy: ") {
				c.name = "history: " + c.name
			}
			_, _, first := b.run(t, c)
			b.check(t, c)
			t.Logf("first: %.2f s, %d MB", time.Duration(first.Utime.Nano()+first.Stime.Nano()).Seconds(), first.Maxrss>>10)
			for _, used := range b.used[max(0, len(b.used)-1):] {
				t.Logf("%.2f s, %d MB", used.cpu.Seconds(), used.memory>>20)
			}
		})
	}
}

// fetchAll fetches into the cache's mirror the contents that it left out.
func (b *bench) fetchAll(t *testing.T) {
	t.Helper()
	mirrors, err := filepath.Glob(filepath.Join(b.work, "cache", "mirror", "*.git"))
	if err != nil || len(mirrors) != 1 {
		t.Fatal(mirrors, err)
	}
	cmd := exec.CommandContext(t.Context(), "sh", "-ec", `git rev-list --objects --all --missing=print --no-object-names |
		sed -n 's/^?//p' >missing
		git -c fetch.negotiationAlgorithm=noop fetch -q --filter=blob:none --no-tags --no-write-fetch-head \
			--stdin origin <missing
		git multi-pack-index write
		rm missing`)
	cmd.Dir, cmd.Env = mirrors[0], b.env(b.mine)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("fetching all contents: %v\n%s", err, out)
	}
}

// past is what a repository has, and had.
type past struct {
	files   []pastFile  // of the newest commit
	gone    []string    // the paths of files that are not there any more
	altered []pastPatch // what commits altered, one file each, the newest first
}

type pastFile struct {
	name, id string
	size     int
}

// pastPatch is what a commit altered in its only file.
type pastPatch struct{ commit, name, diff string }

func readPast(t *testing.T, repo string) *past {
	t.Helper()
	git := func(args ...string) string {
		args = append([]string{"-C", repo, "-c", "core.quotePath=false"}, args...)
		cmd := exec.CommandContext(t.Context(), "git", args...)
		var complaint bytes.Buffer
		cmd.Stderr = &complaint
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, complaint.String())
		}
		return string(out)
	}
	p, there := &past{}, map[string]bool{}
	for line := range strings.Lines(git("ls-tree", "-r", "-l", "main")) {
		about, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		fields := strings.Fields(about)
		if there[name] = true; fields[0] != "100644" || strings.HasPrefix(name, ".git") {
			continue
		}
		size, err := strconv.Atoi(fields[3])
		if err != nil {
			t.Fatal(err)
		}
		p.files = append(p.files, pastFile{name, fields[2], size})
	}
	for name := range strings.Lines(git("log", "--no-renames", "--diff-filter=D", "--name-only", "--format=", "main")) {
		if name = strings.TrimSpace(name); name != "" && !there[name] && !strings.HasPrefix(name, ".git") {
			there[name] = true
			p.gone = append(p.gone, name)
		}
	}
	for one := range strings.SplitSeq(git("log", "--no-merges", "--full-index", "--format=%x00%H", "-p", "-n4000", "main",
		"--", "app", "lib", "config", "spec"), "\x00") {
		commit, diff, _ := strings.Cut(one, "\n\n")
		if strings.Count(diff, "\ndiff --git ") == 0 && strings.Contains(diff, "\n--- a/") && len(diff) < 4_000 {
			name, _, _ := strings.Cut(diff[strings.Index(diff, "\n--- a/")+7:], "\n")
			p.altered = append(p.altered, pastPatch{commit, strings.TrimSuffix(name, "\t"), diff})
		}
	}
	slices.Sort(p.gone)
	p.gone = slices.DeleteFunc(p.gone, func(name string) bool { // of a file that became a folder
		n, _ := slices.BinarySearch(p.gone, name+"/")
		return n < len(p.gone) && strings.HasPrefix(p.gone[n], name+"/")
	})
	if len(p.files) < 5000 || len(p.gone) < 3000 || len(p.altered) < 900 {
		t.Fatalf("%d files, %d gone, %d patches: this is not Mastodon's history", len(p.files), len(p.gone), len(p.altered))
	}
	return p
}

// file is one of the files, spread over the tree.
func (p *past) file(i int) pastFile { return p.files[i*61%len(p.files)] }

// mostOften is a change that fails in a file that upstream alters often.
func (p *past) mostOften(i int) string {
	return fmt.Sprintf("edit = [ { file = \"config/locales/en.yml\", find = \"nothing %d\", replace = \"x\" } ]", i)
}

// patches are so many changes, each a patch of its own.
func patches(n int, text func(i int) string) map[string]any {
	files := series("")
	for i := range n {
		files[fmt.Sprintf("patches/c%d.patch", i)] = made(func() string { return text(i) })
	}
	files["patches/series.toml"] = many(n, func(i int) string { return fmt.Sprintf("patch = \"c%d.patch\"", i) })
	return files
}

// misfit is a patch whose lines are nowhere in a file; index is the line with its contents' ids.
func misfit(name, index string, i int) string {
	return fmt.Sprintf("diff --git a/%s b/%[1]s\n%[2]s--- a/%[1]s\n+++ b/%[1]s\n"+
		"@@ -%[3]d,3 +%[3]d,3 @@\n nothing %[4]d\n-b\n+c\n d\n",
		name, index, i%50+1, i)
}

// unknownIDs is the line of a patch with ids of so many digits that no file ever had.
func unknownIDs(i, digits int) string {
	id := fmt.Sprintf("%08x%032x", i*7919+0x10000000, i)
	return "index " + id[:digits] + ".." + strings.Repeat("1", digits) + " 100644\n"
}

// withoutIndex is a diff without its line "index".
func withoutIndex(diff string) string {
	before, rest, _ := strings.Cut(diff, "\nindex ")
	_, after, _ := strings.Cut(rest, "\n")
	return before + "\n" + after
}

// ownLines is a diff that adds other lines than it did.
func ownLines(diff string, i int) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		if strings.HasPrefix(line, "+") && !strings.HasPrefix(line, "+++ ") {
			line = fmt.Sprintf("%s (ours, %d)\n", strings.TrimSuffix(line, "\n"), i)
		}
		b.WriteString(line)
	}
	return b.String()
}

// reversed is a diff that takes back what another did.
func reversed(diff string) string {
	var b strings.Builder
	for line := range strings.Lines(diff) {
		switch {
		case strings.HasPrefix(line, "--- "), strings.HasPrefix(line, "+++ "):
		case strings.HasPrefix(line, "+"):
			line = "-" + line[1:]
		case strings.HasPrefix(line, "-"):
			line = "+" + line[1:]
		case strings.HasPrefix(line, "@@ "):
			f := strings.Fields(line)
			line = "@@ -" + f[2][1:] + " +" + f[1][1:] + " @@\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
