package admin

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/distribution"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// Init runs init: it writes a new distribution into another folder. Name "" is the folder's.
func Init(ctx context.Context, s *session.Session, dir, name string) error {
	if dir == "" {
		dir = "."
	}
	if name == "" {
		name = strings.ToLower(filepath.Base(s.Path(dir)))
	}
	tool, err := toolVersion(ctx, s)
	if err != nil {
		return err
	}
	accepted, err := stamp.ParseFile("VERSION", distribution.Accepted)
	if err != nil {
		return err
	}
	r := distribution.Request{Dir: dir, Work: s.Dir, Name: name, Accepted: accepted.String(), Tool: tool}
	err = s.SettleInit(r.Dir)
	if ended, ok := errors.AsType[*session.Ended](err); ok {
		return session.Exit(ended.Code, nil)
	}
	if err != nil {
		return err
	}
	w := s.WriterIn(s.Path(r.Dir))
	files, err := distribution.Write(r, w)
	if err != nil {
		return err
	}
	for _, f := range files {
		s.Term.Answerf("%s", filepath.Join(r.Dir, f))
	}
	there := s.Caller
	if there.Config = filepath.Join(r.Dir, "howdah.toml"); dir == "." {
		there.Config = "" // a run in the folder finds it
	}
	s.Term.Sayf("next: %s", there.Line(target.PatchCheck.Command()))
	return w.End(int(fault.OK))
}

// toolVersion returns the commit of the tool that a new distribution's workflow calls: that of the checkout that the
// run is in, or else that from which the running binary was made.
func toolVersion(ctx context.Context, s *session.Session) (distribution.Tool, error) {
	tool := distribution.Tool{Repository: distribution.Repository, Version: "main"}
	if v := session.ToolRelease(); v != "" {
		tool.Version = v
	}
	root, ok := config.ToolRoot(s.Dir)
	if !ok {
		if tool.Commit = session.ToolCommit(); tool.Commit == "" {
			return tool, fault.New(fault.Usage, "this binary does not know the commit that it was made from").
				WithHint("git clone %s, and run init there with -dir=FOLDER", distribution.Repository)
		}
		return tool, nil
	}
	repo, head, err := git.Checkout(ctx, root)
	switch {
	case errors.Is(err, git.ErrNoRepository):
		return tool, fault.New(fault.Usage, "this copy of Howdah is not a git checkout: %w", err).
			WithHint("git clone %s, and run init there", distribution.Repository)
	case errors.Is(err, git.ErrNoRevision):
		return tool, fault.New(fault.Usage, "this copy of Howdah has no commit: %w", err).
			WithHint("git clone %s, and run init there", distribution.Repository)
	case err != nil:
		return tool, err
	}
	tool.Commit = string(head)
	return tool, repo.Close()
}
