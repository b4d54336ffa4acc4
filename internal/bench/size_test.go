package bench

import (
	"bytes"
	"context"
	"fmt"
	"path"
	"runtime"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// newest opens upstream's repository, and gives its newest commit with its time.
func newest(b *testing.B) (up mainline.Upstream, tip tree.ID, at time.Time) {
	b.Helper()
	dir := repository(b)
	g := newSandbox(b, dir)
	repo, err := git.Open(dir)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = repo.Close() })
	tip = tree.ID(g.git(nil, "rev-parse", "HEAD"))
	at, err = time.Parse(time.RFC3339, g.git(nil, "log", "-1", "--format=%cI", string(tip)))
	if err != nil {
		b.Fatal(err)
	}
	return mainline.Upstream{Repo: repo}, tip, at
}

// BenchmarkSize tells how a check, three months of history and the memory grow with the number of changes and of the
// files that each touches. The changes were made for upstream as it was half a year before.
func BenchmarkSize(b *testing.B) {
	needs(b, "git")
	up, tip, at := newest(b)
	repo := up.Repo
	old, err := up.Since(b.Context(), tip, at.AddDate(0, -6, 0))
	if err != nil {
		b.Fatal(err)
	}
	from, err := up.Since(b.Context(), tip, at.AddDate(0, -3, 0))
	if err != nil {
		b.Fatal(err)
	}
	for _, size := range []struct{ changes, files int }{{12, 1}, {74, 1}, {300, 1}, {1000, 1}, {300, 5}} {
		folder := manySmall(b, repo, old, size.changes, size.files)
		name := fmt.Sprintf("%d-changes-of-%d-files", size.changes, size.files)
		b.Run("load/"+name, func(b *testing.B) {
			for b.Loop() {
				read(b, folder)
			}
		})
		b.Run("check/"+name, func(b *testing.B) { checkMany(b, repo, tip, read(b, folder)) })
		b.Run("history/"+name, func(b *testing.B) {
			line, err := up.Read(b.Context(), from, tip)
			if err != nil {
				b.Fatal(err)
			}
			begin, stop := processorTime(), peakMemory()
			for b.Loop() {
				judge, err := history.NewJudge(b.Context(), read(b, folder), history.Settings{Sources: upstreamOnly{repo}})
				if err != nil {
					b.Fatal(err)
				}
				if _, err := history.Walk(b.Context(), up, judge, history.Range{Line: line}); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(stop(), "peak-MB")
			b.ReportMetric(float64((processorTime()-begin).Milliseconds())/float64(b.N), "cpu-ms/op")
		})
	}
}

func read(b *testing.B, folder fstest.MapFS) *series.Series {
	b.Helper()
	s, err := series.Load([]series.Folder{{Name: "patches", FS: folder}})
	if err != nil {
		b.Fatal(err)
	}
	return s
}

// checkMany also tells how much memory is held while the result is.
func checkMany(b *testing.B, repo *git.Repo, tip tree.ID, s *series.Series) {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	var result *verdict.Result
	begin := processorTime()
	for b.Loop() {
		base, err := repo.At(b.Context(), tip)
		if err != nil {
			b.Fatal(err)
		}
		in := apply.Inputs{Base: base, Commit: tip, Sources: upstreamOnly{repo}}
		if result, err = apply.Apply(b.Context(), s, in); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64((processorTime()-begin).Milliseconds())/float64(b.N), "cpu-ms/op")
	runtime.GC()
	runtime.ReadMemStats(&after)
	applied := 0
	for _, o := range result.Outcomes {
		if o.Verdict.Applies() {
			applied++
		}
	}
	b.ReportMetric(float64(max(0, int64(after.HeapAlloc)-int64(before.HeapAlloc)))/(1<<20), "MB")
	b.ReportMetric(float64(applied), "applied")
}

// manySmall makes changes that each alter a line of some of upstream's files, and add one.
func manySmall(b *testing.B, repo *git.Repo, commit tree.ID, changes, files int) fstest.MapFS {
	b.Helper()
	ctx := b.Context()
	at, err := repo.At(ctx, commit)
	if err != nil {
		b.Fatal(err)
	}
	var sources []string
	err = at.Walk(ctx, func(name string, e tree.Entry) error {
		switch path.Ext(name) {
		case ".rb", ".js", ".jsx", ".ts", ".tsx", ".scss":
			if e.Mode.IsRegular() {
				sources = append(sources, name)
			}
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	out := fstest.MapFS{}
	var list bytes.Buffer
	for i := range changes {
		c := &series.Change{Name: fmt.Sprintf("change-%d", i), Required: true}
		next := map[string]*tree.File{fmt.Sprintf("added/%d.rb", i): {Mode: tree.Regular,
			Data: bytes.Repeat([]byte("a line\n"), 30)}}
		for k := range files {
			name := sources[(i*files+k)*7919%len(sources)]
			next[name] = altered(ctx, b, at, name, i)
		}
		after, err := at.With(ctx, next)
		if err != nil {
			b.Fatal(err)
		}
		if c, err = rewrite.AsPatch(ctx, c, c.Name+".patch", at, after); err != nil {
			b.Fatal(err)
		}
		list.Write(append(c.Text(), '\n'))
		out[c.Patch.Name] = &fstest.MapFile{Data: c.Patch.Data}
		at = after
	}
	out["series.toml"] = &fstest.MapFile{Data: list.Bytes()}
	return out
}

// altered is a file with another line in its middle.
func altered(ctx context.Context, b *testing.B, at *tree.Tree, name string, n int) *tree.File {
	b.Helper()
	f, err := at.ReadFile(ctx, name)
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.SplitAfter(f.Data, []byte("\n"))
	lines[len(lines)/2] = fmt.Appendf(nil, "a line of change %d\n", n)
	return &tree.File{Mode: f.Mode, Data: bytes.Join(lines, nil)}
}
