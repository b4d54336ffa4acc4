package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/howdah/howdah/internal/golden"
)

// quoted is `quoted CODE PAGE COMMAND…`: the command ends with that code, and docs/PAGE quotes all that it prints, in a
// block that begins with the command behind a dollar sign. Times and ids may be others.
func quoted(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 3 {
		ts.Fatalf("usage: quoted CODE PAGE COMMAND…")
	}
	command := strings.Join(args[2:], " ")
	name := filepath.Join(ts.Getenv("ROOT"), "docs", args[1])
	page, err := os.ReadFile(name)
	ts.Check(err)
	want, ok := quotedBlock(string(page), "$ "+command+"\n")
	if !ok {
		ts.Fatalf("docs/%s has no block that begins with %q", args[1], "$ "+command)
	}
	exits(ts, false, []string{args[0], "sh", "-c", "unset HOWDAH_CONFIG; " + command + " 2>&1"})
	if got := unstable(ts.ReadFile("stdout")); got != unstable(want) {
		if golden.Updating() {
			ts.Check(os.WriteFile(name, []byte(requoted(string(page), "$ "+command+"\n", ts.ReadFile("stdout"))), 0o644))
			return
		}
		ts.Fatalf("docs/%s quotes\n%s\nand this is printed:\n%s", args[1], want, ts.ReadFile("stdout"))
	}
}

// excerpt is `excerpt PAGE FIRST FILE`: the block of the page that begins with a line is written into a file.
func excerpt(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: excerpt PAGE FIRST FILE")
	}
	page, err := os.ReadFile(filepath.Join(ts.Getenv("ROOT"), "docs", args[0]))
	ts.Check(err)
	text, ok := quotedBlock(string(page), args[1]+"\n")
	if !ok {
		ts.Fatalf("docs/%s has no block that begins with %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[2]), []byte(args[1]+"\n"+text), 0o644))
}

// requoted is a page with another text behind a line that begins a block.
func requoted(page, first, text string) string {
	old, _ := quotedBlock(page, first)
	if old == "\n" { // the line stands alone
		old = ""
	}
	before, behind, _ := strings.Cut(page, "    "+first+indent(old))
	return before + "    " + first + indent(strings.TrimRight(text, "\n")+"\n") + behind
}

// indent is a text as a block of a page has it.
func indent(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, " \t\n"); line != "" {
			line = "    " + line
		}
		b.WriteString(line + "\n")
	}
	return b.String()
}

// quotedBlock is what follows a line in a block of a page that is indented by four blanks.
func quotedBlock(page, first string) (string, bool) {
	_, rest, ok := strings.Cut(page, "\n    "+first)
	var b strings.Builder
	for line := range strings.Lines(rest) {
		text, inside := strings.CutPrefix(line, "    ")
		if !inside && strings.TrimSpace(line) != "" {
			break
		}
		b.WriteString(text)
	}
	return strings.TrimRight(b.String(), "\n") + "\n", ok
}

var (
	took = regexp.MustCompile(`\(([0-9]+ min )?[0-9.]+ m?s\)`)
	ids  = regexp.MustCompile(`\b[0-9a-f]{9}(?:[0-9a-f]{31})?\b`)
	ends = regexp.MustCompile(`(?m)[ \t]+$`)
)

// unstable is a text without what another day, another machine or another repository changes: times, what a stage says
// while it lasts, ids, blanks at the end of a line.
func unstable(text string) string {
	text = ids.ReplaceAllString(took.ReplaceAllString(text, "(TIME)"), "ID")
	lines := strings.SplitAfter(ends.ReplaceAllString(text, ""), "\n")
	stage := func(line string) string {
		name, _, _ := strings.Cut(strings.TrimSuffix(strings.TrimSpace(line), " (TIME)"), ":")
		return name
	}
	var b strings.Builder
	for i, line := range lines {
		lasts := strings.HasSuffix(line, "(TIME)\n")
		if lasts && i+1 < len(lines) && strings.HasSuffix(lines[i+1], "(TIME)\n") && stage(line) == stage(lines[i+1]) {
			continue
		}
		b.WriteString(line)
	}
	return b.String()
}

// TestQuotedBlock: a block ends with the first line that is not indented, and keeps the lines that are blank within it.
func TestQuotedBlock(t *testing.T) {
	const page = "Text\n\n    $ howdah x\n    one (0.4 s)\n\n        two 0123456789\n    three 012345678  \n\n" +
		"More\n    four\n"
	got, ok := quotedBlock(page, "$ howdah x\n")
	if want := "one (TIME)\n\n    two 0123456789\nthree ID\n"; !ok || unstable(got) != want {
		t.Errorf("%q, want %q", unstable(got), want)
	}
	slow := "reading (5.0 s)\nreading: half of it (10 s)\nreading: all (1 min 12 s)\napplying: all (0.1 s)\n"
	if got := unstable(slow); got != "reading: all (TIME)\napplying: all (TIME)\n" {
		t.Errorf("%q", got)
	}
	for _, old := range []string{got, ""} {
		page := "Text\n\n    $ howdah x\n" + indent(old) + "\nMore\n    four\n"
		if got, want := requoted(page, "$ howdah x\n", "new\n\n  line \n\n"),
			"Text\n\n    $ howdah x\n    new\n\n      line\n\nMore\n    four\n"; got != want {
			t.Errorf("%q became %q, want %q", page, got, want)
		}
	}
	if _, ok := quotedBlock(page, "$ howdah y\n"); ok {
		t.Error("a block that is not there was found")
	}
}
