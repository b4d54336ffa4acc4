// Package worktree opens the patched tree as a git work tree (patch:new) and takes what was committed there back into
// the series (patch:save). A series and its verdicts go in; a work tree comes out, and later the changes that are
// written into the series.
package worktree

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// work is a work tree of patch:new, with what patch:new recorded when it opened it. It is only read.
type work struct {
	repo    *git.Repo
	dir     string
	pin     tree.ID          // upstream's commit below its changes
	date    string           // the day on which it was opened
	change  string           // the change that did not apply, which it was opened to resolve; or ""
	without string           // the changes that it was opened without, separated by commas
	opened  map[tree.ID]bool // the commits that it was opened with
	names   []string         // the changes of these commits
	commits []commit         // on top of the pin, oldest first; one for each change
}

// commit is a commit of a work tree: its message, and the trees before and after it.
type commit struct {
	id, parent          tree.ID
	name, subject, body string
	before, after       *tree.Tree
}

// unfinished are the files that git has while an operation is not finished.
var unfinished = map[string]string{
	"rebase-merge": "a rebase", "rebase-apply": "a rebase", "MERGE_HEAD": "a merge", "CHERRY_PICK_HEAD": "a cherry-pick",
	"REVERT_HEAD": "a revert",
}

// openWork opens a work tree for saving: everything must be committed, on top of the pin.
func openWork(ctx context.Context, s *session.Session, dir string) (*work, error) {
	none := fault.New(fault.Usage, "%s is not a work tree of %s", dir, s.Caller.Name(target.PatchNew.Name)).
		WithHint("open one: %s", target.PatchNew.Command())
	if err := git.PlainFiles(s.Path(dir)); err != nil {
		return nil, fault.New(fault.Usage, "%w", err)
	}
	repo, err := git.Open(s.Path(dir))
	if err != nil {
		return nil, none
	}
	set, err := repo.Opened(ctx)
	if err != nil || set["howdah.pin"] == "" {
		_ = repo.Close()
		return nil, none
	}
	w, err := readWork(ctx, work{repo: repo, dir: dir, pin: tree.ID(set["howdah.pin"]), date: set["howdah.date"],
		without: set["howdah.without"], change: set["howdah.change"]}, set["howdah.head"])
	if err != nil {
		_ = repo.Close()
		return nil, err
	}
	return w, nil
}

// options returns the options with which the work tree was opened.
func (w *work) options() (candidate.Options, error) {
	o := candidate.Options{Ref: string(w.pin)}
	if w.without != "" {
		o.Without = strings.Split(w.without, ",")
	}
	if w.date == "" {
		return o, nil
	}
	var err error
	if o.Date, err = time.Parse(time.DateOnly, w.date); err != nil {
		return o, fault.New(fault.Usage, "reading the date on which %s was opened: %w", w.dir, err).
			WithHint("open it again: %s", target.PatchNew.Command())
	}
	return o, nil
}

// readWork returns a work tree with its commits; head is the last one that it was opened with. It is an error if an
// operation of git is unfinished, or something is not committed.
func readWork(ctx context.Context, w work, head string) (*work, error) {
	for name, what := range unfinished {
		if _, err := os.Lstat(filepath.Join(w.repo.Dir(), name)); err == nil {
			return nil, fault.New(fault.Usage, "%s was begun in %s and is not finished", what, w.dir).
				WithHint("finish or abort it there; this says how: git -C %s status", fault.Word(w.dir))
		}
	}
	tip, err := w.repo.Resolve(ctx, "HEAD")
	if err != nil {
		return nil, err
	}
	if err := w.refuseEndless(ctx, tip); err != nil {
		return nil, err
	}
	modified, err := w.repo.Modified(ctx)
	if err != nil {
		return nil, err
	}
	if len(modified) > 0 {
		return nil, fault.New(fault.Usage, "what is not committed in %s cannot be saved: %s (%s)", w.dir,
			plural.Of(len(modified), "file"), plural.Few(modified)).
			WithHint("commit it there (git add, git commit): a commit's subject becomes the change's name")
	}
	if ok, err := w.repo.Ancestor(ctx, w.pin, tip); err != nil {
		return nil, err
	} else if !ok {
		return nil, fault.New(fault.Usage, "the work tree %s is no longer based on upstream's commit %s", w.dir,
			w.pin.Short()).
			WithHint("put the commits back on it (OLD is the commit below yours): git -C %s rebase --onto %s "+
				"OLD", fault.Word(w.dir),
				w.pin)
	}
	if w.opened, w.names, err = w.readOpened(ctx, head); err != nil {
		return nil, err
	}
	w.commits, err = w.readCommits(ctx)
	return &w, err
}

