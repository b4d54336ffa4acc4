package target

import (
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

func ptr(s string) *string { return &s }

func TestParse(t *testing.T) {
	o, err := Release.Parse(nil, []Given{
		{"ref", ptr("main")}, {"ref", ptr(" v4.5.* ")}, {"date", ptr("2026-02-28")}, {"without", ptr("a, b")},
		{"accept", ptr("older,line")},
		{"reason", ptr("it must")}, {"dry", nil}, {"strict", ptr("false")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if o.Ref != "v4.5.*" || !o.Date.Equal(time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC)) ||
		strings.Join(o.Without, "|") != "a|b" ||
		strings.Join(o.Accept, "|") != "older|line" || o.Reason != "it must" || !o.Dry || o.Strict {
		t.Errorf("parsed %+v", o)
	}
	edit, err := PatchEdit.Parse([]string{"limit", "a.rb", "-MAX = 500", "- x"}, nil)
	if err != nil || edit.Find != "-MAX = 500" || edit.Replace != "- x" || edit.Count != 1 {
		t.Errorf("a text that begins with a dash: %+v, %v", edit, err)
	}
}

// TestLongestFlag takes a flag of 4,096 bytes; TestMistakes has one that is a byte longer.
func TestLongestFlag(t *testing.T) {
	o, err := PatchCheck.Parse(nil, []Given{{"without", ptr(strings.Repeat("x", 4096))}})
	if err != nil || len(o.Without) != 1 {
		t.Errorf("%d names, %v", len(o.Without), err)
	}
}

func TestMistakes(t *testing.T) {
	for _, tc := range []struct {
		target Target
		args   []string
		given  []Given
		says   string
		hint   string
	}{
		{PatchCheck, nil, []Given{{"ref", ptr("")}}, "-ref= is empty", "leave the option out"},
		{PatchCheck, nil, []Given{{"ref", nil}}, "-ref needs a value", "write -ref=REF"},
		{PatchCheck, nil, []Given{{"without", ptr(strings.Repeat("x", 4097))}},
			"-without= has 4097 bytes, at most 4096 are allowed", ""},
		{PatchCheck, nil, []Given{{"offlin", nil}}, `unknown option of patch:check: "-offlin"`, `"-offline"`},
		{PatchCheck, nil, []Given{{"date", ptr("02-30")}}, "-date=02-30 is not a date (YYYY-MM-DD)", "-date=2026-06-01"},
		{PatchCheck, nil, []Given{{"date", ptr("2026-02-30")}}, "is not a date", ""},
		{PatchCheck, nil, []Given{{"date", ptr("0001-01-01")}}, "-date=0001-01-01 is before the year 2016",
			"-date=2026-06-01"},
		{PatchCheck, nil, []Given{{"date", ptr("2015-12-31")}}, "is before the year 2016", ""},
		{Release, nil, []Given{{"ref", ptr("a..b")}}, `-ref=: the ref "a..b" holds`, "a branch such as main"},
		{PatchCheck, nil, []Given{{"ref", ptr("-x")}}, "begins with a dash", "a branch such as main"},
		{UpstreamStatus, nil, []Given{{"ref", ptr("x.lock")}}, "ends in .lock", ""},
		{PatchPin, []string{"a"}, []Given{{"commit", ptr("main")}}, `"main" is not the 40 hex digits`, "address"},
		{PatchPin, []string{"a"}, []Given{{"commit", ptr("0123456")}}, `"0123456" is not the 40 hex digits`, ""},
		{PatchPin, []string{"a"}, []Given{{"commit", ptr(strings.Repeat("A", 40))}}, "is not the 40 hex digits", ""},
		{PublishRollback, nil, []Given{{"to", ptr("latest")}}, `-to="latest" is not a release's tag`, "publish:status"},
		{PublishCompose, nil, []Given{{"to", ptr("current")}}, `-to="current" is not a release's tag`, "publish:status"},
		{ImageVerify, nil, []Given{{"of", ptr("edge")}, {"rebuild", nil}}, `-of="edge" is not a release's tag`, ""},
		{PublishPromote, []string{"x"}, []Given{{"to", ptr("edge,hold")}}, `the tag "hold" is reserved`, "such as edge"},
		{PublishPromote, []string{"x"}, []Given{{"to", ptr("build-x")}}, `the tag "build-x" is reserved`, ""},
		{PatchCheck, nil, []Given{{"without", ptr("a,,b")}}, "has an empty item", "separate list items with commas"},
		{PatchCheck, nil, []Given{{"without", ptr(",")}}, "has an empty item", ""},
		{PatchCheck, nil, []Given{{"strict", ptr("maybe")}}, "-strict=maybe is not true or false", ""},
		{PatchCheck, []string{"x"}, nil, `patch:check takes 0 arguments, found 1: "x"`, "for one change: patch:show x"},
		{PatchDiff, []string{"x"}, nil, `patch:diff takes 0 arguments, found 1: "x"`, "for one change: patch:diff -change=x"},
		{PatchRefresh, []string{"x"}, nil, `patch:refresh takes 0 arguments, found 1: "x"`, "patch:refresh -change=x"},
		{PublishStatus, []string{"x"}, nil, `publish:status takes 0 arguments, found 1: "x"`, "usage: publish:status"},
		{PatchHistory, nil, []Given{{"months", ptr("0")}}, "-months must be at least 1, found 0", ""},
		{PatchHistory, nil, []Given{{"months", ptr("x")}}, "-months=x is not a number", ""},
		{PatchEdit, []string{"a", "b", "c", "d"}, []Given{{"count", ptr("0")}}, "-count must be at least 1, found 0", ""},
		{PatchEdit, []string{"a", "b"}, nil, "patch:edit needs FIND", "usage: patch:edit NAME FILE FIND REPLACE"},
		{PatchExport, []string{"qilt"}, nil, `unknown form "qilt"`, "use: patch:export quilt|mailbox|branch"},
		{PatchExport, []string{"-form=quilt"}, nil, "patch:export takes FORM without a flag, found -form=quilt",
			"write: patch:export quilt"},
		{PatchExport, []string{"--form=quilt", "-dir=x"}, nil, "patch:export takes FORM without a flag, found -form=quilt",
			""},
		{PatchShow, []string{"-name=a"}, nil, "patch:show takes NAME without a flag, found -name=a", "write: patch:show a"},
		{PatchCheckout, []string{"-folder=x"}, nil, "patch:checkout takes FOLDER without a flag, found -folder=x",
			"write: patch:checkout x"},
		{PatchEdit, []string{"-name=a", "b", "c", "d"}, nil, "patch:edit takes NAME without a flag",
			"usage: patch:edit NAME FILE"},
		{PublishPromote, []string{"-tag=x"}, nil, "publish:promote takes TAG without a flag, found -tag=x",
			"write: publish:promote x"},
		{PatchExport, []string{"quilt"}, []Given{{"form", ptr("quilt")}}, "patch:export takes FORM without a flag",
			"usage: patch:export FORM"},
		{PatchExport, []string{"-dir=x"}, nil, "patch:export needs FORM before -dir=x", ""},
		{PublishPromote, []string{"-to=latest"}, nil, "publish:promote needs TAG before -to=latest", ""},
		{PublishPromote, []string{"--to=latest"}, nil, "publish:promote needs TAG before --to=latest", ""},
		{PublishPrune, nil, []Given{{"older", ptr("-1h")}}, "-older must be at least 1h, found -1h0m0s", "-older=336h"},
		{PublishPrune, nil, []Given{{"older", ptr("2w")}}, "-older=2w is not a duration", "-older=336h"},
		{PublishPrune, nil, []Given{{"keep", ptr("0")}}, "-keep must be at least 1", ""},
		{PublishHold, nil, nil, "a hold needs -reason=TEXT", ""},
		{Release, nil, []Given{{"accept", ptr("foo")}, {"reason", ptr("x")}}, `unknown value of -accept: "foo"`, ""},
		{Release, nil, []Given{{"accept", ptr("line")}}, "-accept= needs -reason=TEXT", "record"},
		{CINotice, []string{"nothing", "success"}, nil, `unknown of "nothing"`, "use: ci:notice patch-check|release"},
	} {
		_, err := tc.target.Parse(tc.args, tc.given)
		if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), tc.says) ||
			!strings.Contains(fault.HintOf(err).String(), tc.hint) {
			t.Errorf("%s %v: code %d, %v, hint %q; want %q, hint %q", tc.target.Name, tc.args, fault.CodeOf(err), err,
				fault.HintOf(err), tc.says, tc.hint)
		}
	}
}

func TestFind(t *testing.T) {
	if _, err := Find("patch:chek"); fault.CodeOf(err) != fault.Usage || fault.HintOf(err).
		String() != `did you mean "patch:check"?` {
		t.Errorf("%v (%s)", err, fault.HintOf(err))
	}
	long := strings.Repeat("x", 100_000)
	if _, err := Find(long); err == nil || len(err.Error()) > 200 {
		t.Errorf("a long name is shown whole: %d bytes", len(err.Error()))
	}
	if found, err := Find("release"); err != nil || found.Name != "release" {
		t.Errorf("%v, %v", found, err)
	}
}

// TestTargets holds what every target must have, so that mage, the binary and docs can be made from it.
func TestTargets(t *testing.T) {
	seen := map[string]bool{}
	for _, x := range All() {
		if seen[x.Name] {
			t.Errorf("%s is listed twice", x.Name)
		}
		seen[x.Name] = true
		if x.Doc == "" || strings.HasSuffix(x.Doc, ".") || x.Doc[0] < 'a' || x.Doc[0] > 'z' {
			t.Errorf("%s: doc %q is not a sentence without its capital and period", x.Name, x.Doc)
		}
		if x.Needs.Lock && !x.Needs.Distribution {
			t.Errorf("%s needs the lock of a distribution and no distribution", x.Name)
		}
		names := map[string]bool{}
		var given []Given
		for _, o := range x.Options {
			if names[o.Name] {
				t.Errorf("%s has -%s twice", x.Name, o.Name)
			}
			names[o.Name] = true
			if _, isSwitch := o.into(&Options{}).(*bool); isSwitch != o.Switch() {
				t.Errorf("%s: -%s has value %q, and a field that does not fit", x.Name, o.Name, o.Value)
			}
			given = append(given, Given{Name: o.Name, Value: ptr("\n")})
			if _, err := x.Parse(make([]string, len(x.Args)), given[len(given)-1:]); fault.CodeOf(err) != fault.Usage {
				t.Errorf("%s takes an empty -%s", x.Name, o.Name)
			}
		}
	}
}

// TestBlankArguments leaves each positional argument of every target blank, as a variable that is not set does: it is
// refused, by its name, with how the target is typed. Only the text in the place of another may be empty.
func TestBlankArguments(t *testing.T) {
	seen := 0
	for _, x := range All() {
		for i, a := range x.Args {
			for _, blank := range []string{"", " ", "\t", "\n", "\u00a0"} {
				args := make([]string, len(x.Args))
				for j, one := range x.Args {
					args[j] = "x"
					if one.only != nil {
						args[j] = one.only[0]
					}
				}
				args[i] = blank
				_, err := x.Parse(args, nil)
				if a.text && blank != "" || a.Name == "REPLACE" {
					if err != nil {
						t.Errorf("%s refuses the text %q for %s: %v", x.Name, blank, a.Name, err)
					}
					continue
				}
				seen++
				usage := "usage: " + x.Name + " " + x.Args[0].Name
				if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), x.Name+" needs "+a.Name) ||
					!strings.Contains(fault.HintOf(err).String(), usage) {
					t.Errorf("%s takes %q for %s: %v (%s)", x.Name, blank, a.Name, err, fault.HintOf(err))
				}
			}
		}
	}
	if seen < 50 {
		t.Errorf("only %d blank arguments were tried", seen)
	}
}

