package export_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/export"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// TestAuthorsSurvive takes in commits as mails and as the output of git log, exports them, and gives that to git am:
// the authors, dates, subjects and messages are those that git am makes of git's own mails.
func TestAuthorsSurvive(t *testing.T) {
	bare, _, _ := exported(t)
	work := filepath.Join(t.TempDir(), "work")
	Run(t, t.TempDir(), "git", "clone", "-q", bare, work)
	Run(t, work, "git", "config", "user.name", "c")
	Run(t, work, "git", "config", "user.email", "c@localhost")
	base := Run(t, work, "git", "rev-parse", "HEAD")
	for n, c := range []struct{ author, date, message string }{
		{"Zoë Ünal <zoe@localhost>", "2024-02-29T10:11:12+0330", "Raise the limit – it's 50 % more\n\nMembers asked:\n\n" +
			"  * one\n  * two, ünïcode\n\nFixes: a thing\nSigned-off-by: Zoë Ünal <zoe@localhost>"},
		{"\"A. B., Jr.\" <ab@localhost>", "2025-12-31T23:59:59-0800", strings.Repeat("A very long subject of words ", 6)},
		{"c <c@localhost>", "2026-01-01T00:00:00+0000", "fix: a = b -- c\n\nFrom the first day on."},
	} {
		file := filepath.Join(work, "a/list")
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, append([]byte(strings.Repeat("new\n", n+1)), data...), 0o644); err != nil {
			t.Fatal(err)
		}
		Run(t, work, "git", "commit", "-qam", c.message, "--author="+c.author, "--date="+c.date)
	}
	const shown = "--format=%an|%ae|%aI|%s|%b|%T"
	log := func() string { return Run(t, work, "git", "log", shown, base+"..HEAD") }
	am := func(data []byte) {
		file := filepath.Join(t.TempDir(), "box")
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
		Run(t, work, "git", "checkout", "-q", "--detach", base)
		Run(t, work, "git", "am", "-q", file)
	}
	box := Run(t, work, "git", "format-patch", "--stdout", base) + "\n"
	forms := map[string]string{
		"mails":    box,
		"in body":  Run(t, work, "git", "format-patch", "--stdout", "--from=Somebody Else <else@localhost>", base) + "\n",
		"log":      Run(t, work, "git", "log", "-p", base+"..HEAD") + "\n",
		"raw log":  Run(t, work, "git", "log", "-p", "--format=raw", "--reverse", base+"..HEAD") + "\n",
		"iso log":  Run(t, work, "git", "log", "-p", "--format=fuller", "--date=iso-strict", base+"..HEAD") + "\n",
		"mbox, CR": strings.ReplaceAll(box, "\n", "\r\n"),
	}
	am([]byte(box))
	want := log()
	repo, err := git.Open(bare)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = repo.Close() })
	at, err := repo.At(t.Context(), tree.ID(base))
	if err != nil {
		t.Fatal(err)
	}
	by := export.Author{Name: "Nobody", Email: "nobody@localhost", Date: time.Date(2026, 4, 30, 0, 0, 0, 0, time.UTC)}
	for name, data := range forms {
		t.Run(name, func(t *testing.T) {
			in, err := importer.Source{Upstream: patchform.Of(at)}.Mailbox(t.Context(), "box", []byte(data))
			if err != nil || len(in.Left) > 0 {
				t.Fatal(err, in.Left)
			}
			r, err := apply.Apply(t.Context(), &series.Series{Changes: in.Changes}, apply.Inputs{Base: at})
			if err != nil {
				t.Fatal(err)
			}
			out, err := export.Mailbox(t.Context(), r, by)
			if err != nil {
				t.Fatal(err)
			}
			if am(out); log() != want {
				t.Errorf("as a mailbox:\n%s\nwant:\n%s", log(), want)
			}
			files, err := export.Quilt(t.Context(), r)
			if err != nil {
				t.Fatal(err)
			}
			folder := fstest.MapFS{}
			for name, data := range files {
				folder[name] = &fstest.MapFile{Data: data}
			}
			back, err := importer.Source{}.Folder(t.Context(), series.Folder{Name: "quilt", FS: folder})
			if err != nil || len(back.Left) > 0 {
				t.Fatal(err, back.Left)
			}
			if r, err = apply.Apply(t.Context(), &series.Series{Changes: back.Changes}, apply.Inputs{Base: at}); err != nil {
				t.Fatal(err)
			}
			if out, err = export.Mailbox(t.Context(), r, by); err != nil {
				t.Fatal(err)
			}
			if am(out); log() != want {
				t.Errorf("as a quilt series and back:\n%s\nwant:\n%s", log(), want)
			}
		})
	}
}
