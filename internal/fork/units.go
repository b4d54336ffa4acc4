package fork

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/tree"
)

// history is a fork's own commits, and the unit of each.
type history struct {
	commits []Commit
	index   map[tree.ID]int
	units   []workUnit
	unit    []int            // by commit: an index into units, or none
	foreign []bool           // by commit: it is part of an upstream release that is not in upstream's public branches
	paths   map[string][]int // by path: the commits that touched it
	known   Known
	merged  map[string]int // by a merged branch and its repository: how often
}

type unitKind string

const (
	kindSingle  unitKind = "commit"
	kindPull    unitKind = "pull"    // a pull request of the fork
	kindBranch  unitKind = "branch"  // a branch of somebody's that was merged without a pull request
	kindCopied  unitKind = "copy"    // a commit cherry-picked from upstream
	kindRelease unitKind = "release" // a merged upstream release that is not in upstream's public branches
	kindMerge   unitKind = "merge"   // a merge commit, with the lines that it alone wrote
)

// workUnit is what somebody did in one go: a commit, or a pull request with its commits.
type workUnit struct {
	kind    unitKind
	name    string // "#12"; "" for a commit
	title   string
	body    string
	date    int64     // of its first commit
	commits []tree.ID // oldest first
}

// signatureOf returns what a cherry-picked commit keeps of the original.
func signatureOf(author string, date int64, subject string) string {
	return fmt.Sprintf("%s\x00%d\x00%s", author, date, subject)
}

var (
	pullMerge = regexp.MustCompile(`^Merge pull request #([0-9]+) from (\S+)`)
	// advisoryMerge matches the subject that GitHub gives the merge of a private security fix.
	advisoryMerge = regexp.MustCompile(`^Merge (?:pull request|commit) from (GHSA-\S+|fork)$`)

	squashed    = regexp.MustCompile(`^(.*\S) \(#([0-9]+)\)$`)
	releaseName = regexp.MustCompile(`^Merge (?:remote-tracking )?(?:branch|tag|commit) '(?:refs/tags/)?(?:[\w.-]+/)*` +
		`(stable-[0-9][\w.-]*|v[0-9]+\.[0-9][\w.-]*)'`)
)

// Known answers what is in upstream, besides the commits that the fork's history already leaves out.
type Known struct {
	Copied  func(signature string) bool // reports whether upstream has a commit with this signature; nil: none
	Release func(name string) bool      // reports whether upstream's branches have this tag or branch; nil: none

	// Pull returns the pull request, "#12", that made a commit of the fork though no merge says so, by the commit's id
	// and signature; "": none. It may be nil.
	Pull func(id tree.ID, signature string) string
}

// pull returns what Pull does.
func (k Known) pull(c Commit) string {
	if k.Pull == nil {
		return ""
	}
	return k.Pull(c.id, signatureOf(c.author, c.date, c.subject))
}

// readHistory assigns each commit to a unit. Parents come before children in commits.
func readHistory(commits []Commit, known Known) *history {
	h := &history{
		commits: commits, known: known, index: make(map[tree.ID]int, len(commits)), paths: map[string][]int{},
		unit: make([]int, len(commits)), foreign: make([]bool, len(commits)),
	}
	for i, c := range commits {
		h.index[c.id] = i
		h.unit[i] = none
		for _, row := range c.Rows {
			h.paths[row.Path] = append(h.paths[row.Path], i)
		}
	}
	h.countBranches()
	if len(commits) > 0 {
		h.assignUnits(len(commits) - 1)
	}
	pulls := map[string]int{} // units of pull requests that no merge names
	for i, c := range commits {
		copied := len(c.parents) < 2 && known.Copied != nil && known.Copied(signatureOf(c.author, c.date, c.subject))
		pull := ""
		if len(c.parents) < 2 && h.unit[i] == none {
			pull = known.pull(c)
		}
		if at, ok := pulls[pull]; ok {
			h.unit[i] = at
		}
		if at := h.unit[i]; at >= 0 && !(copied && h.units[at].kind == kindRelease) {
			u := &h.units[h.unit[i]]
			if len(u.commits) == 0 || c.date < u.date {
				u.date = c.date
			}
			u.commits = append(u.commits, c.id)
			continue
		}
		u := workUnit{kind: kindSingle, title: c.subject, body: c.body, date: c.date, commits: []tree.ID{c.id}}
		switch m := squashed.FindStringSubmatch(c.subject); {
		case len(c.parents) > 1:
			u.kind = kindMerge
		case copied:
			u.kind = kindCopied
		case m != nil:
			u.kind, u.title, u.name = kindPull, m[1], "#"+m[2]
		case pull != "":
			u.kind, u.name = kindPull, pull
			pulls[pull] = len(h.units)
		case pullMerge.MatchString(c.subject): // squashed, with the subject of a merge
			u.kind = kindPull
			u.name, u.title = c.pull()
		}
		if m := advisoryMerge.FindStringSubmatch(c.subject); m != nil {
			u.title = c.firstPoint(m[1], u.title)
		}
		h.unit[i] = len(h.units)
		h.units = append(h.units, u)
	}
	return h
}

