package upstream

import (
	"context"
	"fmt"
	"path"
	"regexp"
	"strconv"
	"strings"
	"time"

	goversion "github.com/hashicorp/go-version"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// Pin is one commit of upstream. Ref is the name, which moves; Commit does not.
type Pin struct {
	URL     string    `json:"url"`
	Ref     string    `json:"ref"`
	Commit  tree.ID   `json:"commit"`
	Tree    tree.ID   `json:"tree"`
	Date    time.Time `json:"date"` // of the committer, in UTC
	Subject string    `json:"subject"`
}

// Want says what to pin.
type Want struct {
	Ref    string        // a branch, a commit (at least seven digits), or a tag pattern, for the highest version
	Branch string        // the branch or tag that must contain a commit; for a commit or pattern: the default branch's
	Settle time.Duration // the newest first-parent commit that is at least this old; 0: the newest
	Now    time.Time
}

// hexDigits matches a commit's id, full or abbreviated.
var hexDigits = regexp.MustCompile(`^[0-9a-f]{7,40}$`)

// Pin fetches and resolves what is wanted. The Move says what the fetch found.
func (m *Mirror) Pin(ctx context.Context, w Want) (Pin, Move, error) {
	switch {
	case strings.ContainsAny(w.Ref, "*?["):
		return m.pinTag(ctx, w)
	case hexDigits.MatchString(w.Ref):
		return m.pinCommit(ctx, w)
	case !refName(w.Ref):
		return Pin{}, Move{}, fault.New(fault.Usage, "%q is not the name of a branch or tag", w.Ref).
			WithHint("use a branch, a tag, a pattern of tags such as v4.6.*, or a commit's 40 hex digits")
	}
	move, err := m.fetchNamed(ctx, w.Ref)
	if err != nil {
		return Pin{}, move, err
	}
	if strings.HasPrefix(move.ref, "refs/tags/") {
		pin, err := m.describe(ctx, w.Ref, move.New)
		return pin, move, err
	}
	commit, err := m.settled(ctx, move.New, w)
	if err != nil {
		return Pin{}, move, err
	}
	pin, err := m.describe(ctx, w.Ref, commit)
	return pin, move, err
}

// LastPin returns what Pin would, of what was fetched before.
func (m *Mirror) LastPin(ctx context.Context, w Want) (Pin, error) {
	local := &Mirror{URL: m.URL, Repo: m.Repo, opt: Options{Offline: true}}
	pin, _, err := local.Pin(ctx, w)
	return pin, err
}

// refName reports whether a branch or tag can have this name, by the rules of git-check-ref-format(1).
func refName(name string) bool {
	if name == "@" || strings.HasPrefix(name, "-") || strings.HasSuffix(name, ".") || strings.Contains(name, "..") ||
		strings.Contains(name, "@{") ||
		strings.ContainsFunc(name, func(r rune) bool { return r <= ' ' || r == 0x7f || strings.ContainsRune(`~^:?*[\`, r) }) {
		return false
	}
	for part := range strings.SplitSeq(name, "/") {
		if part == "" || strings.HasPrefix(part, ".") || strings.HasSuffix(part, ".lock") {
			return false
		}
	}
	return true
}

// settled returns the newest first-parent commit that is old enough.
func (m *Mirror) settled(ctx context.Context, tip tree.ID, w Want) (tree.ID, error) {
	if w.Settle <= 0 {
		return tip, nil
	}
	before := w.Now.Add(-w.Settle)
	for skip := 0; ; skip += settleStep {
		out, err := m.Repo.Run(ctx, "log", "--first-parent", "--format=%H %ct", "--skip="+strconv.Itoa(skip),
			"--max-count="+strconv.Itoa(settleStep), string(tip))
		if err != nil {
			return "", fmt.Errorf("looking for a settled commit: %w", err)
		}
		lines := strings.Fields(string(out))
		if len(lines) == 0 {
			return "", fault.New(fault.Usage, "expected a commit of %s that is at least %s old (settle), found "+
				"none", w.Ref, w.Settle).
				WithHint("set [upstream] settle to less, or follow another branch")
		}
		for i := 0; i+1 < len(lines); i += 2 {
			at, err := strconv.ParseInt(lines[i+1], 10, 64)
			if err != nil {
				return "", fmt.Errorf("looking for a settled commit: %w", err)
			}
			if !time.Unix(at, 0).After(before) {
				return tree.ID(lines[i]), nil
			}
		}
	}
}

// settleStep is how many commits are read at once: upstream makes about seven a day.
const settleStep = 200

// pinTag pins the tag of the highest version that matches the pattern.
func (m *Mirror) pinTag(ctx context.Context, w Want) (Pin, Move, error) {
	var refs map[string]tree.ID
	var err error
	if m.opt.Offline {
		refs, err = m.localTags(ctx)
	} else {
		refs, err = m.Repo.LsRemote(ctx, m.URL, "refs/tags/"+w.Ref)
		if err != nil {
			return Pin{}, Move{}, m.explain(ctx, err, w.Ref)
		}
	}
	if err != nil {
		return Pin{}, Move{}, err
	}
	best := highest(refs, w.Ref)
	if best == "" {
		return Pin{}, Move{}, fault.New(fault.Usage, "no tag of %s matches %q", m.URL, w.Ref).
			WithHint("a pattern has to match a whole tag that is a version: v4.5.* matches v4.5.1")
	}
	move, err := m.fetch(ctx, "refs/tags/"+best)
	if err != nil {
		return Pin{}, move, err
	}
	pin, err := m.describe(ctx, best, move.New)
	return pin, move, err
}

// characterClass matches a set of characters in a pattern of path.Match.
var characterClass = regexp.MustCompile(`\[[^\]]*\]`)

// highest returns the tag of the highest version that matches a pattern; "" if none does. A prerelease counts only
// where the pattern names one (v4.6.0-*) or matches nothing else, as in the version constraints of package managers.
func highest(refs map[string]tree.ID, pattern string) string {
	best, bestVersion := "", (*goversion.Version)(nil)
	named := strings.Contains(characterClass.ReplaceAllString(pattern, ""), "-")
	final := func(v *goversion.Version) bool { return named || v.Prerelease() == "" }
	for ref := range refs {
		name := strings.TrimPrefix(ref, "refs/tags/")
		if ok, err := path.Match(pattern, name); err != nil || !ok {
			continue
		}
		v, err := goversion.NewSemver(name)
		if err != nil {
			continue
		}
		switch {
		case bestVersion == nil, final(v) && !final(bestVersion):
		case final(v) != final(bestVersion), v.LessThan(bestVersion), v.Equal(bestVersion) && name < best:
			continue
		}
		best, bestVersion = name, v
	}
	return best
}

func (m *Mirror) localTags(ctx context.Context) (map[string]tree.ID, error) {
	out, err := m.Repo.Run(ctx, "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags/")
	if err != nil {
		return nil, err
	}
	refs := map[string]tree.ID{}
	for line := range strings.Lines(string(out)) {
		if id, name, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
			refs[name] = tree.ID(id)
		}
	}
	return refs, nil
}

// describe reads what the later stages need to know about a commit.
func (m *Mirror) describe(ctx context.Context, ref string, commit tree.ID) (Pin, error) {
	c, err := m.Repo.Commit(ctx, commit)
	if err != nil {
		return Pin{}, err
	}
	return Pin{URL: m.URL, Ref: ref, Commit: commit, Tree: c.Tree, Date: c.Date, Subject: c.Subject}, nil
}
