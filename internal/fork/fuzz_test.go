package fork_test

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
)

// FuzzParseHistory: for any output of git, each row has a path, and an old file for each parent that it names.
func FuzzParseHistory(f *testing.F) {
	const id, none = "e226cacadeaf3e60886715fcd944fb35d54ad5d6", "0000000000000000000000000000000000000000"
	head := "\x01" + id + "\x02" + id + " " + id + "\x02A\x021700000000\x02Subject\x02Body\n\x03\x00"
	f.Add(head)
	f.Add(head + "\n:100644 100644 " + id + " " + id + " M\x00a b\x00")
	f.Add(head + "\n::100644 000000 100755 " + id + " " + none + " " + id + " MA\x00a\x00" + head)
	f.Add(":100644\x00a\x00")
	f.Add("\x01\x02\x03\x00")
	f.Fuzz(func(t *testing.T, text string) {
		commits, err := fork.ParseHistory(strings.NewReader(text))
		if err != nil {
			return
		}
		for _, c := range commits {
			for _, row := range c.Rows {
				if len(row.Old) == 0 {
					t.Errorf("a row of %q has no old side", row.Path)
				}
			}
		}
	})
}
