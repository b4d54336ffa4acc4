package cli_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// budgets are the numbers that bound the work of a check, by their file below internal/. Limits of what a change may
// make are not among them: beyond these a change is refused.
var budgets = map[string][]string{
	"apply/limits.go": {"maxSearch", "maxSearches", "maxCost", "maxMerging", "maxExplore", "maxRepeat", "maxNear",
		"maxReplay", "maxSuspects"},
	"conflict/maker.go":     {"maxSupposed"},
	"diff/apply.go":         {"maxCompared"},
	"diff/resemble.go":      {"maxVotes"},
	"history/walkbudget.go": {"mostLooked", "mostHalved"},
	"history/walkback.go":   {"mostSearches"},
	"landed/budget.go":      {"mostRead", "mostUnlikely", "mostFitted", "mostCompared"},
	"lines/split.go":        {"maxSteps"},
}

// withBudgets compiles the program with budgets that are altered, such as "* 100".
func withBudgets(t *testing.T, altered string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	dir, replace := t.TempDir(), map[string]string{}
	for file, names := range budgets {
		name := filepath.Join(root, "internal", filepath.FromSlash(file))
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			at := regexp.MustCompile(`(?m)^(?:\t|const )` + n + `\s*= ([0-9_]+(?: << [0-9]+)?)`).FindSubmatchIndex(text)
			if at == nil {
				t.Fatalf("%s has no number %s", file, n)
			}
			text = slices.Concat(text[:at[2]], []byte("("), text[at[2]:at[3]], []byte(") "+altered), text[at[3]:])
		}
		replace[name] = filepath.Join(dir, strings.ReplaceAll(file, "/", "-"))
		if err := os.WriteFile(replace[name], text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	overlay, err := json.Marshal(map[string]any{"Replace": replace})
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "overlay.json"), overlay, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	bin := filepath.Join(dir, "howdah")
	build := exec.CommandContext(t.Context(), "go", "build", "-overlay", filepath.Join(dir, "overlay.json"),
		"-ldflags=-s -w", "-o", bin, "./cmd/howdah")
	build.Dir = root
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("compiling with budgets %s: %v\n%s", altered, err, out)
	}
	return bin
}

// judged is what patch:check writes of a series, and its verdicts.
type judged struct {
	report   string
	verdicts []string
}

// checkWith checks a distribution at a commit of upstream; the cache is the program's own.
func checkWith(t *testing.T, bin, work, mine, ref string) (out judged) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), bin, "patch", "check", "-ref="+ref)
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + work, "TMPDIR=" + work,
		"HOWDAH_CONFIG=" + filepath.Join(mine, "howdah.toml"), "HOWDAH_CACHE=" + bin + ".cache"}
	printed, err := cmd.CombinedOutput()
	result := filepath.Join(mine, "dist", "patch-check.json")
	data, readErr := os.ReadFile(result)
	var report struct {
		Changes []struct{ Name, Verdict, Message string }
	}
	if readErr != nil || json.Unmarshal(data, &report) != nil || len(report.Changes) == 0 {
		t.Fatalf("%s at %s: %v, %v\n%s", mine, ref, err, readErr, printed)
	}
	if err := os.Remove(result); err != nil {
		t.Fatal(err)
	}
	for _, c := range report.Changes {
		out.verdicts = append(out.verdicts, c.Name+": "+c.Verdict)
	}
	out.report = regexp.MustCompile(`(?m)^  "date": .*\n`).ReplaceAllString(string(data), "")
	return out
}