// none is the index of no unit.
const none = -1

// assignUnits follows first parents from tip down to upstream's commits. Commits that a merge brought in belong to
// the innermost pull request that merged them.
func (h *history) assignUnits(tip int) {
	seen := make([]bool, len(h.commits))
	type job struct{ tip, pull int }
	for todo := []job{{tip, none}}; len(todo) > 0; {
		one := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		var line []int
		for at, ok := one.tip, true; ok && !seen[at]; {
			seen[at] = true
			line = append(line, at)
			if parents := h.commits[at].parents; len(parents) == 0 {
				break
			} else {
				at, ok = h.own(parents[0])
			}
		}
		for _, at := range line { // the newest first, so the oldest merge is handled last
			c := h.commits[at]
			if one.pull != none {
				h.unit[at] = one.pull
			}
			for n, p := range c.parents {
				side, ok := h.own(p)
				if n == 0 || !ok || seen[side] {
					continue
				}
				inner := one.pull
				if n == 1 {
					inner = h.open(at, side, one.pull)
				}
				todo = append(todo, job{side, inner})
			}
		}
	}
}

// own returns the index of a commit of the fork.
func (h *history) own(id tree.ID) (int, bool) {
	i, ok := h.index[id]
	return i, ok
}

// open adds a unit for the pull request, branch or release that a commit merged, and returns its index; outer for any
// other merge, none for a pull request that merged upstream.
func (h *history) open(at, side, outer int) int {
	c := h.commits[at]
	if m := releaseName.FindStringSubmatch(c.subject); m != nil && (h.known.Release == nil || !h.known.Release(m[1])) {
		return h.release(at, side, m[1])
	}
	u, merged := h.branchOf(at, side)
	if pullMerge.MatchString(c.subject) {
		if h.mergesUpstream(at, side) {
			return none
		}
		u.kind, merged = kindPull, true
		u.name, u.title = c.pull()
	} else if name := h.known.pull(h.commits[side]); name != "" && !h.mergesUpstream(at, side) {
		u.kind, u.name, merged = kindPull, name, true
		u.title = cmp.Or(u.title, h.commits[slices.Min(h.sideOf(at, side))].subject)
	}
	if !merged {
		return outer
	}
	h.units = append(h.units, u)
	h.unit[at] = len(h.units) - 1
	return len(h.units) - 1
}

// firstPoint returns the first list item of a commit's message, followed by name if that is an advisory's; or else
// title.
func (c *Commit) firstPoint(name, title string) string {
	for line := range strings.Lines(c.body) {
		point, ok := strings.CutPrefix(strings.TrimSpace(line), "* ")
		if !ok {
			continue
		}
		if strings.HasPrefix(name, "GHSA") {
			point += " (" + name + ")"
		}
		return point
	}
	return title
}

// pull returns the number and the title of the pull request that a commit merged. Without a title it is the branch's
// name.
func (c *Commit) pull() (number, title string) {
	m := pullMerge.FindStringSubmatch(c.subject)
	_, title, _ = strings.Cut(m[2], "/")
	for line := range strings.Lines(c.body) {
		if line = strings.TrimSpace(line); line != "" {
			title = line
			break
		}
	}
	return "#" + m[1], title
}

// release adds one unit for all commits that a merged release brought in.
func (h *history) release(at, side int, name string) int {
	h.units = append(h.units, workUnit{kind: kindRelease, title: "upstream's release " + name})
	for _, i := range h.sideOf(at, side) {
		h.foreign[i] = true
		if h.unit[i] == none {
			h.unit[i] = len(h.units) - 1
		}
	}
	return len(h.units) - 1
}
