package distribution

import (
	"os"
	"testing"

	"github.com/howdah/howdah/internal/golden"
)

// TestAccepted holds the embedded version against the tool's own; -update writes it anew.
func TestAccepted(t *testing.T) {
	version, err := os.ReadFile("../../VERSION")
	if err != nil {
		t.Fatal(err)
	}
	golden.File(t, "accepted.txt", version)
}
