package mainline

import (
	"os"
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
