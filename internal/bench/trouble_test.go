package bench

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"path"
	"runtime/metrics"
	"slices"
	"syscall"
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
)

// BenchmarkTrouble checks series of plain diffs, which name no base, with nothing kept from before: the base of each
// that does not fit is looked for in upstream's history, and then who broke it.
func BenchmarkTrouble(b *testing.B) {
	up, tip, at := newest(b)
	repo := up.Repo
	before := func(months int) *tree.Tree {
		id, err := up.Since(b.Context(), tip, at.AddDate(0, -months, 0))
		if err != nil {
			b.Fatal(err)
		}
		t, err := repo.At(b.Context(), id)
		if err != nil {
			b.Fatal(err)
		}
		return t
	}
	now, old, older := before(0), before(22), before(34)
	large, often := largest(b, now, old), oftenTouched(b, up, tip, at)
	var plain []string
	err := now.Walk(b.Context(), func(name string, e tree.Entry) error {
		if isSource(name) && e.Mode.IsRegular() && !slices.Contains(often[:min(len(often), 200)], name) {
			plain = append(plain, name)
		}
		return nil
	})
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range []struct {
		name    string
		fine    int
		failing int
		from    *tree.Tree
		files   []string
	}{
		{"5-on-the-largest-file", 0, 5, old, []string{large}},
		{"63-of-which-10-fail", 53, 10, older, often},
		{"74-of-which-50-fail", 24, 50, old, often},
	} {
		var folder fstest.MapFS
		b.Run(c.name, func(b *testing.B) {
			if folder == nil {
				folder = plainDiffs(b, c.fine, now, plain, c.failing, c.from, c.files)
			}
			s := read(b, folder)
			failing := 0
			begin, stop := processorTime(), peakMemory()
			for b.Loop() {
				failing = judgeCold(b, repo, tip, s)
			}
			b.ReportMetric(float64((processorTime()-begin).Milliseconds())/float64(b.N), "cpu-ms/op")
			b.ReportMetric(stop(), "peak-MB")
			b.ReportMetric(float64(failing), "failing")
		})
	}
}

// processorTime is what this process and the programs that it has waited for have used of all processors.
func processorTime() time.Duration {
	var total time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var u syscall.Rusage
		if syscall.Getrusage(who, &u) == nil {
			total += time.Duration(u.Utime.Nano() + u.Stime.Nano())
		}
	}
	return total
}

// peakMemory watches the heap until what it returns is called, which gives the most that it held, in MB.
func peakMemory() (stop func() float64) {
	done, peak := make(chan struct{}), make(chan uint64)
	go func() {
		most := uint64(0)
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-time.After(5 * time.Millisecond):
				sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
				metrics.Read(sample)
				most = max(most, sample[0].Value.Uint64())
			}
		}
	}()
	return func() float64 {
		close(done)
		return float64(<-peak) / (1 << 20)
	}
}

// judgeCold is what patch:check does, with nothing kept; it counts the changes that fail.
func judgeCold(b *testing.B, repo *git.Repo, tip tree.ID, s *series.Series) (failing int) {
	b.Helper()
	base, err := repo.At(b.Context(), tip)
	if err != nil {
		b.Fatal(err)
	}
	up := mainline.Upstream{Repo: repo, Cache: b.TempDir()}
	settings := history.Settings{Sources: upstreamOnly{repo}}
	in := apply.Inputs{Base: base, Commit: tip, Sources: settings.Sources}
	q := history.Question{Series: s, Settings: settings, Pin: tip}
	based, err := history.WithBases(b.Context(), up, q, in)
	if err != nil {
		b.Fatal(err)
	}
	result, err := history.Explain(b.Context(), up, based.Question, based.Result)
	if err != nil {
		b.Fatal(err)
	}
	for _, o := range result.Outcomes {
		if o.Verdict.Fails() {
			failing++
		}
	}
	return failing
}

func isSource(name string) bool {
	return slices.Contains([]string{".rb", ".js", ".jsx", ".ts", ".tsx", ".scss"}, path.Ext(name))
}

// largest is the source file with the most lines that is in both trees.
func largest(b *testing.B, now, old *tree.Tree) string {
	b.Helper()
	name, most := "", 0
	err := now.Walk(b.Context(), func(p string, e tree.Entry) error {
		if !isSource(p) || !e.Mode.IsRegular() {
			return nil
		}
		if _, err := old.Lookup(b.Context(), p); err != nil {
			return nil
		}
		data, err := now.Blob(b.Context(), e.ID)
		if n := bytes.Count(data, []byte("\n")); n > most {
			name, most = p, n
		}
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%s has %d lines", name, most)
	return name
}

// oftenTouched are upstream's source files by how often it touched them in three years, the most often first.
func oftenTouched(b *testing.B, up mainline.Upstream, tip tree.ID, at time.Time) []string {
	b.Helper()
	from, err := up.Since(b.Context(), tip, at.AddDate(-3, 0, 0))
	if err != nil {
		b.Fatal(err)
	}
	line, err := up.Read(b.Context(), from, tip)
	if err != nil {
		b.Fatal(err)
	}
	times := map[string]int{}
	for _, c := range line {
		for _, t := range c.Touched {
			if isSource(t.Path) {
				times[t.Path]++
			}
		}
	}
	var out []string
	for name := range times {
		out = append(out, name)
	}
	slices.SortFunc(out, func(a, b string) int { return cmp.Or(times[b]-times[a], cmp.Compare(a, b)) })
	return out
}

// plainDiffs makes changes that apply at now, and others that were made for an older tree, each of a file with eight
// lines altered. None names an id.
func plainDiffs(b *testing.B, fine int, now *tree.Tree, plain []string, failing int, old *tree.Tree,
	often []string) fstest.MapFS {
	b.Helper()
	out := fstest.MapFS{}
	var list bytes.Buffer
	add := func(n int, at *tree.Tree, name string) *tree.Tree {
		next, err := at.With(b.Context(), map[string]*tree.File{name: eightAltered(b.Context(), b, at, name, n)})
		if err != nil {
			b.Fatal(err)
		}
		c := &series.Change{Name: fmt.Sprintf("change-%d", n), Required: true}
		if c, err = rewrite.AsPatch(b.Context(), c, c.Name+".patch", at, next); err != nil {
			b.Fatal(err)
		}
		var data []byte
		for l := range bytes.Lines(c.Patch.Data) {
			if !bytes.HasPrefix(l, []byte("index ")) {
				data = append(data, l...)
			}
		}
		list.Write(append(c.Text(), '\n'))
		out[c.Patch.Name] = &fstest.MapFile{Data: data}
		return next
	}
	for i := range fine {
		now = add(i, now, plain[i*97%len(plain)])
	}
	made := 0
	for i := 0; made < failing; i++ {
		name := often[i%len(often)]
		if _, err := old.Lookup(b.Context(), name); err != nil {
			continue
		}
		old = add(fine+made, old, name)
		made++
	}
	out["series.toml"] = &fstest.MapFile{Data: list.Bytes()}
	return out
}

// eightAltered is a file with eight other lines, spread over it.
func eightAltered(ctx context.Context, b *testing.B, at *tree.Tree, name string, n int) *tree.File {
	b.Helper()
	f, err := at.ReadFile(ctx, name)
	if err != nil {
		b.Fatal(err)
	}
	lines := bytes.SplitAfter(f.Data, []byte("\n"))
	for k := range 8 {
		lines[(len(lines)-1)*(2*k+1)/16] = fmt.Appendf(nil, "a line of change %d\n", n)
	}
	return &tree.File{Mode: f.Mode, Data: bytes.Join(lines, nil)}
}
