package diff

import "testing"

// TestApplyDelta: the instructions of gitformat-pack, correct and malformed.
func TestApplyDelta(t *testing.T) {
	const base = "abcdef"
	for name, c := range map[string]struct{ delta, want string }{
		"insert":               {"\x06\x02\x02xy", "xy"},
		"copy":                 {"\x06\x03\x91\x02\x03", "cde"},
		"copy from the start":  {"\x06\x02\x90\x02", "ab"},
		"copy to the end":      {"\x06\x06\x90\x06", base},
		"both":                 {"\x06\x04\x90\x02\x02xy", "abxy"},
		"nothing":              {"\x06\x00", ""},
		"no lengths":           {"", "!"},
		"one length":           {"\x06", "!"},
		"a length without end": {"\x06\xff\xff\xff\xff\xff\x01", "!"},
		"another base":         {"\x05\x02\x02xy", "!"},
		"reserved":             {"\x06\x00\x00", "!"},
		"insert past the end":  {"\x06\x03\x03xy", "!"},
		"copy past the base":   {"\x06\x03\x91\x04\x03", "!"},
		"copy of 65536":        {"\x06\x03\x80", "!"},
		"cut off":              {"\x06\x03\x91\x02", "!"},
		"inserts too much":     {"\x06\x01\x02xy", "!"},
		"copies too much":      {"\x06\x01\x90\x02", "!"},
		"too little":           {"\x06\x03\x02xy", "!"},
		"more than memory has": {"\x06\xff\xff\xff\xff\x7f\x02xy", "!"},
	} {
		out, err := applyDelta([]byte(base), []byte(c.delta))
		if c.want == "!" {
			if err == nil {
				t.Errorf("%s: %q, want an error", name, out)
			}
		} else if err != nil || string(out) != c.want {
			t.Errorf("%s: %q, %v, want %q", name, out, err, c.want)
		}
	}
}
