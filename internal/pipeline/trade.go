package pipeline

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/patch"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/upstream"
)

var (
	pullName  = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+#[0-9]+$`)
	pullURL   = regexp.MustCompile(`^https://github\.com/([A-Za-z0-9-]+/[A-Za-z0-9._-]+)/pull/([0-9]+)/?$`)
	commitURL = regexp.MustCompile(`^https://github\.com/([A-Za-z0-9-]+/[A-Za-z0-9._-]+)/commit/([0-9a-f]{40})/?$`)
)

// Import is patch:import: what somebody had before becomes entries of series.toml. Nothing of it is run.
func (p *Pipeline) Import(ctx context.Context, c Choice, from string, n ImportOptions) error {
	ref, isFork := forkOf(from)
	if !isFork && (n.Only != nil || n.Without != nil) {
		return fault.New(fault.Usage, "-only= and -without= choose paths of a fork, and %s is not one", from).
			WithHint("a fork is OWNER/REPO@BRANCH, a repository's URL, or a clone on this disk")
	}
	return p.at(ctx, c, func(r *resolved) error {
		if isFork {
			return p.importFork(ctx, r, ref, n)
		}
		imported, err := p.read(ctx, r, from, n)
		if err != nil {
			return err
		}
		if err := p.tellFates(ctx, r, imported); err != nil {
			return err
		}
		e := p.edition()
		folder := p.home()
		d, err := e.document(folder)
		if err != nil {
			return err
		}
		for _, c := range imported.Changes {
			if d.Has(c.Name) {
				return fault.New(fault.Usage, "change %q is in %s already, so nothing is written", c.Name, filepath.Join(folder.Name, seriesFile)).
					WithHint("-name= gives one change another name; those of a script are named by the comments above their lines")
			}
		}
		data := bytes.TrimRight(d.Bytes(), "\n")
		if len(data) > 0 {
			data = append(data, "\n\n"...)
		}
		if e.docs[folder.Abs], err = patch.ParseDocument(filepath.Join(folder.Name, seriesFile), append(data, imported.Text()...)); err != nil {
			return err
		}
		for file, data := range imported.Files {
			e.set(folder, file, data)
		}
		o, err := e.try(ctx, r)
		if err != nil {
			return err
		}
		var failing []string
		for _, c := range imported.Changes {
			out, err := o.outcome(c.Name)
			if err != nil {
				return err
			}
			p.term.Answerf("%-8s %s  %s", out.Verdict, c.Name, out.Message)
			if out.Verdict.Fails() {
				failing = append(failing, c.Name)
			}
		}
		if err := e.write(ctx, o, set(c.Dry)); err != nil {
			return err
		}
		differ, err := p.prove(ctx, r, from, imported, o)
		if err != nil {
			return err
		}
		if len(differ) > 0 {
			return fault.New(fault.Series, "the changes do not make what the script makes: %s", strings.Join(differ, ", "))
		}
		if imported.Undecided() {
			return fault.New(fault.Series, "some lines need a decision: they stand as comments in %s", filepath.Join(folder.Name, seriesFile))
		}
		if len(failing) > 0 {
			return fault.New(fault.Series, "not all that was imported applies: %s", strings.Join(failing, ", ")).
				WithHint("they stand in %s all the same; what keeps them out: %s", filepath.Join(folder.Name, seriesFile), target.PatchCheck.Command())
		}
		return nil
	})
}

// read tells what is to be imported by its look.
func (p *Pipeline) read(ctx context.Context, r *resolved, from string, n ImportOptions) (*patch.Imported, error) {
	name, why := n.Name, n.Why
	if m := pullURL.FindStringSubmatch(from); m != nil {
		from = m[1] + "#" + m[2]
	}
	switch {
	case pullName.MatchString(from):
		ref, err := upstream.ParsePull(from)
		if err != nil {
			return nil, err
		}
		head, err := r.mirror.PullHead(ctx, ref)
		if err != nil {
			return nil, err
		}
		if head == "" {
			return nil, fault.New(fault.Usage, "there is no pull request %s", from)
		}
		return pullOf(from, head, name, why), nil
	case commitURL.MatchString(from):
		m := commitURL.FindStringSubmatch(from)
		return pullOf(m[1], tree.ID(m[2]), name, why), nil
	}
	info, err := os.Stat(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Usage, "there is no %s", from).
			WithHint("a quilt series, a folder of patches, a mailbox, owner/repo#N, a commit's URL, or a script of sed lines")
	}
	if err != nil {
		return nil, err
	}
	if info.IsDir() {
		folder, err := files.OpenFolder(from)
		if err != nil {
			return nil, err
		}
		return patch.ImportFolder(patch.Folder{Name: from, FS: folder})
	}
	data, err := files.ReadNamed(from, files.MaxImport)
	if err != nil {
		return nil, err
	}
	if bytes.Contains(data, []byte("\ndiff --git ")) || bytes.HasPrefix(data, []byte("diff --git ")) || bytes.Contains(data, []byte("\n--- a/")) {
		return patch.ImportMailbox(from, data)
	}
	return p.readScript(ctx, r, from, data, n)
}

