package suite

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/scratch"
)

// module writes a module of one package with three tests into a folder of its own.
func module(t *testing.T, skip string) string {
	t.Helper()
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("go is not installed")
	}
	dir := t.TempDir()
	for name, text := range map[string]string{
		"go.mod": "module example.org/small\n\ngo 1.26\n",
		"small_test.go": "package small\n\nimport \"testing\"\n\nfunc TestGood(t *testing.T) {}\n\n" +
			"func TestLong(t *testing.T) {\n\tif testing.Short() {\n\t\tt.Skip(\"takes long\")\n\t}\n}\n\n" +
			"func TestAway(t *testing.T) { t.Skip(\"" + skip + "\") }\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// What is skipped is named with its reason and counted, never as passed.
func TestSkippedAloud(t *testing.T) {
	dir := module(t, "quilt is not installed")
	for args, want := range map[string]tally{"": {passed: 2, skipped: 1}, "-short": {passed: 1, skipped: 2}} {
		var out bytes.Buffer
		tally, err := testAll(t.Context(), &out, dir, "a second", append(strings.Fields(args), "./...")...)
		if err != nil || tally != want {
			t.Errorf("%q: %+v, %v, want %+v\n%s", args, tally, err, want, out.String())
		}
		if !strings.Contains(out.String(), "TestAway: quilt is not installed\n") {
			t.Errorf("%q does not say what is skipped, and why:\n%s", args, out.String())
		}
		if strings.Contains(out.String(), "TestLong: takes long\n") != (args == "-short") {
			t.Errorf("%q:\n%s", args, out.String())
		}
	}
}

// A run under mage has a folder for temporary files of its own. The tests keep the system's, so that go finds their
// results again.
func TestResultsAreKept(t *testing.T) {
	system, set := os.LookupEnv("TMPDIR")
	var within []string
	if err := scratch.Within(func() error { within = outer(os.Environ()); return nil }); err != nil {
		t.Fatal(err)
	}
	found := slices.ContainsFunc(within, func(v string) bool { return strings.HasPrefix(v, "TMPDIR=") })
	if found != set || set && !slices.Contains(within, "TMPDIR="+system) {
		t.Errorf("TMPDIR is %q (%v), within a run %q", system, set, within)
	}
}

// Every package is tested by the quick check or named by it, and the slow ones exist.
func TestSplit(t *testing.T) {
	packages, err := list(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	fast, left := split(packages)
	if len(fast)+len(left) != len(packages) || len(left) != len(slow) {
		t.Errorf("%d packages: %d fast, %d slow, of %d that are called slow", len(packages), len(fast), len(left), len(slow))
	}
	for _, must := range []string{"./internal", "./internal/diff", "./internal/target"} {
		if !slices.Contains(fast, must) {
			t.Errorf("%s is not among the fast ones", must)
		}
	}
}

func TestImporters(t *testing.T) {
	lines := "a golden x\nb x y\nc x golden\n"
	if got := importers(lines, "golden"); !slices.Equal(got, []string{"a", "c"}) {
		t.Errorf("importers: %q", got)
	}
}
