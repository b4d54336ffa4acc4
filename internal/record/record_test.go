package record

import (
	"bytes"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestParse(t *testing.T) {
	good := `{"format":1,"tag":"20260430T164501Z-4.6.0-g7cf9e77d5-1a2b3c4d",` +
		`"images":[{"name":"mastodon","digest":"sha256:0"}]}`
	if _, err := Parse([]byte(good)); err != nil {
		t.Error(err)
	}
	for name, test := range map[string]struct {
		old, new string
		code     fault.Code
	}{
		"newer":     {`"format":1`, `"format":2`, fault.Usage},
		"no tag":    {`"tag":"2026`, `"tag":"x2026`, fault.Usage},
		"no images": {`{"name":"mastodon","digest":"sha256:0"}`, ``, fault.Registry},
		"no digest": {`,"digest":"sha256:0"`, ``, fault.Registry},
		"cut off":   {`}]}`, ``, fault.Other},
	} {
		if _, err := Parse([]byte(strings.Replace(good, test.old, test.new, 1))); fault.CodeOf(err) != test.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add(
		[]byte(
			`{"format":1,"tag":"20260430T164501Z-4.6.0-g7cf9e77d5-1a2b3c4d",` +
				`"images":[{"name":"mastodon","digest":"sha256:0"}],` +
				`"released":"2026-04-30T16:45:01Z"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := Parse(data)
		if err != nil {
			return
		}
		_ = r.ParsedTag()
		once, err := r.Bytes()
		if err != nil {
			return // a year that RFC 3339 has no digits for
		}
		again, err := Parse(once)
		if err != nil {
			t.Fatal(err)
		}
		if twice, err := again.Bytes(); err != nil || !bytes.Equal(once, twice) {
			t.Errorf("%s became %s: %v", once, twice, err)
		}
	})
}
