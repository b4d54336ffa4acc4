package ship

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// setupPage is the page of docs/ that explains the steps of [Setup].
const setupPage = "github-releases.md"

// step is one step on the way from nothing to releases made by GitHub Actions. The steps have to be done in order.
type step struct {
	what string
	// look returns what it found if the step is done; else "" and what to do.
	look func(*setupState, context.Context) (says string, do fault.Hint, err error)
}

// setupState is what the steps have found so far.
type setupState struct {
	s    *session.Session
	repo *git.Repo // nil until the step "a git repository with a commit" has found it
	head tree.ID   // its commit
}

// steps are the ones that this machine can check; setupPage numbers them the same.
var steps = []step{
	{"a distribution", (*setupState).begun},
	{"a series that applies", (*setupState).checked},
	{"a git repository with a commit", (*setupState).committed},
	{"the workflow", (*setupState).workflow},
	{"registries", (*setupState).registries},
	{"the source's address", (*setupState).source},
	{"pushed to GitHub", (*setupState).pushed},
	{"a first release", (*setupState).released},
	{"images that everybody can pull", (*setupState).visible},
}

func (at *setupState) begun(context.Context) (string, fault.Hint, error) {
	return at.s.Distribution(), fault.Hint{}, nil
}

func (at *setupState) workflow(context.Context) (string, fault.Hint, error) {
	const file = ".github/workflows/howdah.yml"
	if _, err := os.Stat(at.s.Config.In(filepath.FromSlash(file))); err != nil {
		return "", fault.Hintf("copy it from a new distribution, which has one: %s", target.Init.Command("-dir=FOLDER")), nil
	}
	return file, fault.Hint{}, nil
}

func (at *setupState) registries(context.Context) (string, fault.Hint, error) {
	if len(at.s.Config.Publish.Registries) == 0 {
		return "", fault.Hintf(`write under [publish] in %s: registries = ["ghcr.io/you"]`, at.s.Config.File), nil
	}
	return strings.Join(at.s.Config.Publish.Registries, ", "), fault.Hint{}, nil
}

func (at *setupState) source(context.Context) (string, fault.Hint, error) {
	if at.s.Config.Source.Repository == "" {
		return "", fault.Hintf("write in %s, with the address of its repository: [source] repository = "+
			`"https://github.com/you/mastodon"`, at.s.Config.File), nil
	}
	return at.s.Config.Source.Repository, fault.Hint{}, nil
}

// maxCheck limits how many bytes of dist/patch-check.json are read: conflicts have at most 2 MiB in all, and each of
// 5,000 changes some kilobytes more.
const maxCheck = 64 << 20

// checked looks for the result of the last patch:check.
func (at *setupState) checked(context.Context) (string, fault.Hint, error) {
	do := fault.Hintf("check it: %s", target.PatchCheck.Command())
	data, err := files.ReadAt(at.s.Config.Result("patch-check.json"), maxCheck)
	if err != nil {
		return "", do, nil
	}
	var check struct {
		OK      bool       `json:"ok"`
		Changes []struct{} `json:"changes"`
	}
	if err := json.Unmarshal(data, &check); err != nil || !check.OK {
		return "", do, nil
	}
	return fmt.Sprintf("the last check passed, with %d changes", len(check.Changes)), fault.Hint{}, nil
}

// committed looks for the distribution's own repository. It sets repo and head, which pushed needs.
func (at *setupState) committed(ctx context.Context) (string, fault.Hint, error) {
	root := fault.Word(at.s.Config.Root)
	do := fault.Hintf("git -C %s init && git -C %s add -A && git -C %s commit -m Begin", root, root, root)
	repo, head, err := git.Checkout(ctx, at.s.Config.Root)
	if err != nil {
		return "", do, nil
	}
	at.repo, at.head = repo, head
	return "at commit " + head.Short(), fault.Hint{}, nil
}

// pushed looks for the commit in a branch of a remote repository, as git last fetched it.
func (at *setupState) pushed(ctx context.Context) (string, fault.Hint, error) {
	address := at.s.Config.Source.Repository
	do := fault.Hintf("make an empty repository at GitHub, then: git -C %s push -u %s.git "+
		"HEAD:main", fault.Word(at.s.Config.Root),
		strings.TrimSuffix(address, ".git"))
	out, err := at.repo.Run(ctx, "branch", "--remotes", "--contains", string(at.head))
	if err != nil || strings.TrimSpace(string(out)) == "" {
		return "", do, nil
	}
	return "in " + strings.Fields(string(out))[0], fault.Hint{}, nil
}

// released asks the registries whether there is a release.
func (at *setupState) released(ctx context.Context) (says string, do fault.Hint, err error) {
	err = with(ctx, at.s, quick, func(o *publisher) error {
		known, err := o.store.Read(ctx)
		if err == nil && known.Newest != nil {
			says = known.Newest.Tag
		}
		return err
	})
	return says, fault.Hintf("on GitHub: Actions, Howdah, \"Run workflow\"; the first run fails at the gate " +
		"visibility, and prints the addresses at which you make the packages public"), err
}

// visible asks for the images without an account.
func (at *setupState) visible(ctx context.Context) (says string, do fault.Hint, err error) {
	err = with(ctx, at.s, quick, func(o *publisher) error {
		checkups, err := o.store.Doctor(ctx)
		for _, c := range checkups {
			if c.What == "pull" && !c.OK {
				do = c.Hint
				return nil
			}
		}
		if len(checkups) > 0 {
			says = "no account is asked for"
			err = nil // whether this machine may push is another question
		}
		return err
	})
	return says, do, err
}

// Setup runs publish:doctor -setup: it checks one step after the other, and prints what to do for the first one that
// is not done.
func Setup(ctx context.Context, s *session.Session) error {
	at := &setupState{s: s}
	defer func() {
		if at.repo != nil {
			_ = at.repo.Close()
		}
	}()
	s.Term.Answerf("%s · from nothing to releases by GitHub: docs/%s", s.Distribution(), setupPage)
	for i, one := range steps {
		says, do, err := one.look(at, ctx)
		switch {
		case says != "":
			s.Term.Answerf("done %2d  %s: %s", i+1, one.what, says)
			continue
		case err != nil:
			s.Term.Answerf("todo %2d  %s: %s", i+1, one.what, err)
			do = fault.HintOf(err)
		default:
			s.Term.Answerf("todo %2d  %s", i+1, one.what)
		}
		if text := s.Caller.Hint(do); text != "" {
			s.Term.Answerf("next: %s", text)
		}
		return session.Exit(fault.Usage, errors.Join(err, fmt.Errorf("step %d is not done", i+1)))
	}
	s.Term.Answerf("next: release on a schedule, step %d: set the repository's variable HOWDAH_SCHEDULE to on",
		len(steps)+1)
	return nil
}
