package bench

import (
	"testing"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// BenchmarkHistory walks twelve changes over twelve months of upstream.
func BenchmarkHistory(b *testing.B) {
	dir := repository(b)
	needs(b, "git")
	s := newSandbox(b, dir)
	tip := tree.ID(s.git(nil, "rev-parse", "HEAD"))
	branches := s.series(string(tip), twelve)
	series := load(b, branches)
	at, err := time.Parse(time.RFC3339, s.git(nil, "log", "-1", "--format=%cI", string(tip)))
	if err != nil {
		b.Fatal(err)
	}
	walk := func(b *testing.B, cache string) *history.Course {
		b.Helper()
		repo, err := git.Open(dir)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = repo.Close() }()
		up := mainline.Upstream{Repo: repo, Cache: cache}
		from, err := up.Since(b.Context(), tip, at.AddDate(-1, 0, 0))
		if err != nil {
			b.Fatal(err)
		}
		line, err := up.Read(b.Context(), from, tip)
		if err != nil {
			b.Fatal(err)
		}
		judge, err := history.NewJudge(b.Context(), series, history.Settings{Sources: upstreamOnly{repo}})
		if err != nil {
			b.Fatal(err)
		}
		course, err := history.Walk(b.Context(), up, judge, history.Range{Line: line})
		if err != nil {
			b.Fatal(err)
		}
		return course
	}
	var course *history.Course
	b.Run("howdah-cold", func(b *testing.B) {
		for b.Loop() {
			course = walk(b, b.TempDir())
		}
		b.ReportMetric(float64(len(course.Line)), "commits")
		b.ReportMetric(float64(len(course.Starts)), "states")
	})
	b.Run("howdah-nothing-new", func(b *testing.B) {
		cache := b.TempDir()
		walk(b, cache)
		for b.Loop() {
			walk(b, cache)
		}
	})
	if course == nil {
		return
	}
	b.Run("git-apply-3way-at-each-state", func(b *testing.B) {
		for b.Loop() {
			for _, first := range course.Starts {
				s.git(nil, "read-tree", string(course.Line[first].ID))
				for _, change := range branches {
					if _, ok := s.try(change.patch, "apply", "--cached", "--3way"); !ok {
						s.git(nil, "read-tree", string(course.Line[first].ID)) // and go on without it
					}
				}
			}
		}
	})
}
