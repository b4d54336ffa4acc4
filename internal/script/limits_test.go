package script_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/script"
	"github.com/howdah/howdah/internal/sed"
)

// unchanged is a sed.Runner that leaves every file as it is.
type unchanged struct{}

func (unchanged) Run(_ context.Context, c sed.Call) (sed.Result, error) {
	r := sed.Result{}
	for _, f := range c.Files {
		r.Files = append(r.Files, f.Data)
	}
	return r, nil
}

// TestLimits: each limit of a script or a Dockerfile can be reached, and one more is refused; docs/safety.md has the
// numbers.
func TestLimits(t *testing.T) {
	const refused = "the script runs more than 1200 commands"
	padded := func(bytes int) string { return "true\n#" + strings.Repeat("x", bytes-6) }
	commands := func(n int) string { return strings.Repeat("true\n", n) }
	turns := func(n int) string {
		return "for i in" + strings.Repeat(" x", n) + "; do\n  true\ndone\n"
	}
	seds := func(n int) string { // two with each command, since the import runs its first part by itself too
		var b strings.Builder
		for i := range n / 2 {
			fmt.Fprintf(&b, "sed -i -e s/a/%d/ -e s/b/%d/ f\n", i, i)
		}
		return b.String() + strings.Repeat("sed s/a/b/ f > /dev/null\n", n%2)
	}
	written := func(bytes, more int) string { // a file of this size, and more commands beside the one that writes it
		return fmt.Sprintf("printf %%0%dd 1 > new.txt\n%s", bytes, commands(more))
	}
	copied := func(files, more int) string { return "cp -r many copies\n" + commands(more) }
	value := func(bytes int) string {
		return fmt.Sprintf("A=$(printf %%0999999d 1)%s\necho \"$A\" > new.txt\n", strings.Repeat("x", bytes-999_999))
	}
	instructions := func(n int) string { return "FROM x\n" + strings.Repeat("ENV A=1\n", n-1) }
	for _, test := range []struct {
		name, text string
		dockerfile bool
		says       string // about the script
		line       string // about one of its lines
	}{
		{"1 MiB", padded(1 << 20), false, "", ""},
		{"1 MiB and a byte", padded(1<<20 + 1), false, "own: a script has at most 1048576 bytes, this one has 1048577", ""},
		{"1,200 commands", commands(1_200), false, "", ""},
		{"1,201 commands", commands(1_201), false, refused, ""},
		{"1,200 commands by a loop", turns(1_200), false, "", ""},
		{"1,201 commands by a loop", turns(1_201), false, refused, ""},
		{"250 runs of sed", seds(250), false, "", "matches nothing"},
		{"251 runs of sed", seds(251), false, "a script may run sed 250 times on different texts, found more", ""},
		{"250 runs of sed, twice", seds(250) + seds(250), false, "", "matches nothing"},
		{"a file of 512 KiB and what it leaves of commands", written(1<<19, 1_200-1-4), false, "", ""},
		{"a file of 512 KiB and a command more", written(1<<19, 1_200-4), false, refused, ""},
		{"a copy of 100 files and what it leaves of commands", copied(100, 1_200-1-50), false, "", ""},
		{"a copy of 100 files and a command more", copied(100, 1_200-50), false, refused, ""},
		{"a value of 1 MiB", value(1 << 20), false, "", ""},
		{"a value of 1 MiB and a byte", value(1<<20 + 1), false, "", "a value of more than 1048576 bytes"},
		{"an output of 16 MiB", "cat large large > new.txt\n", false, "", ""},
		{"an output of 16 MiB and two bytes", "cat large large f > new.txt\n", false, "", "an output that is too long"},
		{"a file of 16 MiB", "cat large > new.txt\ncat large >> new.txt\n", false, "", ""},
		{"a file of 16 MiB and two bytes", "cat large > new.txt\ncat large f >> new.txt\n", false, "",
			"a file that is too long"},
		{"a width of 999,999", "printf %0999999d 1 > new.txt\n", false, "", ""},
		{"a width of 1,000,000", "printf %01000000d 1 > new.txt\n", false, "", "what printf prints"},
		{"1,000 instructions", instructions(1_000), true, "", ""},
		{"1,001 instructions", instructions(1_001), true,
			"own: a Dockerfile has at most 1000 instructions, this one has 1001", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			files := map[string]string{"f": "a\n"}
			if strings.Contains(test.text, "large") {
				files["large"] = strings.Repeat("x", 8<<20-1) + "\n"
			}
			for i := range 100 {
				files[fmt.Sprintf("many/%d", i)] = "x\n"
			}
			r, err := script.Follow(t.Context(), script.Source{Name: "own", File: "own", Data: []byte(test.text),
				Dockerfile: test.dockerfile}, treeOf(t, files), unchanged{})
			if test.says != "" {
				if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), test.says) {
					t.Errorf("beyond the limit: %v (exit %d), want %q (exit 2)", err, fault.CodeOf(err), test.says)
				}
				return
			}
			if err != nil {
				t.Fatalf("at the limit: %v", err)
			}
			var undecided []string
			for _, l := range r.Imported.Lines {
				if !l.Done && !strings.Contains(l.Said, unproven) {
					undecided = append(undecided, l.Said)
				}
			}
			if said := strings.Join(undecided, "; "); (said == "") != (test.line == "") || !strings.Contains(said, test.line) {
				t.Errorf("undecided: %.300q, want %q", said, test.line)
			}
		})
	}
}