// TestHintsNameTheProgram renders the hints of mistakes as a person would paste them.
func TestHintsNameTheProgram(t *testing.T) {
	caller := Caller{Program: "./howdah", Words: true, Config: "mine/howdah.toml"}
	for _, tc := range []struct {
		target Target
		args   []string
		hint   string
	}{
		{PatchEdit, []string{"a"}, "usage: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch edit NAME FILE FIND REPLACE [-"},
		{PatchEdit, []string{"a", "", "b", "c"}, "usage: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch edit NAME FILE"},
		{PatchExport, []string{"-form=quilt"}, "write: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch export quilt"},
		{PatchShow, []string{"-name=a b"}, "write: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch show 'a b'"},
		{PatchExport, []string{"qilt"}, "use: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch export quilt|mailbox|branch"},
		{PatchCheck, []string{"a"}, "for one change: HOWDAH_CONFIG=mine/howdah.toml ./howdah patch show a"},
	} {
		_, err := tc.target.Parse(tc.args, nil)
		if hint := caller.Hint(fault.HintOf(err)); !strings.HasPrefix(hint, tc.hint) {
			t.Errorf("%s %q: hint %q, want %q", tc.target.Name, tc.args, hint, tc.hint)
		}
	}
}

// TestFlagsAreNotArguments types flags where each target wants its positional arguments: its own options, and any other
// word that begins with a dash where the argument is no text.
func TestFlagsAreNotArguments(t *testing.T) {
	for _, x := range All() {
		for i, a := range x.Args {
			flags := []string{"-nonsense", "--nonsense=1", "-", "-" + strings.ToLower(a.Name) + "=x"}
			if a.text {
				flags = flags[3:]
			}
			for _, o := range x.Options {
				flags = append(flags, "-"+o.Name, "--"+o.Name, "-"+o.Name+"=x")
			}
			for _, flag := range flags {
				args := make([]string, len(x.Args))
				for j, before := range x.Args {
					args[j] = "x"
					if before.only != nil {
						args[j] = before.only[0]
					}
				}
				args[i] = flag
				_, err := x.Parse(args, nil)
				if fault.CodeOf(err) != fault.Usage || fault.HintOf(err).IsZero() {
					t.Errorf("%s takes %s for %s: %v", x.Name, flag, a.Name, err)
				}
			}
		}
	}
}
