package admin

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/distribution"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/target"
)

// repository is where this tool lives.
const repository = "https://github.com/howdah/howdah"

// Init is init: a distribution of its own in another folder; name is the folder's where it is "".
func Init(ctx context.Context, s *session.Session, dir, name string) error {
	if name == "" {
		name = strings.ToLower(filepath.Base(dir))
	}
	tool, err := toolVersion(ctx, s)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(s.Path("VERSION"))
	if err != nil {
		return fault.New(fault.Usage, "reading VERSION: %w", err).WithHint("run init in a checkout of Howdah")
	}
	accepted, err := stamp.ParseFile("VERSION", data)
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
	there.Config = filepath.Join(r.Dir, "howdah.toml")
	s.Term.Sayf("next: %s", there.Line(target.PatchCheck.Command()))
	return w.End(int(fault.OK))
}

// toolVersion is the commit that this checkout of the tool is at: the workflow of a new distribution calls it.
func toolVersion(ctx context.Context, s *session.Session) (distribution.Tool, error) {
	tool := distribution.Tool{Repository: repository, Version: "main"}
	if v := session.ToolRelease(); v != "" {
		tool.Version = v
	}
	repo, err := git.Open(s.Dir)
	if err != nil {
		return tool, fault.New(fault.Usage, "this copy of Howdah is no git checkout: %w", err).
			WithHint("git clone %s, and run init there", repository)
	}
	head, err := repo.Resolve(ctx, "HEAD")
	tool.Commit = string(head)
	return tool, err
}
