// Package mainline reads upstream's first-parent history: a repository and a range go in, its commits with the files
// that each touched come out, and the folders and files of many of them in a few batches. What git said is kept in a
// cache folder, so that the next run asks only for what is new.
package mainline

import (
	"strconv"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Upstream is the repository that holds upstream's commits, and the folder in which answers are kept for the next run
// ("": nowhere). What is kept is named by all that it depends on, and losing it costs time only.
type Upstream struct {
	Repo  *git.Repo
	Cache string
	Log   *Log // what one question has read, for the next; may be nil
}

// Commit is one first-parent commit of upstream, and what it did to its first parent's files.
type Commit struct {
	ID      tree.ID
	Parent  tree.ID // the first; "" for the root
	Tree    tree.ID
	Date    time.Time // the committer's
	author  string
	Subject string
	Touched []Touch // in git's order
}

// Touch is one file that a commit changed; a zero Mode stands for absence.
type Touch struct {
	Path     string
	Old, New Version
}

// Version is a file's mode and content. The zero Version is no file at all.
type Version struct {
	Mode tree.Mode
	ID   tree.ID
}

// Exists says that there is something.
func (v Version) Exists() bool { return v.Mode != 0 }

// By is the commit as a verdict names it.
func (c Commit) By() *verdict.Commit {
	return &verdict.Commit{ID: c.ID, Pull: c.Pull(), Subject: c.Subject, Author: c.author, Date: c.Date}
}

// Pull is the number of the pull request that the commit merged, 0 when its subject tells none.
func (c Commit) Pull() int { return PullOf(c.Subject) }

// PullOf reads the number that GitHub writes into a subject: "… (#123)" when it squashes, "Merge pull request #123
// from …" when it merges. The last number at the end counts: `Revert "Add x (#1)" (#2)` is number 2.
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
