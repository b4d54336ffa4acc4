package release

import (
	"fmt"
	"testing"
	"time"
)

// A release with nothing new asks little, however many releases there were: tags before the newest release are not
// listed, and those of the images not at all.
func TestUnchangedAmongManyReleases(t *testing.T) {
	for _, n := range []int{0, 20000} {
		s, stores, proxies := stored(t)
		s.set.Moving = []string{"edge", "latest", "v4", "v4.6"}
		rec := s.must(Done).Record
		for _, st := range stores {
			record := st.Tags("owner/mini-release")["current"]
			for i := range n {
				tag := fmt.Sprintf("%s-4.6.0-alpha.7-g%09x-%08x", day.Add(-time.Duration(i+2)*time.Minute).
					Format("20060102T150405Z"), i, i)
				st.SetTag("owner/mini-release", tag, record)
				st.SetTag("owner/mastodon", tag, rec.Images[0].Digest)
			}
		}
		for _, p := range proxies {
			p.Forget()
		}
		s.client = newClient(t)
		s.must(Unchanged)
		asked := len(proxies[0].Requests("")) + len(proxies[1].Requests(""))
		t.Logf("%d releases before: %d requests at two registries with four moving tags", n, asked)
		if most := 22; asked > most {
			t.Errorf("%d releases before: %d requests, at most %d", n, asked, most)
		}
	}
}
