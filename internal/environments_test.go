package internal_test

import (
	"os"
	"strings"
	"testing"
)

// TestEnvironmentsNameTheirTests finds the test that holds each row of docs/environments.md, with the row's exit code.
func TestEnvironmentsNameTheirTests(t *testing.T) {
	page, err := os.ReadFile("../docs/environments.md")
	if err != nil {
		t.Fatal(err)
	}
	rows := 0
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.ReplaceAll(line, `\|`, ""), "|")
		if len(cells) != 6 || strings.HasPrefix(cells[1], "---") || strings.Contains(cells[4], " test ") {
			continue
		}
		rows++
		exit, name := strings.TrimSpace(cells[3]), strings.Trim(cells[4], " `")
		test, err := os.ReadFile(name)
		if err != nil {
			t.Errorf("%s: %v", strings.TrimSpace(cells[1]), err)
			continue
		}
		if strings.Contains(name, "/script/") && exit != "–" && !strings.Contains(string(test), "exits "+exit+" ") {
			t.Errorf("%s: %s has no command that exits %s", strings.TrimSpace(cells[1]), name, exit)
		}
	}
	if rows < 30 {
		t.Errorf("docs/environments.md has %d rows", rows)
	}
}
