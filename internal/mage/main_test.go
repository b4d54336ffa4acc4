package main

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestMistake(t *testing.T) {
	for _, good := range []string{
		"", "-l", "-h", "-version", "-clean", "-compile out", "-h release", "-h Patch:Check",
		"-v -t 5m patch:check -ref=main", "-l patch:chek",
		"-d elsewhere other:target", "-w elsewhere other:target", "-f release -dry",
	} {
		if err := mistake(strings.Fields(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for line, want := range map[string][2]string{
		"patch:chek":            {`unknown target "patch:chek"`, `did you mean "patch:check"?`},
		"-v relase":             {`unknown target "relase"`, `did you mean "release"?`},
		"-h patch:chek":         {`unknown target "patch:chek"`, `did you mean "patch:check"?`},
		"-ref=main patch:check": {`unknown option "-ref=main" before the first target`, "options stand behind the target"},
		"-versoin":              {`unknown option "-versoin" before the first target`, "go tool mage -l lists the targets"},
		"-t soon release":       {"reading mage's own options", "go tool mage -h"},
	} {
		err := mistake(strings.Fields(line))
		hint := fault.HintOf(err).String()
		if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), want[0]) || !strings.Contains(hint, want[1]) {
			t.Errorf("%q: %v, hint %q, want %q", line, err, hint, want)
		}
	}
}
