package term

import "testing"

// TestGutter continues a line of a file right of what stands before it; a command in it is text like any other.
func TestGutter(t *testing.T) {
	for text, want := range map[string]string{
		"short":                       "  base | short\n",
		"one two three four":          "  base | one two three\n         four\n",
		"    four deep and more":      "  base |     four deep\n         and more\n",
		"x: git fetch origin":         "  base | x: git fetch\n         origin\n",
		"averyveryverylongword after": "  base | averyveryverylongword\n         after\n",
	} {
		var p Page
		p.Add(Green.Of("  base | ").Gutter(), Green.Of("%s", text))
		got := p.Fit(22).String()
		if got != want {
			t.Errorf("%q became\n%swant\n%s", text, got, want)
		}
	}
}
