package importer_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/mail"
	"github.com/howdah/howdah/internal/patchform"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// work is a repository in which a test makes commits.
type work struct {
	t    *testing.T
	dir  string
	rand *rand.Rand
	base string
}

// at returns the tree of a commit.
func (w *work) at(commit string) *tree.Tree {
	w.t.Helper()
	repo, err := git.Open(filepath.Join(w.dir, ".git"))
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = repo.Close() })
	base, err := repo.At(w.t.Context(), tree.ID(commit))
	if err != nil {
		w.t.Fatal(err)
	}
	return base
}

func (w *work) git(args ...string) string {
	w.t.Helper()
	cmd := exec.CommandContext(w.t.Context(), "git", args...)
	cmd.Dir = w.dir
	cmd.Env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + w.dir, "GIT_CONFIG_GLOBAL=/dev/null",
		"GIT_CONFIG_SYSTEM=/dev/null", "GIT_AUTHOR_NAME=Zoë A. Å", "GIT_AUTHOR_EMAIL=zoe@localhost",
		"GIT_COMMITTER_NAME=c", "GIT_COMMITTER_EMAIL=c@localhost", "GIT_CEILING_DIRECTORIES=" + filepath.Dir(w.dir)}
	out, err := cmd.Output()
	if err != nil {
		w.t.Fatalf("git %v: %v", args, err)
	}
	return string(out)
}

func (w *work) write(name, text string) {
	w.t.Helper()
	file := filepath.Join(w.dir, name)
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		w.t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *work) read(file string) []byte {
	w.t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		w.t.Fatal(err)
	}
	return data
}

func (w *work) commit(date, message string) {
	w.git("add", "-A")
	w.git("commit", "-q", "--date="+date, "-m", message)
}

// newWork makes upstream's commit: files whose paths can be read in only one way, at each level.
func newWork(t *testing.T, seed uint64) *work {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	w := &work{t: t, dir: t.TempDir(), rand: rand.New(rand.NewPCG(seed, 7))}
	w.git("init", "-q", "-b", "main")
	for _, name := range []string{"app/models/status.rb", "app/models/poll.rb", "lib/limit.rake", "config/themes.yml"} {
		var b strings.Builder
		for i := range 30 {
			switch w.rand.IntN(6) {
			case 0:
				b.WriteString("\n")
			case 1:
				b.WriteString("  end\n")
			default:
				fmt.Fprintf(&b, "%s%s is %d = ü\n", strings.Repeat("  ", w.rand.IntN(3)), filepath.Base(name), i)
			}
		}
		w.write(name, b.String())
	}
	w.commit("2026-01-01T10:00:00+0100", "Begin")
	w.base = strings.TrimSpace(w.git("rev-parse", "HEAD"))
	return w
}

// change alters some files at random; at least one of them is upstream's.
func (w *work) change(n int) {
	names := strings.Fields(w.git("ls-files", "app", "config"))
	for range 1 + w.rand.IntN(3) {
		name := names[w.rand.IntN(len(names))]
		data, err := os.ReadFile(filepath.Join(w.dir, name))
		if err != nil {
			w.t.Fatal(err)
		}
		lines := strings.SplitAfter(string(data), "\n")
		at := w.rand.IntN(len(lines) - 1)
		switch w.rand.IntN(4) {
		case 0:
			lines[at] = ""
		case 1:
			lines[at] += fmt.Sprintf("\tadded %d\n\n", n)
		default:
			lines[at] = fmt.Sprintf("changed = %d -- == Ü\n", w.rand.IntN(1000))
		}
		w.write(name, strings.Join(lines, ""))
	}
	w.write(fmt.Sprintf("app/ours/new%d.rb", n), fmt.Sprintf("new %d\n\n-- \nFrom us\n", n))
}

// made returns upstream's tree with the imported changes applied.
func made(t *testing.T, base *tree.Tree, changes []*series.Change) string {
	t.Helper()
	r, err := apply.Apply(t.Context(), &series.Series{Changes: changes}, apply.Inputs{Base: base})
	if err != nil {
		t.Fatal(err)
	}
	for _, o := range r.Outcomes {
		if !o.Verdict.Applies() {
			t.Errorf("%s: %s: %s %v", o.Change.Name, o.Verdict, o.Message, o.Change.Refused)
		}
	}
	return string(r.Tree.Root())
}

