package applytest

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/golden"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Tell writes a result as golden files have it.
func Tell(t testing.TB, w *World, r *verdict.Result, err error) string {
	var b strings.Builder
	if err != nil {
		for line := range strings.Lines(err.Error()) {
			fmt.Fprintf(&b, "error: %s\n", strings.TrimRight(line, "\n"))
		}
		if hint := fault.HintOf(err).String(); hint != "" {
			fmt.Fprintf(&b, "hint: %s\n", hint)
		}
		fmt.Fprintf(&b, "exit %d\n", fault.CodeOf(err))
		return b.String()
	}
	for _, o := range r.Outcomes {
		fmt.Fprintf(&b, "%s: %s", o.Change.Name, o.Verdict)
		if o.Would != "" {
			fmt.Fprintf(&b, " (would be %s)", o.Would)
		}
		for _, remark := range o.Remarks {
			fmt.Fprintf(&b, ", %s", remark)
		}
		if o.Offset > 0 {
			fmt.Fprintf(&b, ", %d lines", o.Offset)
		}
		b.WriteString("\n")
		if o.Message != "" {
			fmt.Fprintf(&b, "  %s\n", o.Message)
		}
		if o.Error != nil {
			fmt.Fprintf(&b, "  refused with %d at %s:%d\n", o.Error.Code, o.Error.File, o.Error.Line)
		}
		if !o.Hint.IsZero() {
			fmt.Fprintf(&b, "  hint: %s\n", o.Hint)
		}
		for _, m := range o.Moves {
			fmt.Fprintf(&b, "  moved: %s -> %s\n", m.From, m.To)
		}
		for _, at := range o.At {
			fmt.Fprintf(&b, "  at %s:%d: %s\n", at.File, at.Line, at.Text)
		}
		for _, u := range o.Unmerged {
			fmt.Fprintf(&b, "  unmerged %s:%d base %q upstream %q yours %q\n", u.File, u.Line, u.Base, u.Upstream,
				u.Yours)
		}
		if len(o.Blockers) > 0 {
			fmt.Fprintf(&b, "  blocked by %s, alone %v\n", strings.Join(o.Blockers, ", "), o.Alone)
		}
		if o.By != nil {
			fmt.Fprintf(&b, "  by #%d\n", o.By.Pull)
		}
	}
	fmt.Fprintf(&b, "ok %v, exit %d, strict %d\n", r.OK(), r.Exit(false), r.Exit(true))
	b.WriteString(treeDiff(t, w.In.Base, r.Tree))
	return b.String()
}

// treeDiff is what leads from one tree to another.
func treeDiff(t testing.TB, a, b *tree.Tree) string {
	deltas, err := tree.Compare(t.Context(), a, b)
	if err != nil {
		t.Fatal(err)
	}
	var out []byte
	for _, d := range deltas {
		var sides [2][]byte
		for i, e := range []tree.Entry{d.Old, d.New} {
			if e.ID == "" {
				continue
			}
			if sides[i], err = []*tree.Tree{a, b}[i].Blob(t.Context(), e.ID); err != nil {
				t.Fatal(err)
			}
		}
		f := diff.Texts(d.Path, sides[0], sides[1])
		if f == nil {
			f = &diff.File{OldName: d.Path, NewName: d.Path}
		}
		f.OldMode, f.NewMode = uint32(d.Old.Mode), uint32(d.New.Mode)
		f.New, f.Deleted = d.Old.ID == "", d.New.ID == ""
		if f.New {
			f.OldName, f.OldMode = "", 0
		}
		if f.Deleted {
			f.NewName, f.NewMode = "", 0
		}
		out = append(out, diff.Format([]*diff.File{f})...)
	}
	return string(out)
}

// Golden compares what run gives for each file with its part "want".
func Golden(t *testing.T, pattern string, run func(*testing.T, *txtar.Archive) string) {
	files, err := filepath.Glob(pattern)
	if err != nil || len(files) == 0 {
		t.Fatalf("%s: no golden files: %v", pattern, err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(path.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			golden.Part(t, file, archive, run(t, archive))
		})
	}
}
