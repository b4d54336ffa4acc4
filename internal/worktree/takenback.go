package worktree

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/rewrite"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/verdict"
)

// refuseTakenBack refuses commits that resolve a conflict and also undo upstream's work outside of it; with force it
// only warns.
func (s *saving) refuseTakenBack(ctx context.Context, force bool) error {
	for _, c := range s.w.commits {
		o, err := s.o.Outcome(c.name)
		if err != nil || s.w.opened[c.id] {
			continue // a new change, or an unchanged one
		}
		files, err := rewrite.UpstreamsWork(ctx, apply.NewRun(s.o.Series, s.o.Inputs), *o, c.before, c.after)
		if err != nil {
			return err
		}
		if len(files) == 0 {
			continue
		}
		text, err := s.describe(ctx, c.name, files)
		if err != nil {
			return err
		}
		if !force {
			return fault.New(fault.Gate, "%s", text).
				WithHint("put upstream's lines back in %s, then: git -C %s commit -a --amend --no-edit; to save it as it is: %s",
					s.w.dir, fault.Word(s.w.dir), target.PatchSave.Command("-dir="+s.w.dir, "-force"))
		}
		s.s.Term.Warnf("%s", text)
	}
	return nil
}

// maxLostLines is how many lines of a resolution are listed.
const maxLostLines = 20

// describe lists the lines that a resolution undoes, each run of them with upstream's commit.
func (s *saving) describe(ctx context.Context, change string, files []rewrite.TakenBack) (string, error) {
	var lines []candidate.AlteredLine
	for _, f := range files {
		for _, l := range f.Lines {
			lines = append(lines, candidate.AlteredLine{Removed: l.Back,
				Place: verdict.Place{File: f.File, Line: l.Line, Text: strings.TrimRight(string(l.Text), "\r\n")}})
		}
	}
	lines, err := s.o.AuthorsOf(ctx, lines)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "the resolution of %s undoes %s of upstream's work outside the conflict", change,
		plural.Of(len(lines), "line"))
	by := ""
	for i, l := range lines {
		if i == maxLostLines {
			fmt.Fprintf(&b, "\n… %s more", plural.Of(len(lines)-i, "line"))
			break
		}
		if now := aboutCommit(l.By); now != by {
			by = now
			fmt.Fprintf(&b, "\n%s", by)
		}
		what := "is missing"
		if l.Removed {
			what = "is back"
		}
		fmt.Fprintf(&b, "\n  %s:%d %s: %s", l.File, l.Line, what, term.Clip(strings.TrimSpace(l.Text), 100))
	}
	return b.String(), nil
}

// aboutCommit returns "by 1a2b3c4d5 #77 2026-05-01 Alter a line".
func aboutCommit(c *verdict.Commit) string {
	if c == nil {
		return "by an unknown commit or an earlier change"
	}
	words := []string{"by", c.ID.Short()}
	if c.Pull > 0 {
		words = append(words, fmt.Sprintf("#%d", c.Pull))
	}
	return strings.Join(append(words, c.Date.Format(time.DateOnly), term.Subject(c.Subject)), " ")
}
