package view

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/term"
)

func TestGitHub(t *testing.T) {
	dir := t.TempDir()
	if err := (github.Actions{}).Summary(func(int) []byte { t.Error("asked for"); return nil }); err != nil {
		t.Error(err)
	}
	summary, output := filepath.Join(dir, "summary"), filepath.Join(dir, "output")
	g := github.ActionsOf([]string{"GITHUB_STEP_SUMMARY=" + summary, "GITHUB_OUTPUT=" + output, "GITHUB_ACTIONS=true",
		"GITHUB_WORKSPACE=" + dir}, term.Secrets{})
	if err := g.Outputs(github.Output{Name: "state", Value: "done"},
		github.Output{Name: "digest-a/b", Value: "x\ny<<EOF"}); err != nil {
		t.Fatal(err)
	}
	data, _ := os.ReadFile(output)
	if !regexp.MustCompile(
		`^state<<(howdah_\w{26})\ndone\nhowdah_\w{26}\ndigest-a_b<<(howdah_\w{26})\nx\ny<<EOF\nhowdah_\w{26}\n$`).
		Match(data) {
		t.Errorf("%q", data)
	}
	if err := g.Outputs(github.Output{Name: "long", Value: strings.Repeat("long ", 1<<20)}); err != nil {
		t.Fatal(err)
	}
	if s, err := os.Stat(output); err != nil || s.Size() > 100_000 {
		t.Errorf("an output of %d bytes, %v", s.Size(), err)
	}
	// A series of thousands of changes still gives a summary that GitHub takes, cut at a block.
	big := badMorning()
	for i := range 20_000 {
		ch := big.Changes[i%9]
		ch.Name = fmt.Sprintf("change-%d", i)
		big.Changes = append(big.Changes, ch)
	}
	for range 3 {
		if err := g.Summary(func(n int) []byte { return big.Markdown(mage, n) }); err != nil {
			t.Fatal(err)
		}
	}
	data, _ = os.ReadFile(summary)
	if len(data) > 1<<20 || len(data) < 1<<19 || !bytes.Contains(data, []byte("The rest is in")) ||
		bytes.Count(data, []byte("```"))%2 != 0 {
		t.Errorf("%d bytes", len(data))
	}
	var out, errs strings.Builder
	t.Chdir(dir)
	g.Annotate(term.Plain(&out, &errs, true, term.Secrets{}), []github.Annotation{
		{Level: github.LevelError, File: filepath.Join(dir, "patches/series.toml"), Line: 3, Title: "t",
			Message: "50 %,\nx: y"},
		{Level: github.LevelNotice, File: "/etc/x", Message: "z"},
	})
	want := "::error file=patches/series.toml,line=3,title=t::50 %25,%0Ax: y\n::notice file=/etc/x::z\n"
	if errs.String() != want || out.String() != "" {
		t.Errorf("%q", errs.String())
	}
	errs.Reset()
	github.ActionsOf(nil, term.Secrets{}).Annotate(term.Plain(&out, &errs, false, term.Secrets{}),
		[]github.Annotation{{Level: github.LevelError, Message: "x"}})
	if errs.String() != "" {
		t.Errorf("%q", errs.String())
	}
}
