package github

import (
	"regexp"

	"github.com/howdah/howdah/internal/fault"
)

// PullRef names a pull request or, without a number, a commit of a repository: "owner/repo#7", "owner/repo".
type PullRef struct {
	Owner, Repo string
	Number      string
}

var pullForm = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]{0,38})/([A-Za-z0-9._-]{1,100})(?:#([1-9][0-9]{0,8}))?$`)

// ParsePull reads "owner/repo#N".
func ParsePull(s string) (PullRef, error) {
	parts := pullForm.FindStringSubmatch(s)
	if parts == nil || parts[2] == "." || parts[2] == ".." {
		return PullRef{}, fault.New(fault.Usage, "pull request %q is not of the form owner/repo#N", s)
	}
	return PullRef{Owner: parts[1], Repo: parts[2], Number: parts[3]}, nil
}

// String gives the form that ParsePull reads.
func (p PullRef) String() string {
	if p.Number == "" {
		return p.Owner + "/" + p.Repo
	}
	return p.Owner + "/" + p.Repo + "#" + p.Number
}

// URL is the repository's address on GitHub.
func (p PullRef) URL() string { return "https://github.com/" + p.Owner + "/" + p.Repo + ".git" }

// Head is the ref under which GitHub keeps a pull request's newest commit.
func (p PullRef) Head() string { return "refs/pull/" + p.Number + "/head" }
