package target

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

func TestCheckLine(t *testing.T) {
	for _, good := range []string{
		"", "release", "Patch:Check -offline", "patch:check -ref=main -Strict", "patch:show a patch:show b",
		"patch:edit name file -find -replace -count=2", "patch:check -ref= publish:status", "release -accept=foo",
		"patch:export quilt -dir=out demo",
	} {
		if err := CheckLine(strings.Fields(good)); err != nil {
			t.Errorf("%q: %v", good, err)
		}
	}
	for line, want := range map[string][2]string{
		"patch:chek":                {`unknown target "patch:chek"`, `did you mean "patch:check"?`},
		"relase -dry":               {`unknown target "relase"`, `did you mean "release"?`},
		"version":                   {`unknown target "version"`, ""},
		"patch:check pach:diff":     {`unknown target "pach:diff"`, `did you mean "patch:diff"?`},
		"patch:check -ref main":     {"-ref needs a value", "write -ref=REF"},
		"patch:diff -ref main":      {"-ref needs a value", "write -ref=REF"},
		"patch:check -offlin":       {`unknown option of patch:check: "-offlin"`, `did you mean "-offline"?`},
		"patch:check --ref=main":    {`unknown option of patch:check: "--ref"`, `did you mean "-ref"?`},
		"patch:export":              {"patch:export needs FORM", "usage: patch:export FORM"},
		"patch:export -form=quilt":  {"patch:export takes FORM without a flag", "write: patch:export quilt"},
		"publish:promote -to=edge":  {"publish:promote needs TAG before -to=edge", ""},
		"publish:hold -of":          {`unknown option of publish:hold: "-of"`, `did you mean "-off"?`},
		"release -accept=x -resons": {`unknown option of release: "-resons"`, `did you mean "-reason"?`},
	} {
		err := CheckLine(strings.Fields(line))
		hint := fault.HintOf(err).String()
		if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), want[0]) || !strings.Contains(hint, want[1]) {
			t.Errorf("%q: %v, hint %q, want %q", line, err, hint, want)
		}
	}
}

func TestCheckFlag(t *testing.T) {
	for flag, hint := range map[string]string{
		"-ref=main": "write options after the target: go tool mage release -ref=main",
		"--keep=3":  "go tool mage publish:prune --keep=3",
		"-zzz":      "go tool mage -l lists the targets",
	} {
		err := CheckFlag(flag)
		if got := (Caller{}).Hint(fault.HintOf(err)); fault.CodeOf(err) != fault.Usage || !strings.Contains(got, hint) {
			t.Errorf("%s: %v, hint %q", flag, err, got)
		}
	}
}
