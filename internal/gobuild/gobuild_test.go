package gobuild

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/process"
)

// TestCompilingShowsProgress: of what the go command says, modules are counted while they are downloaded, then packages
// of all that are to be compiled; its messages are not.
func TestCompilingShowsProgress(t *testing.T) {
	var got []string
	c := &counter{progress: func(format string, args ...any) { got = append(got, fmt.Sprintf(format, args...)) }}
	said := process.Lines(c.read)
	fmt.Fprint(said, "go: downloading example.org/a v1.2.3\ngo: downl")
	fmt.Fprint(said, "oading example.org/b v0.1.0\nexample.org/early\ngo: example.org/c@v1: a message\n")
	c.total = 2
	fmt.Fprint(said, "internal/goarch\n# example.org/a\nexample.org/a\nexample.org/b\n")
	want := []string{"downloading modules: 0 done, now example.org/a v1.2.3",
		"downloading modules: 1 done, now example.org/b v0.1.0",
		"0 of 2 packages compiled", "1 of 2 packages compiled", "1 of 2 packages compiled"}
	if !slices.Equal(got, want) {
		t.Errorf("shown:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}
