package history_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// departing is an upstream with so many files, each altered by a commit, and then by further ones: of three, one is
// moved, one is altered in the lines that a patch alters, and one is moved and then written anew. Before that all those
// whose turn is later are altered ten times.
func departing(n int) string {
	var commits, files strings.Builder
	commits.WriteString("commit begin Begin\n")
	for i := range n {
		text := wanderer(fmt.Sprintf("file%d", i))
		fmt.Fprintf(&files, "-- begin/f%d.rb --\n%s", i, text)
		for k := range 10 * (i + 1) {
			text = wanderer(fmt.Sprintf("file%d", i)) + fmt.Sprintf("version %d\n", k)
			fmt.Fprintf(&files, "-- t%d/f%d.rb --\n%s", k, i, text)
		}
		for k := range 10 {
			fmt.Fprintf(&commits, "commit t%d Alter all\n", 10*i+k)
		}
		fmt.Fprintf(&commits, "commit a%d Alter one\ncommit b%[1]d Depart\ncommit c%[1]d Go on\n", i)
		text = strings.Replace(text, " 2\n", " two\n", 1)
		fmt.Fprintf(&files, "-- a%d/f%[1]d.rb --\n%s-- c%[1]d/other.rb --\n%[1]d\n", i, text)
		text = strings.Replace(text, " 9\n", " nine\n", 1)
		if i%3 == 1 {
			fmt.Fprintf(&files, "-- b%d/f%[1]d.rb --\n%s", i, strings.Replace(text, " 3\n", " THREE\n", 1))
			continue
		}
		fmt.Fprintf(&files, "-- b%d.rm --\nf%[1]d.rb\n-- b%[1]d/lib/g%[1]d.rb --\n%s", i, text)
		if i%3 == 2 {
			fmt.Fprintf(&files, "-- c%d/lib/g%[1]d.rb --\nanother %[1]d\n", i)
		}
	}
	return commits.String() + files.String()
}

// TestBasesAreFetchedTogether: how often a partial clone fetches does not grow with the number of patches whose bases
// are looked for, and the report is that of a whole repository.
func TestBasesAreFetchedTogether(t *testing.T) {
	var fetches []int
	for _, n := range []int{4, 10} {
		whole, ids := gittest.Repo(t, departing(n))
		patches := fstest.MapFS{}
		for i := range n {
			name := fmt.Sprintf("file%d", i)
			patches[fmt.Sprintf("p%02d.patch", i)] = &fstest.MapFile{Data: []byte(sized(fmt.Sprintf("f%d.rb", i),
				"\n@@ -1,5 +1,5 @@\n "+name+" 0\n "+name+" 1\n "+name+" two\n-"+name+" 3\n+"+name+" three\n "+name+" 4\n"))}
		}
		pin := ids[fmt.Sprintf("c%d", n-1)]
		want, _ := judgedOn(t, whole, patches, pin)
		partial, count := gittest.Partial(t, whole)
		got, found := judgedOn(t, partial, patches, pin)
		if !slices.Equal(got, want) {
			t.Errorf("%d patches: %q, in a whole repository %q", n, got, want)
		}
		if found != n {
			t.Errorf("bases of %d of %d patches were found", found, n)
		}
		fetches = append(fetches, *count)
		t.Logf("%d patches: %d fetches", n, *count)
	}
	if fetches[1] > fetches[0]+2 { // the strides of a walk grow
		t.Errorf("%d fetches for 4 patches, %d for 10", fetches[0], fetches[1])
	}
}

// judgedOn returns the outcomes of patches, explained, and the number of bases found.
func judgedOn(t *testing.T, repo *git.Repo, patches fstest.MapFS, pin tree.ID) (out []string, bases int) {
	t.Helper()
	base, err := repo.At(t.Context(), pin)
	if err != nil {
		t.Fatal(err)
	}
	up := mainline.Upstream{Repo: repo, Cache: t.TempDir()}
	q := history.Question{Series: applytest.Load(t, patches),
		Settings: history.Settings{Sources: applytest.Upstream{Repo: repo}}, Pin: pin}
	in := apply.Inputs{Base: base, Commit: pin, Sources: q.Settings.Sources}
	based, err := history.WithBases(t.Context(), up, q, in)
	if err != nil {
		t.Fatal(err)
	}
	result, err := history.Explain(t.Context(), up, based.Question, based.Result)
	if err != nil {
		t.Fatal(err)
	}
	run := apply.NewRun(q.Series, based.Inputs)
	for _, o := range result.Outcomes {
		o, err := run.Follow(t.Context(), o)
		if err != nil {
			t.Fatal(err)
		}
		one := []any{o.Change.Name, o.Verdict, o.Message}
		if o.By != nil {
			one = append(one, o.By.Subject, o.By.ID)
		}
		for _, w := range o.Went {
			one = append(one, w.File, w.To, w.By.ID)
		}
		for _, u := range o.Unmerged {
			one = append(one, u.File, u.Line, u.From, u.Base, u.Upstream, u.Yours)
		}
		out = append(out, fmt.Sprint(one...))
	}
	return out, len(based.Inputs.Bases)
}
