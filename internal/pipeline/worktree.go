package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/diff"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/tree"
)

// workDir is where patch:new opens the patched tree, unless -dir= names another folder.
func (p *Pipeline) workDir(dir *string) string {
	if dir != nil {
		return text(dir)
	}
	return p.cfg.Result("tree")
}

// New is patch:new: the patched tree as a git work tree, one commit a change. With a change that does not apply, the
// tree is as before it, with both sides of each conflict written into the files.
func (p *Pipeline) New(ctx context.Context, c Choice, dir, change *string) error {
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		stop := (*patch.Outcome)(nil)
		if change != nil {
			if stop, err = o.outcome(text(change)); err != nil {
				return err
			}
		} else if !o.result.OK() {
			return p.refuse(ctx, o)
		}
		if stop != nil && !stop.Verdict.Fails() {
			stop = nil // it applies: nothing to resolve, the whole tree is opened
		}
		head, err := o.chainTo(ctx, p.cfg.Name, stop)
		if err != nil {
			return err
		}
		if _, err := r.mirror.Prefetch(ctx, r.pin.Commit); err != nil {
			return err
		}
		where := p.workDir(dir)
		w, err := r.mirror.Repo.NewWorkTree(ctx, where, "howdah", head)
		if errors.Is(err, fs.ErrExist) {
			return fault.New(fault.Usage, "%s is there already", where).WithHint("save what is in it (%s), or remove it", p.caller.Line("patch:save"))
		}
		if err != nil {
			return err
		}
		defer closeQuietly(w)
		for _, kv := range [][2]string{{"howdah.pin", string(r.pin.Commit)}, {"howdah.head", string(head)}} {
			if _, err := w.Run(ctx, "config", kv[0], kv[1]); err != nil {
				return err
			}
		}
		p.term.Answerf("%s  %s on upstream %s", where, head.Short(), r.pin.Commit.Short())
		if stop == nil {
			p.term.Sayf("edit there, one commit a change (its subject is the change's name), then: %s", p.caller.Line("patch:save", "-dir="+where))
			return nil
		}
		if _, err := w.Run(ctx, "config", "howdah.change", stop.Change.Name); err != nil {
			return err
		}
		return p.writeConflict(where, *stop)
	})
}

// writeConflict writes a conflict's files with both sides and their base.
func (p *Pipeline) writeConflict(dir string, o patch.Outcome) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer closeQuietly(root)
	seen := map[string]bool{}
	for _, u := range o.Unmerged {
		if seen[u.File] {
			continue
		}
		seen[u.File] = true
		if err := root.WriteFile(filepath.FromSlash(u.File), u.Marked(), 0o644); err != nil {
			return err
		}
		p.term.Answerf("  %s", u.File)
	}
	if len(seen) == 0 {
		p.term.Answerf("  %s: %s", o.Verdict, o.Message)
	}
	p.term.Sayf("resolve it there, commit with the subject %q, then: %s", o.Change.Name, p.caller.Line("patch:save", "-dir="+dir))
	return nil
}

// chainTo commits the changes that apply, up to one that does not, into the mirror; nil is all.
func (o *patched) chainTo(ctx context.Context, name string, stop *patch.Outcome) (tree.ID, error) {
	parent := o.pin.Commit
	var objects []tree.Object
	for i := range o.result.Outcomes {
		c := &o.result.Outcomes[i]
		if c == stop {
			break
		}
		if !c.Verdict.Applies() {
			continue
		}
		trees, err := c.After.Objects(ctx)
		if err != nil {
			return "", err
		}
		commit := o.commitOf(name, *c, parent)
		objects, parent = append(append(objects, trees...), commit), commit.ID
	}
	seen := map[tree.ID]bool{}
	once := objects[:0]
	for _, object := range objects {
		if !seen[object.ID] {
			seen[object.ID] = true
			once = append(once, object)
		}
	}
	return parent, o.mirror.Repo.Write(ctx, once)
}