// TestVerdictsUnderBudgets: with budgets a hundred times as large a check of the same series writes the same report,
// word for word. With budgets of a thousandth some reports differ, so a budget that is reached would be seen.
func TestVerdictsUnderBudgets(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles the program three times")
	}
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	work := t.TempDir()
	up, err := cli.WriteUpstream(filepath.Join(work, "miniature", "mastodon.git"))
	if err != nil {
		t.Fatal(err)
	}
	history, err := exec.CommandContext(t.Context(), "git", "-C", up.Dir, "rev-list", "--first-parent", "main").Output()
	line := strings.Fields(string(history))
	if err != nil || len(line) < 5 {
		t.Fatalf("%d commits, %v", len(line), err)
	}
	small, usual, large := withBudgets(t, "/ 1000"), withBudgets(t, "* 1"), withBudgets(t, "* 100")
	otherwise := map[string]bool{}
	compare := func(name, mine, ref string) {
		less, is, more := checkWith(t, small, work, mine, ref), checkWith(t, usual, work, mine, ref),
			checkWith(t, large, work, mine, ref)
		if is.report != more.report {
			t.Errorf("%s at %s: with larger budgets the report is another\n%s", name, ref,
				firstDifference(is.report, more.report))
		}
		otherwise[name] = otherwise[name] || !slices.Equal(less.verdicts, is.verdicts)
	}
	for name, files := range budgetSeries(t, up) {
		mine := filepath.Join(work, name)
		if err := os.Mkdir(mine, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := miniature.WriteDistribution(mine, up.Dir, up); err != nil {
			t.Fatal(err)
		}
		for file, what := range files {
			if err := put(filepath.Join(mine, file), what); err != nil {
				t.Fatal(err)
			}
		}
		refs := []string{"main"}
		if len(files) == 0 {
			refs = line
		}
		for _, ref := range refs {
			compare(name, mine, ref)
		}
	}
	var differ []string
	for _, name := range slices.Sorted(maps.Keys(otherwise)) {
		if otherwise[name] {
			differ = append(differ, name)
		}
	}
	t.Logf("of %d series these have other verdicts with a thousandth of the budgets: %v", len(otherwise), differ)
	if len(differ) == 0 {
		t.Error("no budget of a thousandth is reached: the comparison shows nothing")
	}
}

// budgetSeries are the miniature's own series, and series that fail in many ways, by name.
func budgetSeries(t *testing.T, up *miniature.Upstream) map[string]map[string]any {
	t.Helper()
	git := func(args ...string) string {
		out, err := exec.CommandContext(t.Context(), "git", append([]string{"-C", up.Dir}, args...)...).Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return string(out)
	}
	names := strings.Fields(git("ls-tree", "-r", "--name-only", "main", "app", "config", "lib", "Gemfile", "yarn.lock"))
	var did []string
	for one := range strings.SplitSeq(git("log", "-p", "--no-merges", "--full-index", "--format=%x00", "main"), "\x00") {
		if one = strings.TrimSpace(one); one != "" {
			did = append(did, one+"\n")
		}
	}
	if len(names) < 10 || len(did) < 3 {
		t.Fatalf("the miniature has %d files and %d commits", len(names), len(did))
	}
	name := func(i int) string { return names[i%len(names)] }
	commit := func(i int) string { return did[i%len(did)] }
	failing := func(i int) string {
		return fmt.Sprintf("edit = [ { file = %q, find = \"nothing %d\", replace = \"x\" } ]", name(i), i)
	}
	all := map[string]map[string]any{
		"own":     {},
		"misfits": patches(100, func(i int) string { return misfit(name(i), "", i) }),
		"unknown": patches(100, func(i int) string { return misfit(name(i), unknownIDs(i, 40), i) }),
		"has":     patches(len(did), commit),
		"bare":    patches(len(did), func(i int) string { return withoutIndex(commit(i)) }),
		"reverse": patches(len(did), func(i int) string { return reversed(commit(i)) }),
		"ours":    patches(len(did), func(i int) string { return ownLines(commit(i), i) }),
		"oldest":  patches(len(did), func(i int) string { return ownLines(withoutIndex(commit(len(did)-1-i)), i) }),
		"deletes": patches(50, func(i int) string {
			return strings.Replace(added(name(i), "x\n"), "new file", "deleted file", 1)
		}),
		"renames": patches(50, func(i int) string {
			return fmt.Sprintf("diff --git a/%s b/new/%d\nsimilarity index 100%%\nrename from %[1]s\nrename to new/%[2]d\n",
				name(i), i)
		}),
		"gone": patches(50, func(i int) string { return misfit(fmt.Sprintf("long/gone/%d.rb", i), "", i) }),
		"adds": patches(50, func(i int) string { return added(name(i), "x\n") }),
	}
	toml := func(name, text string) { all[name] = series(text) }
	toml("edits", many(300, failing))
	toml("same", many(50, func(int) string { return `edit = [ { file = "Gemfile", match = '\A(.)', replace = "%" } ]` }))
	toml("chain", many(100, func(i int) string {
		if i == 0 {
			return failing(0)
		}
		return fmt.Sprintf("edit = [ { file = \"Gemfile\", find = \"x%d\", replace = \"x%d\" } ]", i, i+1)
	}))
	return all
}

// firstDifference is where two texts begin to differ.
func firstDifference(a, b string) string {
	x, y := bytes.Split([]byte(a), []byte("\n")), bytes.Split([]byte(b), []byte("\n"))
	for i := range min(len(x), len(y)) {
		if !bytes.Equal(x[i], y[i]) {
			return fmt.Sprintf("line %d:\n%s\n%s", i+1, x[i], y[i])
		}
	}
	return fmt.Sprintf("%d and %d lines", len(x), len(y))
}
