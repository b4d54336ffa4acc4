package view

import (
	"testing"

	"github.com/howdah/howdah/internal/term"
)

// TestLinesOfAnError marks each of several errors, and no line that a build step printed.
func TestLinesOfAnError(t *testing.T) {
	var p term.Page
	lines(&p, term.Textf("error: "), "building: exit code 1\n    | fatal: no\n    | gone\nbuilding another\n\n    | x")
	const want = "error: building: exit code 1\n    | fatal: no\n    | gone\nerror: building another\n    | x\n"
	if got := p.String(); got != want {
		t.Errorf("%s\nwant\n%s", got, want)
	}
}
