package upstream

import (
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/gittest"
)

// git's progress, which it draws over itself on one line, is none of its reasons.
func TestSays(t *testing.T) {
	const stderr = "warning: filtering not recognized by server, ignoring\n" +
		"remote: Counting objects:  50% (1/2)\rremote: Counting objects: 100% (2/2), done.\n" +
		"Receiving objects:  50% (1/2)\rfatal: write error: out of luck\nerror: cannot update ref\n" +
		"fatal: write error: out of luck\nFrom /somewhere\n"
	if got := says(stderr); got != "write error: out of luck; error: cannot update ref" {
		t.Errorf("%q", got)
	}
}

// TestHintOfWhatGitSays: a repository that answers is not out of reach.
func TestHintOfWhatGitSays(t *testing.T) {
	repo, _ := gittest.Repo(t, "commit 1 Begin\n-- 1/a.txt --\n")
	m := &Mirror{Repo: repo, opt: Options{Cache: t.TempDir()}}
	for said, want := range map[string]string{
		"fatal: did not receive expected object 0123456789":                                   "lacks objects",
		"fatal: aborting due to possible repository corruption on the remote side.":           "is damaged",
		"fatal: remote error: upload-pack: not our ref 0123456789":                            "name another commit",
		"error: cannot run ssh: No such file or directory\nfatal: unable to fork":             "install openssh-client",
		"fatal: unable to access 'https://example.org/': Could not resolve host: example.org": "cannot be reached",
	} {
		err := m.explainFrom(t.Context(), &git.RunError{Stderr: said}, "main", "https://example.org/")
		if hint := fault.HintOf(err).String(); !strings.Contains(hint, want) {
			t.Errorf("%s: the hint is %q, want %q in it", said, hint, want)
		}
	}
}
