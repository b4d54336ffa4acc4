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

// setupPage is the page that explains the steps of [Setup], below docs/.
const setupPage = "github-releases.md"

// step is one of the steps from nothing to releases by GitHub, in the order in which they must be done.
type step struct {
	what string
	// look returns what is seen where the step is done, else "" and what to do.
	look func(*walkthrough, context.Context) (says string, do fault.Hint, err error)
}

// walkthrough is what the steps look at.
type walkthrough struct {
	s    *session.Session
	repo *git.Repo // nil until there is one
	head tree.ID   // its commit
}

// steps has those that this machine can see; the page numbers them the same.
var steps = []step{
	{"a distribution", (*walkthrough).begun},
	{"a series that applies", (*walkthrough).checked},
	{"a git repository with a commit", (*walkthrough).committed},
	{"the workflow", (*walkthrough).workflow},
	{"registries", (*walkthrough).registries},
	{"the source's address", (*walkthrough).source},
	{"pushed to GitHub", (*walkthrough).pushed},
	{"a first release", (*walkthrough).released},
	{"images that everybody can pull", (*walkthrough).visible},
}

func (at *walkthrough) begun(context.Context) (string, fault.Hint, error) {
	return at.s.Distribution(), fault.Hint{}, nil
}

func (at *walkthrough) workflow(context.Context) (string, fault.Hint, error) {
	const file = ".github/workflows/howdah.yml"
	if _, err := os.Stat(at.s.Config.In(filepath.FromSlash(file))); err != nil {
		return "", fault.Hintf("copy it from a new distribution, which has one: %s", target.Init.Command("-dir=FOLDER")), nil
	}
	return file, fault.Hint{}, nil
}

func (at *walkthrough) registries(context.Context) (string, fault.Hint, error) {
	if len(at.s.Config.Publish.Registries) == 0 {
		return "", fault.Hintf(`write under [publish] in %s: registries = ["ghcr.io/you"]`, at.s.Config.File), nil
	}
	return strings.Join(at.s.Config.Publish.Registries, ", "), fault.Hint{}, nil
}

func (at *walkthrough) source(context.Context) (string, fault.Hint, error) {
	if at.s.Config.Source.Repository == "" {
		return "", fault.Hintf("write in %s, with the address of its repository: [source] repository = "+
			`"https://github.com/you/mastodon"`, at.s.Config.File), nil
	}
	return at.s.Config.Source.Repository, fault.Hint{}, nil
}

// maxCheck is how many bytes of a check's result are read: its sides of conflicts have at most 2 MiB, and of 5,000
// changes each has some kilobytes beside.
const maxCheck = 64 << 20

// checked looks for the result of the last check.
func (at *walkthrough) checked(context.Context) (string, fault.Hint, error) {
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

// committed looks for the distribution's own repository.
func (at *walkthrough) committed(ctx context.Context) (string, fault.Hint, error) {
	root := fault.Word(at.s.Config.Root)
	do := fault.Hintf("git -C %s init && git -C %s add -A && git -C %s commit -m Begin", root, root, root)
	repo, head, err := git.Checkout(ctx, at.s.Config.Root)
	if err != nil {
		return "", do, nil
	}
	at.repo, at.head = repo, head
	return "at commit " + head.Short(), fault.Hint{}, nil
}

// pushed looks for the commit in a branch of a remote repository, as git last saw it.
func (at *walkthrough) pushed(ctx context.Context) (string, fault.Hint, error) {
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

// released asks the registries for a release.
func (at *walkthrough) released(ctx context.Context) (says string, do fault.Hint, err error) {
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

// visible asks for the images as somebody without an account.
func (at *walkthrough) visible(ctx context.Context) (says string, do fault.Hint, err error) {
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

// Setup is publish:doctor -setup: it looks at one step after the other, and says what the first that is not done wants.
func Setup(ctx context.Context, s *session.Session) error {
	at := &walkthrough{s: s}
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
