package landed

import (
	"os"
	"reflect"
	"testing"

	"github.com/howdah/howdah/internal/verdict"
)

// TestSearchesAreKept: what was saved is read back for the same repository only; a damaged file is ignored.
func TestSearchesAreKept(t *testing.T) {
	cache := t.TempDir()
	s := loadSearches(cache, "here")
	s.Made["x"] = progress{To: "1111", Found: []verdict.Landing{{By: &verdict.Commit{ID: "2222", Pull: 7}}}}
	s.save()
	back := loadSearches(cache, "here")
	if !reflect.DeepEqual(back.Made, s.Made) {
		t.Errorf("%+v became %+v", s.Made, back.Made)
	}
	if n := len(loadSearches(cache, "there").Made); n != 0 {
		t.Errorf("another repository has %d of them", n)
	}
	for _, damaged := range []string{"", "{", `{"Made":null}`, `{"Made":{"x":{"To":"1111"}}`} {
		if err := os.WriteFile(s.file, []byte(damaged), 0o644); err != nil {
			t.Fatal(err)
		}
		if got := loadSearches(cache, "here"); got.Made == nil || len(got.Made) != 0 {
			t.Errorf("%q gives %+v", damaged, got.Made)
		}
	}
}
