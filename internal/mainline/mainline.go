// Package mainline reads upstream's first-parent history: the commits of a range with the files that each touched and
// moved, and the folders and files of many of them in a few batches. It caches git's answers, so that the next run asks
// only for what is new.
package mainline

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Upstream is the repository with upstream's commits, and the cache folder ("": none). Losing the cache only costs
// time.
type Upstream struct {
	Repo  *git.Repo
	Cache string
	Log   *Log // what an earlier question has read; may be nil
}

// Commit is one first-parent commit of upstream, and what it did to its first parent's files.
type Commit struct {
	ID      tree.ID
	Parent  tree.ID // the first; "" for the root
	Tree    tree.ID
	Date    time.Time // the committer's
	author  string
	Subject string
	Touched []Touch // sorted by path
}

// Touch is one file that a commit changed; a zero Mode means that there is no file.
type Touch struct {
	Path     string
	Old, New Version
}

// Reversed returns what takes back what a commit did.
func Reversed(touched []Touch) []Touch {
	out := slices.Clone(touched)
	for i, t := range out {
		out[i].Old, out[i].New = t.New, t.Old
	}
	return out
}

// Version is a file's mode and content. The zero Version means that there is no file.
type Version struct {
	Mode tree.Mode
	ID   tree.ID
}

func (v Version) Exists() bool { return v.Mode != 0 }

// By returns the commit in the form of a verdict.
func (c Commit) By() *verdict.Commit {
	return &verdict.Commit{ID: c.ID, Pull: c.Pull(), Subject: c.Subject, Author: c.author, Date: c.Date}
}

// Pull returns the number of the pull request that the commit merged; 0 if its subject has none.
func (c Commit) Pull() int { return PullOf(c.Subject) }

// PullOf parses the number that GitHub writes into a subject: "… (#123)" after a squash, "Merge pull request #123
// from …" for a merge. The last number at the end counts: `Revert "Add x (#1)" (#2)` is number 2.
func PullOf(subject string) int {
	if rest, ok := strings.CutPrefix(subject, "Merge pull request #"); ok {
		digits, _, _ := strings.Cut(rest, " ")
		return number(digits)
	}
	s, ok := strings.CutSuffix(strings.TrimRight(subject, " "), ")")
	if !ok {
		return 0
	}
	i := strings.LastIndex(s, "(#")
	if i < 0 {
		return 0
	}
	return number(s[i+len("(#"):])
}

func number(digits string) int {
	n, err := strconv.ParseUint(digits, 10, 31)
	if err != nil || digits[0] == '+' {
		return 0
	}
	return int(n)
}