// agree imports a file, and reads it as a folder of changes, and compares both trees with git's.
func agree(t *testing.T, base *tree.Tree, file, data, want string) {
	t.Helper()
	in, err := importer.Source{Upstream: patchform.Of(base)}.Mailbox(t.Context(), file, []byte(data))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range in.Left {
		if !l.Choice {
			t.Errorf("left out %s: %v", l.Name, l.Why)
		}
	}
	if got := made(t, base, in.Changes); got != want {
		t.Errorf("imported it makes %s, by git %s; notes: %q\n%s", got, want, in.Notes, data)
	}
	s, err := series.Load([]series.Folder{{Name: "patches", FS: fstest.MapFS{file: {Data: []byte(data)}}}})
	if err != nil {
		t.Fatal(err)
	}
	if s, err = s.InGitForm(t.Context(), base); err != nil {
		t.Fatal(err)
	}
	if got := made(t, base, s.Changes); got != want {
		t.Errorf("as a folder it makes %s, by git %s\n%s", got, want, data)
	}
}

// TestFormsAgainstGit makes commits, writes each in every form in which people have patches, and compares the
// imported tree with the tree that git am or git apply makes of git's own form. HOWDAH_TEST_CASES multiplies the
// number of commits, which is a third with -short.
func TestFormsAgainstGit(t *testing.T) {
	seeds := uint64(6)
	if testing.Short() {
		seeds = 2
	}
	if times, err := strconv.ParseUint(os.Getenv("HOWDAH_TEST_CASES"), 10, 16); err == nil && times > 0 {
		seeds *= times
	}
	for seed := range seeds {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			w := newWork(t, seed)
			w.change(1)
			w.commit("2026-01-02T10:00:00+0100", "Raise the limit [of all]\n\nMembers asked for it:\n\n"+
				"  ünïcode – and more\nFrom here on.\n\nSigned-off-by: Zoë <z@localhost>")
			one := strings.TrimSpace(w.git("rev-parse", "HEAD"))
			w.change(2)
			w.git("mv", "app/ours/new1.rb", "lib/moved.rb")
			w.commit("2026-01-03T10:00:00+0100", strings.Repeat("A long subject with ümlauts ", 5))
			base := w.at(w.base)
			first := strings.TrimSpace(w.git("rev-parse", one+"^{tree}"))
			both := strings.TrimSpace(w.git("rev-parse", "HEAD^{tree}"))
			w.git("checkout", "-q", "--detach", w.base)
			for name, data := range w.diffs(one) {
				t.Run(name, func(t *testing.T) { agree(t, base, name, data, first) })
			}
			for name, data := range w.exports(one) {
				t.Run(name, func(t *testing.T) { agree(t, base, name, data, first) })
			}
			for name, data := range w.mails("main") {
				t.Run(name, func(t *testing.T) { agree(t, base, name, data, both) })
			}
			w.byGit(one, first, both)
		})
	}
}

// byGit checks the expected trees: git apply and git am have to make the same ones.
func (w *work) byGit(one, first, both string) {
	w.t.Helper()
	patch := filepath.Join(w.t.TempDir(), "patch")
	for name, data := range w.exports(one) { // git am reads the exports of Mercurial and StGit
		if err := os.WriteFile(patch, []byte(data), 0o644); err != nil {
			w.t.Fatal(err)
		}
		w.git("am", "-q", patch)
		if got := strings.TrimSpace(w.git("rev-parse", "HEAD^{tree}")); got != first {
			w.t.Errorf("%s: git am makes %s, want %s", name, got, first)
		}
		want := mail.Head{Author: strings.TrimSpace(w.git("log", "-1", "--format=%an <%ae>")), Message: "Members asked.",
			Date:    strings.TrimSpace(w.git("log", "-1", "--format=%aD")),
			Subject: strings.TrimSpace(w.git("log", "-1", "--format=%s"))}
		all, err := mail.Split([]byte(data))
		if err != nil || len(all) != 1 {
			w.t.Fatalf("%s: %d mails, %v", name, len(all), err)
		}
		got := mail.ReadHead(all[0].Data)
		at, err := time.Parse(time.RFC1123Z, got.Date)
		if err != nil {
			w.t.Fatal(err)
		}
		if got.Date = at.Format("Mon, 2 Jan 2006 15:04:05 -0700"); got != want {
			w.t.Errorf("%s: got %+v, by git am %+v", name, got, want)
		}
		w.git("reset", "-q", "--hard", w.base)
	}
	if err := os.WriteFile(patch, []byte(w.git("diff", "--binary", w.base, one)), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.git("apply", "--index", patch)
	if got := strings.TrimSpace(w.git("write-tree")); got != first {
		w.t.Errorf("git apply makes %s, want %s", got, first)
	}
	w.git("reset", "-q", "--hard", w.base)
	if err := os.WriteFile(patch, []byte(w.git("format-patch", "--stdout", w.base+"..main")), 0o644); err != nil {
		w.t.Fatal(err)
	}
	w.git("am", "-q", patch)
	if got := strings.TrimSpace(w.git("rev-parse", "HEAD^{tree}")); got != both {
		w.t.Errorf("git am makes %s, want %s", got, both)
	}
}
