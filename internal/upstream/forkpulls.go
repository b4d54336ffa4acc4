package upstream

import (
	"context"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/tree"
)

// pullHeads are the refs that GitHub has for the last commit of each pull request.
const pullHeads = "refs/pull/*/head"

// mostPulls limits how many pull requests of a fork are compared with its commits, the oldest first: a server is asked
// for all of them at once.
const mostPulls = 10_000

// PullsOfFork returns which pull request made a commit of a fork, "#12", although no merge says so: the commit is the
// last of a pull request, or has the signature (author, Unix time and subject, with a zero between them) of one that a
// pull request has and the fork's history has not, as after "Rebase and merge". The repository at the address, a URL or
// a folder, is asked for its pull requests, a URL not if the mirror is offline; where it has none, or does not answer,
// no commit is of one. Repo has the fork's history up to its tip, and that of others.
func (m *Mirror) PullsOfFork(
	ctx context.Context, repo *git.Repo, address string, tip tree.ID, others []tree.ID,
) (func(id tree.ID, signature string) string, error) {
	none := func(tree.ID, string) string { return "" }
	if m.opt.Offline && !filepath.IsAbs(address) {
		return none, nil
	}
	refs, err := repo.LsRemote(ctx, address, pullHeads)
	if err != nil || len(refs) == 0 {
		return none, ctx.Err()
	}
	numbers := map[tree.ID]int{} // by head: the first pull request that has it
	for ref, id := range refs {
		n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(ref, "refs/pull/"), "/head"))
		if have, ok := numbers[id]; err == nil && (!ok || n < have) {
			numbers[id] = n
		}
	}
	heads := make([]tree.ID, 0, len(numbers))
	for id := range numbers {
		heads = append(heads, id)
	}
	slices.SortFunc(heads, func(a, b tree.ID) int { return numbers[a] - numbers[b] })
	heads = heads[:min(len(heads), mostPulls)]
	by, err := rebased(ctx, repo, address, heads, append(others[:len(others):len(others)], tip))
	return func(id tree.ID, signature string) string {
		n, ok := numbers[id]
		if !ok {
			n, ok = numbers[by[signature]]
		}
		if !ok {
			return ""
		}
		return "#" + strconv.Itoa(n)
	}, err
}

// rebased returns, by signature, the first of the pull requests' heads that has a commit which is in no other history.
func rebased(
	ctx context.Context, repo *git.Repo, address string, heads, others []tree.ID,
) (map[string]tree.ID, error) {
	joined, err := git.Join(repo)
	if err != nil {
		return nil, err
	}
	defer joined.Close()
	if err := joined.FetchCommits(ctx, address, heads); err != nil {
		return nil, ctx.Err() // they are not told apart
	}
	var in strings.Builder
	for _, id := range heads {
		in.WriteString(string(id) + "\n")
	}
	for _, id := range others {
		in.WriteString("^" + string(id) + "\n")
	}
	out, err := joined.RunInput(ctx, strings.NewReader(in.String()), "log", "--stdin", "--no-merges", "--source",
		"--format=%S%x00%an%x00%at%x00%s")
	if err != nil {
		return nil, ctx.Err()
	}
	by := map[string]tree.ID{}
	for line := range strings.Lines(string(out)) {
		head, signature, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\x00")
		if _, ok := by[signature]; !ok {
			by[signature] = tree.ID(head)
		}
	}
	return by, nil
}
