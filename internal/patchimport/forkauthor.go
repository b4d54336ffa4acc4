package patchimport

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fork"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
)

// signed is the author, date and message of a commit.
type signed struct{ author, date, subject, body string }

// signedOf reads the author, date and message of the commits of some topics.
func (f forkRepo) signedOf(ctx context.Context, steps []fork.Step) (map[tree.ID]signed, error) {
	var ids bytes.Buffer
	for _, s := range steps {
		for _, id := range slices.Concat(s.Commits, s.Merges) {
			fmt.Fprintf(&ids, "%s\n", id)
		}
	}
	found := map[tree.ID]signed{}
	if ids.Len() == 0 {
		return found, nil
	}
	out, err := f.repo.RunInput(ctx, &ids, "log", "--no-walk=unsorted", "--stdin",
		"--format=%H%x00%an <%ae>%x00%aD%x00%s%x00%b%x01")
	for text := range strings.SplitSeq(string(out), "\x01") {
		if p := strings.SplitN(strings.TrimLeft(text, "\n"), "\x00", 5); len(p) == 5 {
			found[tree.ID(p[0])] = signed{p[1], p[2], p[3], strings.TrimSpace(p[4])}
		}
	}
	return found, err
}

// withSignature returns the change with a mail header above its diff, so that an export names the authors: of one
// commit as it is; of several, the author of most of them, with the others as co-authors.
func withSignature(c *series.Change, t *fork.Topic, by map[tree.ID]signed) *series.Change {
	var all []signed
	for _, id := range slices.Concat(t.Commits, t.Merges) {
		if one, ok := by[id]; ok {
			all = append(all, one)
		}
	}
	if len(all) == 0 {
		return c
	}
	head := all[0]
	if len(all) > 1 {
		head = joinSigned(all, c.Why)
	}
	head.body = unlikeDiff.ReplaceAllString(head.body, " $0")
	if head.body != "" {
		head.body += "\n"
	}
	data := fmt.Appendf(nil, "From: %s\nDate: %s\nSubject: %s\n\n%s---\n%s", head.author, head.date, head.subject,
		head.body, c.Patch.Data)
	signed := &series.File{Name: c.Patch.Name, Data: data, Strip: 1}
	if signed.Parse(c.Allowed()) != nil {
		return c // the message cannot be above a diff
	}
	out := *c
	out.Patch = signed
	out.Sum = out.Digest()
	return &out
}

// unlikeDiff matches lines of a message that look like the start of a diff, or of the next mail.
var unlikeDiff = regexp.MustCompile(`(?m)^(?:---|diff |Index: |=====|\+\+\+ |@@ |\*\*\* |GIT binary patch|From )`)

// joinSigned makes one header of several commits.
func joinSigned(all []signed, why string) signed {
	times := map[string]int{}
	for _, one := range all {
		times[one.author]++
	}
	out := signed{}
	for _, one := range all {
		if times[one.author] > times[out.author] {
			out.author = one.author
		}
	}
	var others []string
	for _, one := range all {
		if one.author == out.author {
			out.date = one.date // of the last one
		} else if line := "Co-authored-by: " + one.author; !slices.Contains(others, line) {
			others = append(others, line)
		}
	}
	out.subject, _, _ = strings.Cut(series.OneLine(why), "; ")
	out.body = strings.TrimSpace(series.OneLine(why) + "\n\n" + strings.Join(others, "\n"))
	return out
}
