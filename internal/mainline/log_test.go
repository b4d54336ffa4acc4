package mainline

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

func BenchmarkRead(b *testing.B) {
	dir := os.Getenv("HOWDAH_TEST_UPSTREAM")
	if dir == "" {
		b.Skip("HOWDAH_TEST_UPSTREAM names no repository")
	}
	repo, err := git.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	u := Upstream{Repo: repo}
	to, err := repo.Resolve(b.Context(), "HEAD")
	if err != nil {
		b.Fatal(err)
	}
	from, err := u.Since(b.Context(), to, mustDate(b, repo, to).AddDate(-1, 0, 0))
	if err != nil {
		b.Fatal(err)
	}
	for name, cache := range map[string]string{"cold": "", "warm": b.TempDir()} {
		b.Run(name, func(b *testing.B) {
			var line Line
			for b.Loop() {
				if line, err = (Upstream{Repo: repo, Cache: cache}).Read(b.Context(), from, to); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(len(line)), "commits")
		})
	}
	b.Run("all", func(b *testing.B) {
		var line Line
		for b.Loop() {
			if line, err = u.Read(b.Context(), tree.ID(""), to); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(float64(len(line)), "commits")
	})
}

func mustDate(tb testing.TB, repo *git.Repo, id tree.ID) time.Time {
	tb.Helper()
	out, err := repo.Run(tb.Context(), "log", "-1", "--format=%cI", string(id))
	if err != nil {
		tb.Fatal(err)
	}
	at, err := time.Parse(time.RFC3339, strings.TrimSpace(string(out)))
	if err != nil {
		tb.Fatal(err)
	}
	return at
}

// TestReadLong compares a history read in parts with the same history read at once.
func TestReadLong(t *testing.T) {
	repo := longHistory(t, 3*fewest+7)
	tip, err := repo.Resolve(t.Context(), "HEAD")
	if err != nil {
		t.Fatal(err)
	}
	whole, err := readLog(t.Context(), repo, "", tip)
	if err != nil {
		t.Fatal(err)
	}
	middle := whole.line[len(whole.line)/3].ID
	for _, from := range []tree.ID{"", middle, tip} {
		for _, processors := range []int{1, 2, 5} {
			old := runtime.GOMAXPROCS(processors)
			got, err := readLong(t.Context(), repo, from, tip)
			runtime.GOMAXPROCS(old)
			if err != nil {
				t.Fatal(err)
			}
			want, err := readLog(t.Context(), repo, from, tip)
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got.line, want.line) || strings.Join(got.texts, "") != strings.Join(want.texts, "") {
				t.Errorf("since %.7s on %d processors: %d commits, want the %d of one log",
					from, processors, len(got.line), len(want.line))
			}
		}
	}
}

// longHistory makes a repository with so many commits, each of which changes a file.
func longHistory(t *testing.T, commits int) *git.Repo {
	t.Helper()
	repo, err := git.Init(t.Context(), filepath.Join(t.TempDir(), "long.git"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	var in strings.Builder
	for n := range commits {
		fmt.Fprintf(&in, "commit refs/heads/main\ncommitter A <a@example.org> %d +0000\ndata 2\nC\n"+
			"M 644 inline f%d\ndata 2\n%d\n", 1700000000+n, n%7, n%10)
	}
	if _, err := repo.RunInput(t.Context(), strings.NewReader(in.String()), "fast-import", "--quiet"); err != nil {
		t.Fatal(err)
	}
	return repo
}

func TestEndsOf(t *testing.T) {
	var commits []string
	for n := range 2*fewest + 1 {
		commits = append(commits, strconv.Itoa(n))
	}
	for _, c := range []struct {
		commits, most int
		want          string
	}{
		{0, 2, "[]"}, {1, 2, "[0]"}, {fewest, 4, "[499]"}, {2*fewest - 1, 4, "[998]"}, {2 * fewest, 4, "[499 999]"},
		{2*fewest + 1, 8, "[499 1000]"}, {2 * fewest, 1, "[999]"},
	} {
		if got := fmt.Sprint(endsOf(commits[:c.commits], c.most)); got != c.want {
			t.Errorf("%d commits in at most %d parts: %s, want %s", c.commits, c.most, got, c.want)
		}
	}
}
