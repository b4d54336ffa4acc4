package ship

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// TestSetupPage holds the page against the steps: the same, in the same order, and the schedule last.
func TestSetupPage(t *testing.T) {
	page, err := os.ReadFile("../../docs/" + setupPage)
	if err != nil {
		t.Fatal(err)
	}
	at := 0
	for i, one := range append(steps, step{what: "by schedule"}) {
		head := fmt.Sprintf("\n## %d. %s%s\n", i+1, strings.ToUpper(one.what[:1]), one.what[1:])
		next := strings.Index(string(page)[at:], head)
		if next < 0 {
			t.Errorf("the page lacks %q, or has it before the step above", head)
			continue
		}
		at += next
	}
	if n := strings.Count(string(page), "\n## "); n != 10 {
		t.Errorf("the page has %d steps, want 10", n)
	}
}
