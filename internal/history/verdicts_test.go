package history

import (
	"context"
	"os"
	"path/filepath"
	"reflect"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/applytest"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// judged is a Judge of which only the key and the subjects are used.
type judged struct {
	key      string
	subjects []Subject
}

func (j judged) Key() string         { return j.key }
func (j judged) Subjects() []Subject { return j.subjects }
func (j judged) Judge(context.Context, mainline.Commit, *tree.Tree, map[string]verdict.Landing) ([]Judgement, error) {
	return nil, nil
}

// TestVerdictsAreKept: what was saved is read back for the same key and changes only; a damaged file is ignored.
func TestVerdictsAreKept(t *testing.T) {
	cache, judge := t.TempDir(), judged{key: "k", subjects: []Subject{{Name: "a", Sum: "1", Paths: []string{"f"}}}}
	v := loadVerdicts(cache, judge)
	v.Made["state"] = []Judgement{{Verdict: verdict.Conflict, Message: "m", Reads: []string{"g", "f"}}}
	if !v.watch([][]Judgement{v.Made["state"]}) || v.watch([][]Judgement{v.Made["state"]}) {
		t.Error("new paths are new once")
	}
	v.save()
	back := loadVerdicts(cache, judge)
	if !reflect.DeepEqual(back, v) {
		t.Errorf("%+v became %+v", v, back)
	}
	for name, other := range map[string]judged{
		"another key":  {key: "l", subjects: judge.subjects},
		"another sum":  {key: "k", subjects: []Subject{{Name: "a", Sum: "2", Paths: []string{"f"}}}},
		"another path": {key: "k", subjects: []Subject{{Name: "a", Sum: "1", Paths: []string{"g"}}}},
		"one more":     {key: "k", subjects: append(judge.subjects[:1:1], Subject{Name: "b"})},
	} {
		if n := len(loadVerdicts(cache, other).Made); n != 0 {
			t.Errorf("%s has %d of them", name, n)
		}
	}
	for _, damaged := range []string{"", "{", `{"Made":null}`, `{"Made":{"state":[]}}`} {
		if err := os.WriteFile(v.file, []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := loadVerdicts(cache, judge); got.Made == nil || len(got.Made) != 0 || got.file != v.file {
			t.Errorf("%q gives %+v", damaged, got)
		}
	}
}

// TestOldVerdictsAreForgotten: a walk and a search remove the verdicts that no run has used for a month, and nothing
// else.
func TestOldVerdictsAreForgotten(t *testing.T) {
	repo, ids, whole := movedLimit(t, 3, func(int) bool { return false })
	judge, err := NewJudge(t.Context(), whole, Settings{Sources: applytest.Upstream{Repo: repo}})
	if err != nil {
		t.Fatal(err)
	}
	for name, run := range map[string]func(cache string) error{
		"a walk": func(cache string) error {
			u := mainline.Upstream{Repo: repo, Cache: cache}
			line, err := u.Read(t.Context(), "", ids["3"])
			if err == nil {
				_, err = Walk(t.Context(), u, judge, Range{Line: line})
			}
			return err
		},
		"a search": func(cache string) error {
			v := loadTreeVerdicts(cache, "somewhere")
			v.keep("state", []Judgement{{Verdict: verdict.Clean}})
			v.save()
			return nil
		},
	} {
		cache := t.TempDir()
		put := func(name string, days int) {
			file := filepath.Join(cache, name)
			if err := os.WriteFile(file, []byte("x"), 0o644); err != nil {
				t.Fatal(err)
			}
			at := time.Now().AddDate(0, 0, -days)
			if err := os.Chtimes(file, at, at); err != nil {
				t.Fatal(err)
			}
		}
		put("verdicts-of-an-older-tool", 40)
		put("verdicts-of-last-week", 7)
		put("log-of-upstream", 400)
		put("other", 400)
		if err := os.Mkdir(filepath.Join(cache, "verdicts-folder"), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := run(cache); err != nil {
			t.Fatal(name, err)
		}
		for file, stays := range map[string]bool{"verdicts-of-an-older-tool": false, "verdicts-of-last-week": true,
			"log-of-upstream": true, "other": true, "verdicts-folder": true} {
			if _, err := os.Stat(filepath.Join(cache, file)); (err == nil) != stays {
				t.Errorf("%s: %s: %v, want it to stay: %t", name, file, err, stays)
			}
		}
	}
}
