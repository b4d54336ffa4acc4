package history

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/verdict"
)

// TestExplainWithCache: the answers are the same with a cache, without one, and with one that is damaged or cannot be
// written; a second run judges nothing.
func TestExplainWithCache(t *testing.T) {
	repo, ids, whole := movedLimit(t, 20, func(commit int) bool { return commit >= 9 })
	pin := ids["20"]
	base, err := repo.At(t.Context(), pin)
	if err != nil {
		t.Fatal(err)
	}
	for _, most := range []int{0, -1, 1, 3, 6} {
		explained := func(cache string) (string, *treeVerdicts) {
			up := mainline.Upstream{Repo: repo, Cache: cache}
			r := newReader(up, pin)
			settings := Settings{Sources: applytest.Upstream{Repo: repo}, mostSearches: most, reader: r}
			in := apply.Inputs{Base: base, Commit: pin, Sources: settings.Sources}
			q := Question{Series: whole, Settings: settings, Pin: pin}
			based, err := WithBases(t.Context(), up, q, in)
			if err != nil {
				t.Fatal(err)
			}
			result, err := Explain(t.Context(), up, based.Question, based.Result)
			if err != nil {
				t.Fatal(err)
			}
			o := result.Outcomes[0]
			return fmt.Sprint(o.Verdict, o.By, o.Message), r.trees
		}
		want, judged := explained("")
		cache := t.TempDir()
		for run := range 4 {
			got, kept := explained(cache)
			if got != want || len(kept.made) != len(judged.made) || len(kept.used) != len(judged.used) {
				t.Errorf("at most %d searches, run %d with a cache: %s, %d judged, %d used; expected %s, %d and %d",
					most, run+1, got, len(kept.made), len(kept.used), want, len(judged.made), len(judged.used))
			}
		}
		files, err := filepath.Glob(filepath.Join(cache, "*"))
		if err != nil || len(files) < 2 {
			t.Fatal(files, err)
		}
		for _, name := range files {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			for _, damaged := range [][]byte{{}, data[:len(data)/2], append([]byte("{"), data...), flipped(data)} {
				if err := os.WriteFile(name, damaged, 0o644); err != nil {
					t.Fatal(err)
				}
				if got, _ := explained(cache); got != want {
					t.Errorf("at most %d searches, %s damaged: %s, expected %s", most, filepath.Base(name), got, want)
				}
			}
		}
		if got, _ := explained(filepath.Join(files[0], "no-folder")); got != want {
			t.Errorf("at most %d searches, nowhere to write: %s, expected %s", most, got, want)
		}
	}
}

// flipped returns data with one byte in the middle changed.
func flipped(data []byte) []byte {
	out := append([]byte(nil), data...)
	out[len(out)/2] ^= 1
	return out
}

// TestTreeVerdictsOfManySeries: where the verdicts of other series fill the file, those of a new one take their place.
func TestTreeVerdictsOfManySeries(t *testing.T) {
	cache := t.TempDir()
	long := []Judgement{{Verdict: verdict.Gone, Message: strings.Repeat("long ", 2000)}}
	for series := range 12 { // each fills a tenth of the file and more
		v := loadTreeVerdicts(cache, "repo")
		for i := range 50 {
			v.keep(fmt.Sprint(series, " ", i), long)
		}
		v.save()
		next := loadTreeVerdicts(cache, "repo")
		for i := range 50 {
			if next.of(fmt.Sprint(series, " ", i), 1) == nil {
				t.Fatalf("verdict %d of series %d is not kept", i, series)
			}
		}
	}
	if n := len(loadTreeVerdicts(cache, "repo").made); n >= 12*50 {
		t.Errorf("%d verdicts are kept: the file was never full", n)
	}
}

// TestTreeVerdictsAreBounded: a full file keeps what the last question used, or stays as it was.
func TestTreeVerdictsAreBounded(t *testing.T) {
	cache := t.TempDir()
	one := []Judgement{{Verdict: verdict.Gone}}
	fill := func(from, to int) {
		v := loadTreeVerdicts(cache, "repo")
		for i := from; i < to; i++ {
			v.keep(fmt.Sprint(i), one)
		}
		v.save()
	}
	fill(0, mostTreeVerdicts)
	if n := len(loadTreeVerdicts(cache, "repo").made); n != mostTreeVerdicts {
		t.Fatalf("%d are kept", n)
	}
	fill(mostTreeVerdicts, mostTreeVerdicts+10)
	v := loadTreeVerdicts(cache, "repo")
	if len(v.made) != 10 || !reflect.DeepEqual(v.of(fmt.Sprint(mostTreeVerdicts), 1), one) ||
		v.of(fmt.Sprint(mostTreeVerdicts), 2) != nil || len(loadTreeVerdicts(cache, "other").made) != 0 {
		t.Errorf("%d are kept", len(v.made))
	}
	fill(0, mostTreeVerdicts+1)
	if n := len(loadTreeVerdicts(cache, "repo").made); n != 10 {
		t.Errorf("%d are kept of too many", n)
	}
}
