package candidate

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// outdatedCopy is a whole file of a change that was made for an older state of upstream's file.
type outdatedCopy struct {
	file  string
	state string // the commit that made what it resembles most, or the one that removed the file, and its day
	since int    // how often upstream changed the file since then
	gone  bool   // upstream removed the file, and the change brings it back
}

// Limits of outdated: files are compared with at most so many versions, and together with at most so many contents.
const (
	mostVersions  = 256
	mostCompared  = 4_000
	largestCopied = 1 << 20
)

// outdated finds the files of an overlay that resemble an older state of upstream's file more than the present one:
// they take back what upstream changed since.
func (u Upstream) outdated(ctx context.Context, o *verdict.Outcome) (out []outdatedCopy, err error) {
	var names []string
	for _, name := range o.Files {
		if e, err := o.After.Lookup(ctx, name); err == nil && e.Mode.IsRegular() {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return nil, nil
	}
	all, err := u.versions(ctx, names)
	if err != nil {
		return nil, err
	}
	var want []tree.ID
	for _, name := range names {
		for _, v := range thinned(all[name]) {
			if v.id != tree.NoBlob && len(want) < mostCompared {
				want = append(want, v.id)
			}
		}
	}
	contents, err := u.Mirror.Repo.Blobs(ctx, want)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		f, err := o.After.ReadFile(ctx, name)
		if err != nil {
			return nil, err
		}
		if one, outdated := outdatedFile(name, f.Data, all[name], contents); outdated {
			one.file = name
			out = append(out, one)
		}
	}
	return out, nil
}

// outdatedFile compares a copy with the versions of a file, the newest first.
func outdatedFile(name string, copied []byte, all []version, contents map[tree.ID][]byte) (outdatedCopy, bool) {
	if len(all) == 0 || len(copied) > largestCopied {
		return outdatedCopy{}, false
	}
	if all[0].id == tree.NoBlob && !strings.HasPrefix(name, "public/") { // that is served whoever has it
		return outdatedCopy{state: all[0].state, gone: true}, true
	}
	var texts [][]byte
	var at []int
	for i, v := range all {
		if data, read := contents[v.id]; read && v.id != tree.NoBlob {
			texts, at = append(texts, data), append(at, i)
		}
	}
	n := resembles(copied, texts)
	if n < 0 || at[n] == 0 {
		return outdatedCopy{}, false
	}
	return outdatedCopy{state: all[at[n]].state, since: at[n]}, true
}

// version is what a commit of upstream's made of a file; tree.NoBlob: it removed it.
type version struct {
	id    tree.ID
	state string
}

// versions lists what upstream's commits up to the pin made of files, the newest first.
func (u Upstream) versions(ctx context.Context, names []string) (map[string][]version, error) {
	commits, err := mainline.Upstream{Repo: u.Mirror.Repo}.CommitsOf(ctx, u.Pin.Commit, names)
	if err != nil {
		return nil, err
	}
	out := map[string][]version{}
	for _, c := range slices.Backward(commits) {
		state := c.ID.Short() + " of " + c.Date.Format(time.DateOnly)
		for _, touch := range c.Touched {
			one := version{id: tree.NoBlob, state: state}
			if touch.New.Exists() {
				one.id = touch.New.ID
			}
			out[touch.Path] = append(out[touch.Path], one)
		}
	}
	return out, nil
}

// thinned leaves of many versions those that are as far apart from each other.
func thinned(all []version) (out []version) {
	step := len(all)/mostVersions + 1
	for i := 0; i < len(all); i += step {
		out = append(out, all[i])
	}
	return out
}
