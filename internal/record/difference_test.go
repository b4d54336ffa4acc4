package record

import (
	"reflect"
	"testing"
)

// Each input that differs is named with both values, whether it came, went or changed; a record without parts says so.
func TestCompare(t *testing.T) {
	r := &Record{Images: []Image{
		{Name: "web", Parts: map[string]string{"tree": "1", "arg A": "x", "arg B": "y", "base ruby": "sha256:1"}},
		{Name: "old"},
	}}
	got, known := r.Compare("web", map[string]string{"tree": "2", "arg A": "x", "arg C": "z", "base ruby": "sha256:1"})
	want := []Difference{{"arg B", "y", ""}, {"arg C", "", "z"}, {"tree", "1", "2"}}
	if !known || !reflect.DeepEqual(got, want) {
		t.Errorf("%v, %v", got, known)
	}
	if got, known := r.Compare("web", r.Images[0].Parts); !known || len(got) > 0 {
		t.Errorf("the same: %v, %v", got, known)
	}
	for _, name := range []string{"old", "none"} {
		if got, known := r.Compare(name, map[string]string{"tree": "2"}); known || got != nil {
			t.Errorf("%s: %v, %v", name, got, known)
		}
	}
}

// A change is new, changed with the files of both states, or gone; the same changes in another order differ in nothing.
func TestCompareChanges(t *testing.T) {
	one, two := Change{"one", "a", []string{"x"}}, Change{"two", "b", []string{"y"}}
	three := Change{"three", "c", nil}
	r := &Record{Changes: []Change{one, two}}
	got := r.CompareChanges([]Change{three, {"two", "B", []string{"a", "y"}}})
	want := []ChangeDifference{
		{"three", "new", nil}, {"two", "changed", []string{"a", "y"}}, {"one", "gone", []string{"x"}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", got)
	}
	if got := r.CompareChanges([]Change{two, one}); got != nil {
		t.Errorf("the same: %v", got)
	}
}
