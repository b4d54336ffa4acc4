package fork

import (
	"regexp"
	"slices"
	"strings"
)

var (
	// branchMerge matches the subject that git gives the merge of a branch, of another repository or of the same one.
	branchMerge = regexp.MustCompile(
		`^Merge (?:remote-tracking )?branch '([^']+)'(?: of (\S+))?(?: into '?([^' ]+?)'?)?$`)
	// lasting matches the names of branches that no topic has: main, develop, hometown-dev, 4.2.x.
	lasting = regexp.MustCompile(`(?i)(?:^|[-/_])(?:main|master|trunk|default|dev|devel|develop|development|staging|` +
		`prod|production|live|edge|nightly|next|head)$|[0-9]+\.[0-9x]`)
	// unnamed matches the names that GitHub gives branches.
	unnamed = regexp.MustCompile(`^patch-[0-9]+$`)
)

// mostMerged is how many commits a branch has at most that is one topic: one with more was worked on for all kinds of
// things.
const mostMerged = 40

// branchOf returns a unit for the branch that a commit merged, if it was made for one topic: it is merged once, under a
// name of its own, and merges neither upstream nor a pull request itself.
func (h *history) branchOf(at, side int) (workUnit, bool) {
	m := branchMerge.FindStringSubmatch(h.commits[at].subject)
	if m == nil {
		return workUnit{}, false
	}
	name, into := m[1], m[3]
	if name == into || lasting.MatchString(name) || h.merged[name+" "+m[2]] > 1 || h.mergesUpstream(at, side) {
		return workUnit{}, false
	}
	commits := h.sideOf(at, side)
	if len(commits) > mostMerged || len(commits) == 1 { // one commit has a subject of its own
		return workUnit{}, false
	}
	for _, i := range commits {
		if pullMerge.MatchString(h.commits[i].subject) {
			return workUnit{}, false
		}
	}
	u := workUnit{kind: kindBranch, name: name, title: titleOfBranch(name), body: h.commits[at].body}
	if !distinct(u.title) || unnamed.MatchString(name) {
		u.title = h.commits[slices.Min(commits)].subject
	}
	if from := strings.Split(strings.NewReplacer(":", "/", "//", "/").Replace(m[2]), "/"); len(from) > 1 {
		u.name += " of " + strings.Join(from[len(from)-2:], "/")
	}
	return u, true
}

// countBranches counts how often each branch is merged.
func (h *history) countBranches() {
	h.merged = map[string]int{}
	for _, c := range h.commits {
		if m := branchMerge.FindStringSubmatch(c.subject); m != nil && len(c.parents) > 1 {
			h.merged[m[1]+" "+m[2]]++
		}
	}
}

// titleOfBranch returns a branch's name as words, without the name of the remote or of its kind before it.
func titleOfBranch(name string) string {
	name = name[strings.LastIndexByte(name, '/')+1:]
	return strings.TrimSpace(strings.NewReplacer("-", " ", "_", " ").Replace(name))
}
