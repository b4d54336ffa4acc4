package internal_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// proof is what testdata/safety.txt says of a sentence: the tests that hold it, or why it is no claim.
type proof struct {
	section, text string
	lines         []string
}

// TestSafetyPage holds docs/safety.md against testdata/safety.txt: each sentence, item and row of a table is there, in
// the page's order, with tests that exist, or with the reason why it promises nothing.
func TestSafetyPage(t *testing.T) {
	page, err := os.ReadFile("../docs/safety.md")
	if err != nil {
		t.Fatal(err)
	}
	kept, err := os.ReadFile("testdata/safety.txt")
	if err != nil {
		t.Fatal(err)
	}
	proofs, later := readProofs(t, string(kept))
	var said []proof
	for _, s := range sentences(string(page)) {
		if !later[s.section] {
			said = append(said, s)
		}
	}
	for _, s := range said {
		if !slices.ContainsFunc(proofs, s.same) {
			t.Errorf("testdata/safety.txt names no test for this sentence of %q:\n> %s", s.section, s.text)
		}
	}
	for _, p := range proofs {
		if !slices.ContainsFunc(said, p.same) {
			t.Errorf("docs/safety.md does not say this in %q (any more):\n> %s", p.section, p.text)
		}
	}
	if !t.Failed() && !slices.EqualFunc(said, proofs, proof.same) {
		t.Error("testdata/safety.txt does not have the page's order, or has a sentence twice")
	}
	for _, p := range proofs {
		for _, line := range p.lines {
			if err := checkProof(line); err != nil {
				t.Errorf("> %s\n- %s\n%v", p.text, line, err)
			}
		}
	}
}

func (p proof) same(o proof) bool { return p.section == o.section && p.text == o.text }

// readProofs reads testdata/safety.txt, and the headings of the sections that are left for later.
func readProofs(t *testing.T, text string) (proofs []proof, later map[string]bool) {
	t.Helper()
	later = map[string]bool{}
	section := ""
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		kind, rest, _ := strings.Cut(line, " ")
		switch kind {
		case "", "//":
		case "later:":
			later[rest] = true
		case "##":
			section = rest
		case ">":
			proofs = append(proofs, proof{section: section, text: rest})
		case "-":
			if len(proofs) == 0 {
				t.Fatalf("testdata/safety.txt:%d: a test before the first sentence", i+1)
			}
			last := &proofs[len(proofs)-1]
			last.lines = append(last.lines, rest)
		default:
			t.Fatalf("testdata/safety.txt:%d: unknown line %q", i+1, line)
		}
	}
	for _, p := range proofs {
		if len(p.lines) == 0 {
			t.Errorf("testdata/safety.txt names no test:\n> %s", p.text)
		}
	}
	return proofs, later
}

// sentences are those of a page, its list items and the rows of its tables. Titles of a page, of a section and of a
// table are none.
func sentences(page string) []proof {
	var all []proof
	section, text := "", ""
	flush := func() {
		for s := range strings.SplitSeq(text, ". ") {
			if s = strings.TrimSuffix(strings.TrimSpace(s), "."); s != "" {
				all = append(all, proof{section: section, text: s})
			}
		}
		text = ""
	}
	for line := range strings.Lines(page) {
		line = strings.TrimSpace(line)
		title, isTitle := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		switch {
		case strings.HasPrefix(line, "#") && isTitle:
			flush()
			section = title
		case strings.HasPrefix(line, "|---"): // what came before is the title of the table
			text = ""
		case line == "", strings.HasPrefix(line, "|"), strings.HasPrefix(line, "- "):
			flush()
			text = strings.TrimPrefix(line, "- ")
		default:
			text += " " + line
		}
	}
	flush()
	return all
}

// checkProof takes "no claim: REASON", "script NAME [WORDS]" and "PACKAGE TESTFUNCTION [WORDS]", where the words stand
// in the script, or in the package's tests or their data.
func checkProof(line string) error {
	if reason, ok := strings.CutPrefix(line, "no claim: "); ok {
		if len(reason) < 10 {
			return fmt.Errorf("expected a reason, found %q", reason)
		}
		return nil
	}
	where, rest, _ := strings.Cut(line, " ")
	name, words, _ := strings.Cut(rest, " ")
	if where == "script" {
		file := filepath.Join("cli", "testdata", "script", name+".txtar")
		script, err := os.ReadFile(file)
		if err == nil && !strings.Contains(string(script), words) {
			return fmt.Errorf("%s has no %q", file, words)
		}
		return err
	}
	if !regexp.MustCompile(`^(Test|Fuzz)[A-Z]`).MatchString(name) {
		return fmt.Errorf("expected PACKAGE TestFUNCTION, found %q", line)
	}
	files, err := testFiles(where)
	if err != nil {
		return err
	}
	declared, found := false, words == ""
	for file, text := range files {
		declared = declared || strings.Contains(text, "\nfunc "+name+"(")
		found = found || strings.Contains(text, words) || strings.Contains(file, words)
	}
	if !declared || !found {
		return fmt.Errorf("the tests of internal/%s: %s is there: %v, %q is there: %v", where, name, declared, words, found)
	}
	return nil
}

// testFiles are the tests of a package below internal/, and the files below its testdata, by their paths.
func testFiles(dir string) (map[string]string, error) {
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != dir && filepath.Dir(name) == filepath.Clean(dir) && e.Name() != "testdata":
			return fs.SkipDir
		case !e.IsDir() && (strings.HasSuffix(name, "_test.go") || strings.Contains(filepath.ToSlash(name), "testdata/")):
			text, err := os.ReadFile(name)
			if err != nil {
				return err
			}
			files[filepath.ToSlash(name)] = string(text)
		}
		return nil
	})
	return files, err
}

// TestSafetyPageIsSeen gives a page with each form of a sentence, and proofs that are none.
func TestSafetyPageIsSeen(t *testing.T) {
	page := "# Page\n\n## Part\n\nOne `a.b` is\nhere. two is.\n\n- three, and\n  more;\n- four.\n\n" +
		"| title | |\n|---|---|\n| five | 5 |\n| six | 6 |\n\n### Other\n\nSeven.\n"
	want := []string{
		"Part: One `a.b` is here", "Part: two is", "Part: three, and more;", "Part: four", "Part: | five | 5 |",
		"Part: | six | 6 |", "Other: Seven"}
	var got []string
	for _, s := range sentences(page) {
		got = append(got, s.section+": "+s.text)
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for line, good := range map[string]bool{
		"no claim: points to another page": true, "no claim: x": false, "script unsafe -accept=unsafe": true,
		"script unsafe nothing like this": false, "script nowhere": false, "apply TestRefused 04-hook": true,
		"apply TestRefused nothing like this": false, "apply TestNowhere": false, "nowhere TestRefused": false,
		"apply Refused": false, "": false,
	} {
		if err := checkProof(line); (err == nil) != good {
			t.Errorf("%q: %v", line, err)
		}
	}
}
