package fork_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fork"
)

// TestLimits: in a fork of many files that one commit reformats, no topic has more than its share of the lines,
// except for a pull request that wrote more by itself.
func TestLimits(t *testing.T) {
	const features, each = 40, 4 // commits, and new files of each
	var commits, made strings.Builder
	write := func(commit, name, line string, lines int) {
		fmt.Fprintf(&made, "-- %s/%s --\n%s", commit, name, strings.Repeat(line+"\n", lines))
	}
	fmt.Fprintf(&commits, "commit big A big feature (#9)\tfrom=u2 branch=fork\n")
	for k := range 20 {
		write("big", fmt.Sprintf("big/%d.rb", k), fmt.Sprintf("big %d", k), 30)
	}
	for i := range features {
		fmt.Fprintf(&commits, "commit f%d Feature %c\tbranch=fork\n", i, 'a'+i%26)
		for k := range each {
			write(fmt.Sprintf("f%d", i), fmt.Sprintf("app/%d-%d.rb", i, k), fmt.Sprintf("line %d", i), 10)
		}
	}
	fmt.Fprintf(&commits, "commit lint Reformat\tbranch=fork\n")
	for i := range features {
		write("lint", fmt.Sprintf("app/%d-0.rb", i), fmt.Sprintf("line  %d", i), 10)
	}
	f := replay(t, upstream+commits.String()+files+made.String())
	steps, _ := f.trace(t, "u2", "lint", fork.Known{}, "u2")
	total := 0
	for _, s := range steps {
		total += s.Lines
	}
	if want := 20*30 + features*each*10; total != want {
		t.Errorf("%d lines, want %d", total, want)
	}
	if len(steps) < 10 {
		t.Errorf("all of it fell into %d changes", len(steps))
	}
	for _, s := range steps {
		if 10*s.Lines > total && s.Pull != "#9" {
			t.Errorf("%s has %d of %d lines", s.Name, s.Lines, total)
		}
		if s.Pull == "#9" && s.Lines != 600 {
			t.Errorf("the pull request has %d lines, want 600", s.Lines)
		}
	}
}
