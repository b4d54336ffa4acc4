package internal_test

import (
	"bytes"
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/target"
)

// TestDocsAreGenerated compares the tables of keys, variables and targets with the code that they describe.
func TestDocsAreGenerated(t *testing.T) {
	compare(t, "../docs/configuration.md", "keys", keysTable())
	compare(t, "../docs/configuration.md", "variables", variablesTable())
	compare(t, "../docs/targets.md", "targets", targetsTable())
}

// compare holds the text between two comments of a page against want.
func compare(t *testing.T, file, part, want string) {
	t.Helper()
	page, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	begin := fmt.Appendf(nil, "<!-- %s: generated, go test ./internal -run Docs -update -->\n", part)
	before, rest, ok := bytes.Cut(page, begin)
	_, after, ended := bytes.Cut(rest, []byte("<!-- end -->"))
	if !ok || !ended {
		t.Fatalf("%s has no part %q", file, part)
	}
	made := slices.Concat(before, begin, []byte("\n"+want+"\n<!-- end -->"), after)
	golden.File(t, file, made)
}

func keysTable() string {
	var b strings.Builder
	b.WriteString("| key | environment | form | default | meaning |\n|---|---|---|---|---|\n")
	for _, k := range config.Keys() {
		env := "`" + strings.Join(k.Env, "`, `") + "`"
		def := k.Default
		if strings.HasPrefix(def, "[") {
			def = "`" + def + "`"
		}
		fmt.Fprintf(&b, "| `%s` | %s | %s | %s | %s |\n", k.Path, env, k.Form, cmp.Or(def, "–"), k.Doc)
	}
	return b.String()
}

func variablesTable() string {
	var b strings.Builder
	b.WriteString("| variable | meaning |\n|---|---|\n")
	for _, v := range config.Variables() {
		meaning := v.Doc
		if v.Secret {
			meaning += " (secret: masked in output)"
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", v.Name, meaning)
	}
	return b.String()
}

// targetsTable lists the targets with their arguments and options.
func targetsTable() string {
	var b strings.Builder
	b.WriteString("| target | what it does |\n|---|---|\n")
	for _, x := range target.All() {
		what := x.Doc
		if x.More != "" {
			what += ". " + strings.Join(strings.Fields(strings.TrimSuffix(x.More, ".")), " ")
		}
		var rows []string
		for _, o := range x.Options {
			rows = append(rows, fmt.Sprintf("`%s` %s", o.Usage(), strings.ReplaceAll(o.Doc, "|", "\\|")))
		}
		if len(rows) > 0 {
			what += "<br>" + strings.Join(rows, "<br>")
		}
		name := x.Name
		for _, a := range x.Args {
			name += " " + a.Name
		}
		fmt.Fprintf(&b, "| `%s` | %s |\n", name, what)
	}
	return b.String()
}

// TestDocsLinks follows every link of a page to another one, to a heading in it, and to a file of the repository.
func TestDocsLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)#:]*)(#[^)]*)?\)`)
	anchors := 0
	for _, page := range append(pages(t), "../CHANGELOG.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range link.FindAllStringSubmatch(string(text), -1) {
			to := page
			if m[1] != "" {
				to = filepath.Join(filepath.Dir(page), m[1])
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s links to %s, which is not there", page, m[1])
				continue
			}
			if m[2] == "" {
				continue
			}
			anchors++
			there, err := os.ReadFile(to)
			if err != nil {
				t.Fatal(err)
			}
			if !slices.Contains(headings(string(there)), m[2][1:]) {
				t.Errorf("%s links to %s%s, and that page has no such heading", page, m[1], m[2])
			}
		}
	}
	if anchors < 5 {
		t.Errorf("found only %d links to headings: the test looks for the wrong form", anchors)
	}
}

// headings are the names of a page's headings in links, as GitHub makes them.
func headings(text string) []string {
	var names []string
	seen := map[string]int{}
	fenced := false
	for line := range strings.Lines(text) {
		if fence.MatchString(line) {
			fenced = !fenced
		}
		title, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " ")
		if fenced || !ok || !strings.HasPrefix(line, "#") {
			continue
		}
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case r == '-' || r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(title))
		if n := seen[name]; n > 0 {
			names = append(names, fmt.Sprintf("%s-%d", name, n))
		} else {
			names = append(names, name)
		}
		seen[name]++
	}
	return names
}

// TestDocsNameFiles finds each file and folder of internal/ that the pages for who works on the code name.
func TestDocsNameFiles(t *testing.T) {
	name := regexp.MustCompile("`((?:internal|cmd|docker|magefiles|testdata|patches)/[^`* ]*)`")
	for _, page := range []string{"../docs/architecture.md", "../CONTRIBUTING.md"} {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, m := range name.FindAllSubmatch(text, -1) {
			found++
			if _, err := os.Stat(filepath.Join("..", string(m[1]))); err != nil {
				t.Errorf("%s names %s, which is not there", page, m[1])
			}
		}
		if found < 5 {
			t.Errorf("%s names only %d files: the test looks for the wrong form", page, found)
		}
	}
}

// TestPackagesAreInThePicture holds docs/architecture.md against the packages that there are.
func TestPackagesAreInThePicture(t *testing.T) {
	picture, err := os.ReadFile("../docs/architecture.md")
	if err != nil {
		t.Fatal(err)
	}
	folders, err := filepath.Glob("*")
	if err != nil {
		t.Fatal(err)
	}
	for _, folder := range folders {
		if goFiles, _ := filepath.Glob(folder + "/*.go"); len(goFiles) == 0 {
			continue
		}
		if !strings.Contains(string(picture), "internal/"+folder+"/") {
			t.Errorf("docs/architecture.md lacks internal/%s", folder)
		}
	}
}
