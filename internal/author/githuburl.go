package author

import (
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
	otherHead   = regexp.MustCompile(`^([A-Za-z0-9][A-Za-z0-9-]*)(?::([A-Za-z0-9._-]+))?:(.+)$`)
)

// parseGitHubURL turns an address copied from a browser into a form that the import takes: owner/repo#N, the address
// of a commit, or OWNER/REPO@BRANCH. It returns anything else unchanged.
func parseGitHubURL(from string) (string, error) {
	if m := hubDownload.FindStringSubmatch(from); m != nil {
		return m[1] + "#" + m[2], nil
	}
	at := hubAddress.FindStringIndex(from)
	if at == nil {
		return from, otherPage(from)
	}
	page, _, _ := strings.Cut(from[at[1]:], "#")
	page, _, _ = strings.Cut(page, "?")
	page = strings.TrimRight(page, "/")
	if plain, err := url.PathUnescape(page); err == nil {
		page = plain
	}
	if m := hubPull.FindStringSubmatch(page); m != nil {
		return m[1] + "#" + m[2], nil
	}
	if m := hubCommit.FindStringSubmatch(page); m != nil {
		if len(m[2]) < 40 {
			return "", fault.New(fault.Usage, "expected the 40 hex digits of a commit, found %q", m[2]).
				WithHint("open the address, and copy the one that GitHub shows behind \"commit\"")
		}
		return "https://github.com/" + m[1] + "/commit/" + m[2], nil
	}
	if m := hubCompare.FindStringSubmatch(page); m != nil {
		return compared(from, m[1], m[2], m[3])
	}
	if hubFile.MatchString(page) {
		return "", fault.New(fault.Usage, "%s is the page of one file", from).
			WithHint("download it (\"Raw\"), and import the file: %s",
				fault.Command{Target: "patch:import", Args: []string{"FILE"}})
	}
	return "https://github.com/" + page, nil
}

// compared handles the address of a comparison of two branches. The import always compares a branch with upstream, so
// base has to be upstream's.
func compared(from, repo, base, head string) (string, error) {
	head = strings.TrimSuffix(strings.TrimSuffix(head, ".patch"), ".diff")
	if m := otherHead.FindStringSubmatch(base); m != nil {
		base = m[3]
	}
	if base != "" && !upstreamRef.MatchString(base) {
		_, name, _ := strings.Cut(repo, "/")
		return "", fault.New(fault.Usage, "%s compares with %q, which is not a branch or release of upstream", from, base).
			WithHint("to import all that the branch has beyond upstream: %s",
				fault.Command{Target: "patch:import", Args: []string{headOf(repo, name, head)}})
	}
	_, name, _ := strings.Cut(repo, "/")
	return headOf(repo, name, head), nil
}

// headOf returns the branch OWNER/REPO@BRANCH of a comparison's head, which may be in another repository: USER:BRANCH
// or USER:REPO:BRANCH.
func headOf(repo, name, head string) string {
	if m := otherHead.FindStringSubmatch(head); m != nil {
		if m[2] != "" {
			name = m[2]
		}
		return m[1] + "/" + name + "@" + m[3]
	}
	return repo + "@" + head
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
