package release

import (
	"reflect"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/record"
)

// TestRecordHolds reads the record back from the registry: it has upstream's commit, a checksum of each change, and the
// digest to which each image's tag leads.
func TestRecordHolds(t *testing.T) {
	s := newSite(t, memory(t))
	s.cand.Changes = []record.Change{{Name: "post-length", Sum: strings.Repeat("1", 64), Files: []string{"app/a.rb"}},
		{Name: "themes", Sum: strings.Repeat("2", 64)}}
	tag := s.must(Done).Record.Tag
	k, err := storeOf(s.client, s.set).Read(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	rec := k.Newest
	if rec.Tag != tag || rec.Upstream.Commit != s.cand.Upstream.Commit || !reflect.DeepEqual(rec.Changes, s.cand.Changes) {
		t.Errorf("the record of %s has %s and %v", rec.Tag, rec.Upstream.Commit, rec.Changes)
	}
	tags := s.tags(s.set.Registries[0])
	for _, i := range rec.Images {
		if at := tags[i.Name+":"+tag]; at == "" || i.Digest != at {
			t.Errorf("%s: the record has %s, and its tag leads to %q", i.Name, i.Digest, at)
		}
	}
	if len(rec.Images) != 2 {
		t.Errorf("%d images", len(rec.Images))
	}
}