// refuseEndless refuses a work tree whose last commit has more files than git can list.
func (w work) refuseEndless(ctx context.Context, head tree.ID) error {
	base, err := w.repo.At(ctx, w.pin)
	if err != nil {
		return err
	}
	tip, err := w.repo.At(ctx, head)
	if err != nil {
		return err
	}
	if _, err = tree.CompareMost(ctx, base, tip, tree.MaxListed); errors.Is(err, tree.ErrMany) {
		return fault.New(fault.Usage, "the commits in %s cannot be saved: %w", w.dir, err)
	}
	return err
}

// readOpened returns the commits that the work tree was opened with, and their changes; head is the last of them.
func (w work) readOpened(ctx context.Context, head string) (commits map[tree.ID]bool, names []string, err error) {
	out, err := w.repo.Run(ctx, "log", "--reverse", "--first-parent", "--format=%H %s", string(w.pin)+".."+head)
	if err != nil {
		return nil, nil, err
	}
	commits = map[tree.ID]bool{}
	for line := range strings.Lines(string(out)) {
		id, subject, _ := strings.Cut(strings.TrimSpace(line), " ")
		commits[tree.ID(id)] = true
		names = append(names, series.SlugOf(subject))
	}
	return commits, names, nil
}

// maxMessage limits the bytes of a commit's subject, and of the rest of its message.
const maxMessage = 256 << 10

// readCommits returns the commits on top of the pin, oldest first. It joins consecutive commits of one change.
func (w work) readCommits(ctx context.Context) (list []commit, err error) {
	out, err := w.repo.Run(ctx,
		"log", "--reverse", "--first-parent", "--format=%H %P%x00%s%x00%b%x01", string(w.pin)+"..HEAD")
	if err != nil {
		return nil, err
	}
	below := w.pin
	for record := range strings.SplitSeq(string(out), "\x01") {
		parts := strings.SplitN(strings.TrimSpace(record), "\x00", 3)
		if len(parts) != 3 {
			continue
		}
		for i, text := range parts {
			if len(text) > maxMessage {
				parts[i] = strings.ToValidUTF8(text[:maxMessage], "") + " …"
			}
		}
		ids := strings.Fields(parts[0])
		c := commit{id: tree.ID(ids[0]), parent: tree.ID(ids[1]), name: series.SlugOf(parts[1]), subject: parts[1],
			body: parts[2]}
		if c.parent != below {
			return nil, fault.New(fault.Usage, "commit %s in %s does not come directly after %s: there is a merge between them",
				c.id.Short(), w.dir, below.Short()).
				WithHint("replace the merge by its commits: git -C %s rebase %s", fault.Word(w.dir), w.pin)
		}
		below = c.id
		if err := c.checkSubject(w); err != nil {
			return nil, err
		}
		if c.before, err = w.repo.At(ctx, c.parent); err != nil {
			return nil, err
		}
		if c.after, err = w.repo.At(ctx, c.id); err != nil {
			return nil, err
		}
		if n := len(list); n > 0 && list[n-1].name == c.name {
			list[n-1].after, list[n-1].id = c.after, c.id
			continue
		}
		if slices.ContainsFunc(list, func(o commit) bool { return o.name == c.name }) {
			return nil, fault.New(fault.Usage, "two commits in %s have the subject %q, with others between them", w.dir, c.name).
				WithHint("squash them (git -C %s rebase -i %s), or give the later one another subject", fault.Word(w.dir),
					w.pin)
		}
		list = append(list, c)
	}
	return list, nil
}

// checkSubject returns an error for a subject from which no name can be made, and for a fixup commit that is not
// squashed yet.
func (c commit) checkSubject(w work) error {
	for _, mark := range []string{"fixup! ", "squash! ", "amend! "} {
		if strings.HasPrefix(c.subject, mark) {
			return fault.New(fault.Usage, "commit %s, %q, is meant to be squashed into another", c.id.Short(), c.subject).
				WithHint("squash it: git -C %s rebase -i --autosquash %s", fault.Word(w.dir), w.pin)
		}
	}
	if c.name == "" {
		return fault.New(fault.Usage, "the subject of commit %s, %q, has no letter or digit for the change's "+
			"name", c.id.Short(),
			c.subject).
			WithHint("give it another subject: letters from a to z and digits become the name")
	}
	return nil
}

// gone returns the changes that the work tree was opened with and no longer has: without a commit, or with an empty
// one.
func (w *work) gone() []string {
	var out []string
	for _, name := range w.names {
		if !w.has(name) {
			out = append(out, name)
		}
	}
	return out
}

// firstParagraph returns the first paragraph of a body; otherwise, if there is none.
func firstParagraph(body, otherwise string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(body), "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	if first == "" || strings.HasPrefix(first, "sha256:") {
		return otherwise
	}
	return first
}