// Save is patch:save: what was committed in patch:new's work tree becomes changes.
func (p *Pipeline) Save(ctx context.Context, dir *string, dry *bool) error {
	where := p.workDir(dir)
	w, err := git.Open(where)
	if err != nil {
		return fault.New(fault.Usage, "%s is no work tree of patch:new", where).WithHint("open one: %s", p.caller.Line("patch:new"))
	}
	defer closeQuietly(w)
	setting := func(key string) string {
		out, err := w.Run(ctx, "config", "--get", key)
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	pin := setting("howdah.pin")
	if pin == "" {
		return fault.New(fault.Usage, "%s is no work tree of patch:new", where).WithHint("open one: %s", p.caller.Line("patch:new"))
	}
	if modified, err := w.Modified(ctx); err != nil {
		return err
	} else if len(modified) > 0 {
		return fault.New(fault.Usage, "%d files in %s are not committed, %s first", len(modified), where, modified[0]).
			WithHint("commit them there: the subject is the change's name")
	}
	return p.at(ctx, Choice{Ref: &pin}, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		e := p.edition()
		n, err := p.takeCommits(ctx, e, o, w)
		if err != nil {
			return err
		}
		if n == 0 {
			p.term.Answerf("nothing to save: every commit is as the series has it")
			return nil
		}
		after, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		if err := e.write(ctx, after, set(dry)); err != nil {
			return err
		}
		if !after.result.OK() {
			return p.refuse(ctx, after)
		}
		p.term.Sayf("%s can be removed now", where)
		return nil
	})
}

// takeCommits puts the commits of a work tree that differ from the series into an edition; it returns how many do.
func (p *Pipeline) takeCommits(ctx context.Context, e *edition, o *patched, w *git.Repo) (int, error) {
	out, err := w.Run(ctx, "log", "--reverse", "--first-parent", "--format=%H %P%x00%s%x00%b%x01", string(o.pin.Commit)+"..HEAD")
	if err != nil {
		return 0, err
	}
	n := 0
	for record := range strings.SplitSeq(string(out), "\x01") {
		parts := strings.SplitN(strings.TrimSpace(record), "\x00", 3)
		if len(parts) != 3 {
			continue
		}
		ids := strings.Fields(parts[0])
		before, err := w.At(ctx, tree.ID(ids[1]))
		if err != nil {
			return n, err
		}
		after, err := w.At(ctx, tree.ID(ids[0]))
		if err != nil {
			return n, err
		}
		changed, err := p.takeCommit(ctx, e, o, parts[1], parts[2], before, after)
		if err != nil {
			return n, err
		}
		if changed {
			n++
		}
	}
	return n, nil
}

// takeCommit saves one commit: a change's new content, a conflict's resolution, or a new change.
func (p *Pipeline) takeCommit(ctx context.Context, e *edition, o *patched, subject, body string, before, after *tree.Tree) (bool, error) {
	files, err := patch.Diff(ctx, before, after)
	if err != nil || len(files) == 0 {
		return false, err
	}
	name := slugOf(subject)
	known, err := o.outcome(name)
	if err != nil { // a new one
		folder := p.home()
		d, err := e.document(folder)
		if err != nil {
			return false, err
		}
		c := &patch.Change{Name: name, Why: firstOf(body, subject), Kind: patch.KindPatch, Required: true, Patch: &patch.File{Name: name + ".patch"}}
		e.set(folder, name+".patch", diff.Format(files))
		p.term.Answerf("new      %s  %d files", name, len(files))
		return true, d.Append(c)
	}
	if known.Verdict.Applies() {
		was, err := patch.Diff(ctx, known.Before, known.After)
		if err != nil || diff.PatchID(was) == diff.PatchID(files) {
			return false, err
		}
	}
	folder, err := p.folderOf(known.Change)
	if err != nil {
		return false, err
	}
	if known.Verdict == patch.Conflict && len(known.Unmerged) > 0 && known.Change.Kind != patch.KindPatch {
		for _, u := range known.Unmerged {
			file, err := after.ReadFile(ctx, u.File)
			if err != nil {
				return false, fmt.Errorf("reading the resolution of %q: %w", u.File, err)
			}
			e.set(folder, u.Key.File(), file.Data)
		}
		p.term.Answerf("resolved %s", name)
		return true, nil
	}
	if known.Change.Kind != patch.KindPatch {
		return false, fault.New(fault.Usage, "change %q is of the kind %s, and was altered in the work tree", name, known.Change.Kind).
			WithHint("commit what is new under a name of its own, or change the entry in %s:%d", known.Change.File, known.Change.Line)
	}
	rel, err := filepath.Rel(folder.Name, known.Change.Patch.Name)
	if err != nil {
		return false, err
	}
	e.set(folder, rel, diff.Format(files))
	p.term.Answerf("changed  %s", name)
	return true, nil
}

var notInName = regexp.MustCompile(`[^a-z0-9]+`)

// slugOf makes a change's name of a commit's subject.
func slugOf(subject string) string {
	s := strings.Trim(notInName.ReplaceAllString(strings.ToLower(subject), "-"), "-")
	return strings.Trim(s[:min(len(s), 64)], "-")
}

// firstOf is the first paragraph of a body, or else what stands in for it.
func firstOf(body, otherwise string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(body), "\n\n")
	first = strings.Join(strings.Fields(first), " ")
	if first == "" || strings.HasPrefix(first, "sha256:") {
		return otherwise
	}
	return first
}
