package ship

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// setupPage is the page of docs/ that explains the steps of [Setup].
const setupPage = "github-releases.md"

// step is one step on the way from nothing to releases made by GitHub Actions. The steps have to be done in order.
type step struct {
	what string
	// look returns what it found if the step is done; else "" and what to do.
	look func(context.Context, *session.Session) (says string, do fault.Hint, err error)
}

// steps are the ones that this machine can check; setupPage numbers them the same.
var steps = []step{
	{"a distribution", begun},
	{"a series that applies", checked},
	{"a git repository with a commit", committed},
	{"the workflow", hasWorkflow},
	{"registries", hasRegistries},
	{"the source's address", hasSource},
	{"pushed to GitHub", pushed},
	{"a first release", released},
	{"images that everybody can pull", canPull},
}

func begun(_ context.Context, s *session.Session) (string, fault.Hint, error) {
	return s.Distribution(), fault.Hint{}, nil
}

func hasWorkflow(_ context.Context, s *session.Session) (string, fault.Hint, error) {
	const file = ".github/workflows/howdah.yml"
	if _, err := os.Stat(s.Config.In(filepath.FromSlash(file))); err != nil {
		return "", fault.Hintf("copy it from a new distribution, which has one: %s", target.Init.Command("-dir=FOLDER")), nil
	}
	return file, fault.Hint{}, nil
}

func hasRegistries(_ context.Context, s *session.Session) (string, fault.Hint, error) {
	if len(s.Config.Publish.Registries) == 0 {
		return "", fault.Hintf(`write under [publish] in %s: registries = ["ghcr.io/you"]`, s.Config.File), nil
	}
	return strings.Join(s.Config.Publish.Registries, ", "), fault.Hint{}, nil
}

func hasSource(_ context.Context, s *session.Session) (string, fault.Hint, error) {
	if s.Config.Source.Repository == "" {
		return "", fault.Hintf("write in %s, with the address of its repository: [source] repository = "+
			`"https://github.com/you/mastodon"`, s.Config.File), nil
	}
	return s.Config.Source.Repository, fault.Hint{}, nil
}

// maxCheck limits how many bytes of dist/patch-check.json are read: conflicts have at most 2 MiB in all, and each of
// 5,000 changes some kilobytes more.
const maxCheck = 64 << 20

// checked looks for the result of the last patch:check.
func checked(_ context.Context, s *session.Session) (string, fault.Hint, error) {
	do := fault.Hintf("check it: %s", target.PatchCheck.Command())
	data, err := files.ReadAt(s.Config.Result("patch-check.json"), maxCheck)
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
	return "the last check passed, with " + plural.Of(len(check.Changes), "change"), fault.Hint{}, nil
}

// gitIn returns how a person runs git in the distribution.
func gitIn(s *session.Session) string {
	if s.Config.Root == s.Dir {
		return "git"
	}
	return "git -C " + fault.Word(s.Config.Root)
}

// committed looks for the distribution's own repository, and its last commit.
func committed(ctx context.Context, s *session.Session) (string, fault.Hint, error) {
	run := gitIn(s)
	do := fault.Hintf("%s init -b main && %s add -A && %s commit -m Begin", run, run, run)
	repo, head, err := git.Checkout(ctx, s.Config.Root)
	if err != nil {
		return "", do, nil
	}
	return "at commit " + head.Short(), fault.Hint{}, repo.Close()
}

// pushed looks for the commit in a branch of a remote repository, as git last fetched or pushed it. Git keeps such a
// branch only of a remote that has a name: a push to an address leaves nothing that could be looked at.
func pushed(ctx context.Context, s *session.Session) (string, fault.Hint, error) {
	run := gitIn(s)
	repo, head, err := git.Checkout(ctx, s.Config.Root)
	if err != nil {
		return "", fault.Hint{}, err
	}
	defer repo.Close()
	if changed, err := uncommitted(ctx, s); err != nil || len(changed) > 0 {
		return "", fault.Hintf("GitHub gets what is committed, and %s: %s add -A && %s commit -m Publish",
			plural.Few(changed)+" "+plural.Verb(len(changed), "is", "are")+" not", run, run), err
	}
	push := run + " push -u origin HEAD:main"
	do := fault.Hintf("%s", push)
	if _, err := repo.Run(ctx, "remote", "get-url", "origin"); err != nil {
		do = fault.Hintf("make an empty repository at GitHub, then: %s remote add origin %s.git && %s", run,
			fault.Word(strings.TrimSuffix(s.Config.Source.Repository, ".git")), push)
	}
	out, err := repo.Run(ctx, "branch", "--remotes", "--contains", string(head))
	if err != nil || strings.TrimSpace(string(out)) == "" {
		return "", do, nil
	}
	return "in " + strings.Fields(string(out))[0], fault.Hint{}, nil
}

// uncommitted lists what of the distribution is not committed; results of runs do not belong to it.
func uncommitted(ctx context.Context, s *session.Session) ([]string, error) {
	changed, err := git.Uncommitted(ctx, s.Config.Root)
	return slices.DeleteFunc(changed, func(name string) bool { return strings.HasPrefix(name, "dist/") }), err
}

// released asks the registries whether there is a release. GitHub's shows a private package to nobody without an
// account, so there the pages on which they are made public are named too.
func released(ctx context.Context, s *session.Session) (says string, do fault.Hint, err error) {
	var pages []string
	err = withRegistries(ctx, s, fewTries, func(o *publisher) error {
		pages = o.store.PackagePages()
		known, err := o.store.Read(ctx)
		if err == nil && known.Newest != nil {
			says = known.Newest.Tag
		}
		return err
	})
	do = fault.Hintf("on GitHub: Actions, Howdah, \"Run workflow\"; the first run fails at the gate visibility, and " +
		"prints the addresses at which you make the packages public")
	if len(pages) > 0 {
		do = fault.Lines(do, fault.Hintf("did it run? Then make them public there: %s", strings.Join(pages, " , ")))
	}
	return says, do, err
}

// canPull asks for the images without an account.
func canPull(ctx context.Context, s *session.Session) (says string, do fault.Hint, err error) {
	err = withRegistries(ctx, s, fewTries, func(o *publisher) error {
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
	s.Term.Answerf("%s · from nothing to releases by GitHub: %s", s.Distribution(), s.Caller.Page(setupPage))
	for i, one := range steps {
		says, do, err := one.look(ctx, s)
		switch {
		case says != "":
			s.Term.Answerf("done %2d  %s: %s", i+1, one.what, says)
			continue
		case err != nil:
			s.Term.Answerf("fail %2d  %s: %s", i+1, one.what, err)
			if do = fault.HintOf(err); do.IsZero() {
				do = fault.Hintf("what each registry answers: %s", target.PublishDoctor.Command())
			}
		default:
			s.Term.Answerf("todo %2d  %s", i+1, one.what)
		}
		if text := s.Caller.Hint(do); text != "" {
			s.Term.Answerf("next: %s", text)
		}
		if err != nil {
			return session.Exit(fault.CodeOf(err), err)
		}
		return session.Exit(fault.Usage, fmt.Errorf("step %d is not done", i+1))
	}
	s.Term.Answerf("next: release on a schedule, step %d: set the repository's variable HOWDAH_SCHEDULE to on",
		len(steps)+1)
	return nil
}
