// Package pullref is the name of a pull request as GitHub writes it, owner/repo#N: a text goes in, the name comes out.
package pullref

import (
	"regexp"

	"github.com/howdah/howdah/internal/fault"
)

// Ref names a pull request or, without a number, a commit of a repository: "owner/repo#7", "owner/repo".
type Ref struct {
	Owner, Repo string
	Number      string
}

// Owner and Repository are the forms of both parts of owner/repo, for the expressions of addresses that hold them.
const (
	Owner      = `[A-Za-z0-9][A-Za-z0-9-]*`
	Repository = `[A-Za-z0-9._-]+`
)

var form = regexp.MustCompile(`^(` + Owner + `)/(` + Repository + `)(?:#([1-9][0-9]*))?$`)

// The most characters of a pull request's parts. In the form they would cost each start a third of a millisecond.
const maxOwner, maxRepo, maxNumber = 39, 100, 9

// Parse reads "owner/repo#N".
func Parse(s string) (Ref, error) {
	parts := form.FindStringSubmatch(s)
	if parts == nil || len(parts[1]) > maxOwner || len(parts[2]) > maxRepo || len(parts[3]) > maxNumber ||
		parts[2] == "." || parts[2] == ".." {
		return Ref{}, fault.New(fault.Usage, "pull request %q is not of the form owner/repo#N", s)
	}
	return Ref{Owner: parts[1], Repo: parts[2], Number: parts[3]}, nil
}

// String is the form that Parse reads.
func (p Ref) String() string {
	if p.Number == "" {
		return p.Owner + "/" + p.Repo
	}
	return p.Owner + "/" + p.Repo + "#" + p.Number
}

// URL is the repository's address on GitHub.
func (p Ref) URL() string { return "https://github.com/" + p.Owner + "/" + p.Repo + ".git" }

// Head is the ref under which GitHub keeps a pull request's newest commit.
func (p Ref) Head() string { return "refs/pull/" + p.Number + "/head" }
