package patchimport

import (
	"cmp"
	"net/url"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/pullref"
)

var (
	repository = `(` + pullref.Owner + `/` + pullref.Repository + `)`
	hubAddress = regexp.MustCompile(`^(?:https?://)?(?:www\.)?github\.com/`)
	hubPull    = regexp.MustCompile(`^` + repository + `/pull/([1-9][0-9]*)` +
		`(?:\.patch|\.diff|/(?:files|changes|commits|checks|conflicts)(?:/[0-9a-f]+\.\.[0-9a-f]+)?)?$`)
	hubCommit = regexp.MustCompile(`^` + repository + `/(?:commit|pull/[1-9][0-9]*/(?:commits|changes|files))` +
		`/([0-9a-f]{7,40})(?:\.patch|\.diff)?$`)
	hubCompare  = regexp.MustCompile(`^` + repository + `/compare/(?:(.+?)\.\.\.?)?(.+?)$`)
	hubFile     = regexp.MustCompile(`^` + repository + `/(?:blob|raw|blame)/`)
	hubDownload = regexp.MustCompile(`^https?://patch-diff\.githubusercontent\.com/raw/` + repository +
		`/pull/([1-9][0-9]*)\.(?:patch|diff)$`)
	upstreamRef = regexp.MustCompile(`^(?:main|master|stable-[0-9.]+|v[0-9]+\.[0-9][0-9A-Za-z.-]*)$`)
	shortCommit = regexp.MustCompile(`^(?:[0-9a-f]{7}|[0-9a-f]{8}|[0-9a-f]{12})$`) // as GitHub shortens one
	otherHead   = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]*)(?::([A-Za-z0-9._-]+))?:(.+)$`)
)

// pastedURL is what an address copied from a browser leads to.
type pastedURL struct {
	from  string   // owner/repo#N, the address of a commit, OWNER/REPO@BRANCH, or what was given
	since *forkRef // of a comparison with something that is not upstream's: what the branch is compared with
}

// parseGitHubURL understands an address copied from a browser. It returns anything else unchanged.
func parseGitHubURL(from string) (pastedURL, error) {
	if m := hubDownload.FindStringSubmatch(from); m != nil {
		return pastedURL{from: m[1] + "#" + m[2]}, nil
	}
	at := hubAddress.FindStringIndex(from)
	if at == nil {
		return pastedURL{from: from}, otherPage(from)
	}
	page, _, _ := strings.Cut(from[at[1]:], "#")
	page, _, _ = strings.Cut(page, "?")
	page = strings.TrimRight(page, "/")
	if plain, err := url.PathUnescape(page); err == nil {
		page = plain
	}
	if m := hubPull.FindStringSubmatch(page); m != nil {
		return pastedURL{from: m[1] + "#" + m[2]}, nil
	}
	if m := hubCommit.FindStringSubmatch(page); m != nil {
		return pastedURL{from: "https://github.com/" + m[1] + "/commit/" + m[2]}, whole(m[2])
	}
	if m := hubCompare.FindStringSubmatch(page); m != nil {
		return compared(m[1], m[2], m[3])
	}
	if hubFile.MatchString(page) {
		return pastedURL{}, fault.New(fault.Usage, "%s is the page of one file", from).
			WithHint("download it (\"Raw\"), and import the file: %s",
				fault.Command{Target: "patch:import", Args: []string{"FILE"}})
	}
	return pastedURL{from: "https://github.com/" + page}, nil
}

// whole returns an error for a commit with less than 40 digits: a server gives no commit by fewer.
func whole(commit string) error {
	if len(commit) >= 40 {
		return nil
	}
	return fault.New(fault.Usage, "expected the 40 hex digits of a commit, found %q", commit).
		WithHint("open the address, and copy the one that GitHub shows behind \"commit\"")
}

// compared handles the address of a comparison. One with upstream's main branch or a release is an import of the whole
// branch: what that has beyond upstream is what is missing here too.
func compared(repo, base, head string) (pastedURL, error) {
	head = strings.TrimSuffix(strings.TrimSuffix(head, ".patch"), ".diff")
	for _, one := range []string{base, head} {
		if shortCommit.MatchString(one) {
			if err := whole(one); err != nil {
				return pastedURL{}, err
			}
		}
	}
	out := pastedURL{from: headOf(repo, head).name()}
	since := headOf(repo, base)
	if base != "" && !upstreamRef.MatchString(since.branch) {
		out.since = &since
	}
	return out, nil
}

// headOf returns one side of a comparison, which may be in another repository: USER:BRANCH or USER:REPO:BRANCH.
func headOf(repo, side string) forkRef {
	owner, name, _ := strings.Cut(repo, "/")
	if m := otherHead.FindStringSubmatch(side); m != nil {
		owner, name, side = m[1], cmp.Or(m[2], name), m[3]
	}
	return onGitHubOf(owner, name, side)
}

// otherPage returns the error for the address of a GitHub page that cannot be imported.
func otherPage(from string) error {
	u, err := url.Parse(from)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !notForkURL.MatchString(u.Path) {
		return nil
	}
	return fault.New(fault.Usage, "%s is not an address at GitHub; Howdah downloads only from GitHub", from).
		WithHint("download it and import the file, or name the repository and its branch: https://…/REPO.git@BRANCH")
}