// pullOf is a pull as an import.
func pullOf(from string, commit tree.ID, name, why *string) *patch.Imported {
	called := slugOf(strings.NewReplacer("#", "-", "/", "-").Replace(from))
	if name != nil {
		called = text(name)
	}
	return &patch.Imported{Changes: []*patch.Change{{Name: called, Why: text(why), Kind: patch.KindPull, Pull: from, Commit: commit, Required: true}}}
}

// Export is patch:export: the series as a quilt series or a mailbox, or one change as a branch for a pull request upstream.
func (p *Pipeline) Export(ctx context.Context, c Choice, form string, dir, change *string) error {
	if form != "quilt" && form != "mailbox" && form != "branch" {
		return fault.New(fault.Usage, "there is no form %q", form).WithHint("quilt, mailbox or branch")
	}
	if err := p.exists(change); err != nil {
		return err
	}
	return p.at(ctx, c, func(r *resolved) error {
		o, err := p.judge(ctx, r)
		if err != nil {
			return err
		}
		if change != nil { // alone, upon upstream
			only, err := find(o.series, text(change))
			if err != nil {
				return err
			}
			if o, err = p.judgeSeries(ctx, r, &patch.Series{Changes: []*patch.Change{only}, Resolutions: o.series.Resolutions}, o.in.Lock); err != nil {
				return err
			}
		}
		if !o.result.OK() {
			return p.refuse(ctx, o)
		}
		switch form {
		case "quilt":
			return p.exportQuilt(ctx, o, dir)
		case "mailbox":
			data, err := o.result.Mailbox(ctx, patch.Author{Name: p.cfg.Name, Email: email, Date: r.pin.Date})
			if err != nil {
				return err
			}
			if dir == nil {
				p.term.AnswerBytes(data)
				return nil
			}
			file := filepath.Join(text(dir), p.cfg.Name+".mbox")
			if err := report.WriteFile(file, data); err != nil {
				return err
			}
			p.term.Answerf("%s", file)
			return nil
		}
		return p.exportBranch(ctx, o, dir, change)
	})
}

func (p *Pipeline) exportQuilt(ctx context.Context, o *patched, dir *string) error {
	if dir == nil {
		return fault.New(fault.Usage, "a quilt series needs a folder: -dir=")
	}
	files, err := o.result.Quilt(ctx)
	if err != nil {
		return err
	}
	if err := os.Mkdir(text(dir), 0o755); err != nil {
		return fault.New(fault.Usage, "making the folder: %w", err).WithHint("name a new one: nothing is overwritten")
	}
	for name, data := range files {
		if err := report.WriteFile(filepath.Join(text(dir), name), data); err != nil {
			return err
		}
	}
	p.term.Answerf("%s: %d patches", text(dir), len(files)-1)
	return nil
}

func (p *Pipeline) exportBranch(ctx context.Context, o *patched, dir, change *string) error {
	if dir == nil || change == nil {
		return fault.New(fault.Usage, "a branch is made of one change, in a new folder: -change=NAME -dir=FOLDER")
	}
	head, err := o.proposal(ctx, p.cfg.Name)
	if err != nil {
		return err
	}
	if _, err := o.mirror.Prefetch(ctx, o.pin.Commit); err != nil {
		return err
	}
	w, err := o.mirror.Repo.NewWorkTree(ctx, text(dir), text(change), head)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Usage, "%s is there already", text(dir)).WithHint("name a new folder: nothing is overwritten")
	}
	if err != nil {
		return err
	}
	defer closeQuietly(w)
	p.term.Answerf("%s  branch %s at %s on upstream %s", text(dir), text(change), head.Short(), o.pin.Commit.Short())
	p.term.Sayf("set your own name on it (git commit --amend --reset-author), and push it to your fork")
	return nil
}

// proposal commits the one change of a result as somebody would propose it: with what it is for as its message.
func (o *patched) proposal(ctx context.Context, name string) (tree.ID, error) {
	out := o.result.Outcomes[0]
	objects, err := out.After.Objects(ctx)
	if err != nil {
		return "", err
	}
	message := out.Change.Name
	if out.Change.Kind == patch.KindPatch {
		if subject := patch.Subject(out.Change.Patch.Data); subject != "" {
			message = subject
		}
	}
	if why := strings.TrimSpace(out.Change.Why); why != "" && why != message {
		message += "\n\n" + why
	}
	commit := tree.Commit{Tree: out.After.Root(), Parents: []tree.ID{o.pin.Commit}, Name: name, Email: email, Date: o.pin.Date.UTC(), Message: message}.Object()
	return commit.ID, o.mirror.Repo.Write(ctx, append(objects, commit))
}
