package history

import (
	"context"
	"os"
	"reflect"
	"testing"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// judged is a Judge of which only the key and the subjects matter.
type judged struct {
	key      string
	subjects []Subject
}

func (j judged) Key() string         { return j.key }
func (j judged) Subjects() []Subject { return j.subjects }
func (j judged) Judge(context.Context, mainline.Commit, *tree.Tree, map[string]verdict.Landing) ([]Judgement, error) {
	return nil, nil
}

// TestVerdictsAreKept reads back what was saved, for the same key and changes only; a damaged file is none.
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
