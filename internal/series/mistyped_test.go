package series_test

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/series"
)

// TestMistypedKeys: a key that is mistyped is one error, with the nearest key, though the one that was
// meant is missing.
func TestMistypedKeys(t *testing.T) {
	const right = "[[change]]\nname = \"one\"\nedit = [ { file = \"f\", find = \"a\", replace = \"b\" } ]\n\n"
	for name, test := range map[string]struct{ from, to, says, hint string }{
		"name":     {"name", "nmae", `unknown key "nmae"`, `did you mean "name"?`},
		"edit":     {"edit", "edti", `unknown key "edti"`, `did you mean "edit"?`},
		"brackets": {"[[change]]", "[change]", "[[change]]", "[[change]]"},
	} {
		text := right + strings.Replace(strings.Replace(right, "one", "two", 1), test.from, test.to, 1)
		_, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{"series.toml": {Data: []byte(text)}}}})
		if err == nil || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") ||
			!strings.Contains(fault.HintOf(err).String(), test.hint) {
			t.Errorf("%s: %v (hint: %s)", name, err, fault.HintOf(err))
		}
	}
}
