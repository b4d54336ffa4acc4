package author

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/export"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// Export runs patch:export: it writes the series as a quilt series or a mailbox, or one change as a branch for a pull
// request to upstream.
func (a *Author) Export(ctx context.Context, form, dir, change string) error {
	if err := candidate.Exists(a.s, change); err != nil {
		return err
	}
	if form != "mailbox" {
		if err := a.s.New(dir); err != nil {
			return err
		}
	}
	return candidate.At(ctx, a.s, a.o, func(u candidate.Upstream) error {
		o, err := a.exported(ctx, u, change)
		if err != nil {
			return err
		}
		if !o.Result.OK() {
			return o.Refuse(ctx, a.s)
		}
		switch form {
		case "quilt":
			return a.exportQuilt(ctx, o, dir)
		case "mailbox":
			by := export.Author{Name: a.s.Config.Name, Email: candidate.Email, Date: u.Pin.Date}
			data, err := export.Mailbox(ctx, o.Result, by)
			if err != nil {
				return err
			}
			if dir == "" {
				a.s.Term.AnswerBytes(data)
				return nil
			}
			file := filepath.Join(dir, a.s.Config.Name+".mbox")
			if err := files.Write(a.s.Path(file), data); err != nil {
				return err
			}
			a.s.Term.Answerf("%s", file)
			return nil
		}
		return a.exportBranch(ctx, o, dir, change)
	})
}

// exported judges what is exported: the series, or one change alone on upstream.
func (a *Author) exported(ctx context.Context, u candidate.Upstream, change string) (*candidate.Candidate, error) {
	if change == "" {
		return u.Judge(ctx, a.s)
	}
	whole, lock, err := candidate.Read(a.s, a.o)
	if err != nil {
		return nil, err
	}
	only, err := candidate.Find(whole, change)
	if err != nil {
		return nil, err
	}
	alone := &series.Series{Changes: []*series.Change{only}, Resolutions: whole.Resolutions}
	return u.JudgeSeries(ctx, a.s, alone, lock)
}

func (a *Author) exportQuilt(ctx context.Context, o *candidate.Candidate, dir string) error {
	patches, err := export.Quilt(ctx, o.Result)
	if err != nil {
		return err
	}
	if err := os.Mkdir(a.s.Path(dir), 0o755); err != nil {
		return fault.New(fault.Usage, "making the folder: %w", err).
			WithHint("name a folder that does not exist yet: Howdah overwrites nothing")
	}
	for name, data := range patches {
		if err := files.Write(filepath.Join(a.s.Path(dir), name), data); err != nil {
			return err
		}
	}
	a.s.Term.Answerf("%s: %d patches", dir, len(patches)-1)
	return nil
}

func (a *Author) exportBranch(ctx context.Context, o *candidate.Candidate, dir, change string) error {
	head, err := proposal(ctx, o, a.s.Config.Name)
	if err != nil {
		return err
	}
	w, err := o.Upstream.WorkTree(ctx, a.s, dir, change, head)
	if errors.Is(err, fs.ErrExist) {
		return fault.New(fault.Usage, "%s exists already", dir).
			WithHint("name a folder that does not exist yet: Howdah overwrites nothing")
	}
	if err != nil {
		return err
	}
	defer w.Close()
	a.s.Term.Answerf("%s  branch %s at %s on upstream %s", dir, change, head.Short(), o.Upstream.Pin.Commit.Short())
	a.s.Term.Sayf("set your own name on it (git commit --amend --reset-author), and push it to your fork")
	return nil
}

// proposal commits the one change of a result for a pull request, with its why as the message.
func proposal(ctx context.Context, o *candidate.Candidate, name string) (tree.ID, error) {
	out := o.Result.Outcomes[0]
	objects, err := out.After.Objects(ctx)
	if err != nil {
		return "", err
	}
	message := out.Change.Name
	if out.Change.Kind == series.KindPatch {
		if subject := series.Subject(out.Change.Patch.Data); subject != "" {
			message = export.Line(subject)
		}
	}
	if why := strings.TrimSpace(out.Change.Why); why != "" && why != message {
		message += "\n\n" + why
	}
	commit := tree.Commit{
		Tree: out.After.Root(), Parents: []tree.ID{o.Upstream.Pin.Commit}, Name: name, Email: candidate.Email,
		Date: o.Upstream.Pin.Date.UTC(), Message: message,
	}.Object()
	return commit.ID, o.Upstream.Mirror.Repo.Write(ctx, append(objects, commit))
}
