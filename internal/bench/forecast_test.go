package bench

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
)

// ahead is how many commits a forecast looks ahead, and every how many one is made.
const ahead = 100

// TestForecastCalibration makes, for every branch and pull request of a real repository, the forecast that would have
// been made every hundred commits since its base, and compares it with what came: where it says one in ten, one in ten
// should have broken. It prints the table, and fails when the forecast is worse than none: than saying the same of all.
func TestForecastCalibration(t *testing.T) {
	c := openCorpus(t)
	work := c.work(t)
	landings, err := landed.Find(t.Context(), c.up, work, c.tip)
	if err != nil {
		t.Fatal(err)
	}
	var made []outcome
	for _, w := range work {
		for _, change := range c.changes {
			if change.Sum != w.Sum {
				continue
			}
			line, err := c.up.Read(t.Context(), w.Since, c.tip)
			if err != nil {
				t.Fatal(err)
			}
			judge, err := history.NewJudge(t.Context(), alone(change), c.settings())
			if err != nil {
				t.Fatal(err)
			}
			course, err := history.Walk(t.Context(), mainline.Upstream{Repo: c.repo}, judge,
				history.Range{Line: line, Landings: landings})
			if err != nil {
				t.Fatal(err)
			}
			if len(course.Timelines) == 1 {
				made = append(made, outcomes(course)...)
			}
		}
	}
	base, brier := 0.0, 0.0
	for _, o := range made {
		base += o.broke / float64(len(made))
		brier += (o.said - o.broke) * (o.said - o.broke) / float64(len(made))
	}
	none := base * (1 - base)
	t.Logf("%d forecasts, %.1f %% broke; Brier score %.4f, of saying %.1f %% always %.4f: skill %.0f %%", len(made),
		100*base, brier, 100*base, none, 100*(1-brier/none))
	t.Log("\n" + reliability(made))
	if brier >= none {
		t.Error("the forecast is worse than none")
	}
	for _, b := range bins(made) {
		if off := math.Abs(b.said - b.broke); b.n >= 50 && off > 0.05 && off > 2.5*math.Sqrt(b.said*(1-b.said)/float64(b.n)) {
			t.Errorf("of %d forecasts of %.1f %% on average, %.1f %% came true", b.n, 100*b.said, 100*b.broke)
		}
	}
}

// outcome is a forecast, and what came: 1 when the change broke.
type outcome struct{ said, broke float64 }

// outcomes makes the forecasts for one change, as long as it applied and had not landed.
func outcomes(course *history.Course) []outcome {
	f := course.Timelines[0]
	var out []outcome
	for end := 1; end+ahead <= len(course.Line); end += ahead {
		if !f.VerdictAt(end - 1).Applies() {
			continue
		}
		o := outcome{said: f.RecordAt(end).Forecast(ahead).Probability}
		for i := end; i < end+ahead; i++ {
			v := f.VerdictAt(i)
			if v.Fails() {
				o.broke = 1
			}
			if !v.Applies() {
				break
			}
		}
		out = append(out, o)
	}
	return out
}

// bin is the forecasts of about one probability.
type bin struct {
	from, to    float64
	n           int
	said, broke float64 // on average
}

func bins(made []outcome) []bin {
	edges := []float64{0, 0.01, 0.02, 0.05, 0.1, 0.2, 0.4, 1}
	var out []bin
	for i := range len(edges) - 1 {
		b := bin{from: edges[i], to: edges[i+1]}
		for _, o := range made {
			if o.said >= b.from && (o.said < b.to || b.to == 1) {
				b.n++
				b.said += o.said
				b.broke += o.broke
			}
		}
		if b.n > 0 {
			b.said /= float64(b.n)
			b.broke /= float64(b.n)
			out = append(out, b)
		}
	}
	return out
}

func reliability(made []outcome) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%-14s %9s %9s %9s\n", "forecast", "forecasts", "said", "broke")
	for _, x := range bins(made) {
		fmt.Fprintf(&b, "%3.0f %% to %3.0f %% %9d %7.1f %% %7.1f %%\n", 100*x.from, 100*x.to, x.n, 100*x.said, 100*x.broke)
	}
	return b.String()
}
