package series

import (
	"path/filepath"
	"testing"
	"testing/fstest"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/safety"
)

// FuzzSeries: no series.toml makes Load panic; a series that Load accepts has safe paths only; a change written with
// Text reads back as the same change.
func FuzzSeries(f *testing.F) {
	for _, dir := range []string{"testdata/series", "../apply/testdata/apply", "../apply/testdata/refused"} {
		files, err := filepath.Glob(dir + "/*.txtar")
		if err != nil || len(files) == 0 {
			f.Fatal(dir, err)
		}
		for _, file := range files {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				f.Fatal(err)
			}
			for _, one := range archive.Files {
				if one.Name == "patches/series.toml" {
					f.Add(one.Data)
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		fs := fstest.MapFS{"series.toml": {Data: data}}
		s, err := Load([]Folder{{"patches", fs}})
		if err != nil {
			return
		}
		for _, c := range s.Changes {
			if c.Refused != nil || c.Kind == KindOverlay && c.Overlay.Local != nil {
				continue
			}
			for _, e := range c.Edits {
				if refused := safety.CheckPath(e.File, c.Allow); refused != nil {
					t.Fatal(refused)
				}
				spans := e.Spans(data)
				e.ReplaceAt(data, spans)
			}
			again, err := Load([]Folder{{"patches", fstest.MapFS{"series.toml": {Data: c.Text()}}}})
			if err != nil {
				t.Fatalf("%v\n%s", err, c.Text())
			}
			b := again.Changes[0]
			if b.Sum != c.Sum || b.Name != c.Name || b.Why != c.Why || b.Window != c.Window || b.For.String() != c.For.String() {
				t.Fatalf("%+v became %+v\n%s", c, b, c.Text())
			}
		}
	})
}
