package internal_test

import (
	_ "embed"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/golden"
)

// breach is one place that breaks a rule. The subject stays the same when lines are added above it.
type breach struct{ subject, text string }

// known are the breaches of the day on which the test began, a line each: "rule: subject". It only ever shrinks.
//
//go:embed testdata/breaches.txt
var known string

// compareBreaches fails on each breach that is not known. With -update it takes rows that are mended out of the list.
func compareBreaches(t *testing.T, rule string, found []breach) {
	t.Helper()
	t.Logf("%s: %d breaches", rule, len(found))
	rows := strings.Split(strings.TrimSpace(known), "\n")
	var remain []string
	for _, one := range found {
		row := fmt.Sprintf("%s: %s", rule, one.subject)
		at := slices.Index(rows, row)
		switch {
		case at >= 0:
			rows = slices.Delete(rows, at, at+1)
			remain = append(remain, row)
		default:
			t.Errorf("%s: %s", row, one.text)
		}
	}
	if golden.Updating() {
		rewriteKnown(t, rule, remain)
	}
}

func rewriteKnown(t *testing.T, rule string, remain []string) {
	t.Helper()
	for row := range strings.Lines(known) {
		if !strings.HasPrefix(row, rule+": ") {
			remain = append(remain, strings.TrimSpace(row))
		}
	}
	slices.Sort(remain)
	known = strings.Join(remain, "\n") + "\n"
	if err := os.WriteFile("testdata/breaches.txt", []byte(known), 0o644); err != nil {
		t.Fatal(err)
	}
}
