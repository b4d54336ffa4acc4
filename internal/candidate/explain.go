package candidate

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/history"
	"github.com/howdah/howdah/internal/landed"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// pastCommits is upstream's history, and what it is asked about.
type pastCommits struct {
	upstream mainline.Upstream
	settings history.Settings
	work     []landed.Work
}

// past prepares the questions to upstream's history.
func (u Upstream) past(ctx context.Context, s *session.Session, reachable *series.Series,
	lock *series.Lock) (*pastCommits, error) {
	out := &pastCommits{
		upstream: mainline.Upstream{Repo: u.Mirror.Repo, Cache: s.Config.Cache.In("history"),
			Log: new(mainline.Log)},
		settings: history.Settings{Sources: u.sources, Lock: lock, Version: versionAt, VersionFile: stamp.VersionFile},
	}
	var err error
	in := apply.Inputs{Commit: u.Pin.Commit, Sources: u.sources, Lock: lock}
	out.work, err = landed.WorkOf(ctx, out.upstream, reachable, in)
	return out, err
}

// versionAt reads upstream's version from a tree; "" if the tree has none that can be read.
func versionAt(ctx context.Context, t *tree.Tree) (string, error) {
	file, err := t.ReadFile(ctx, stamp.VersionFile)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	v, err := stamp.ParseUpstream(file.Data)
	if err != nil {
		return "", nil // an old commit, with the version in another form
	}
	return v.String(), nil
}

// landed returns the changes that upstream contains at the pin.
func (h *pastCommits) landed(ctx context.Context, pin tree.ID) (map[string]verdict.Landing, error) {
	landings, err := landed.Find(ctx, h.upstream, h.work, pin)
	if err != nil {
		return nil, err
	}
	return landings.Now(), nil
}

// question returns what upstream's history up to the pin is asked about a series.
func (h *pastCommits) question(whole *series.Series, pin tree.ID) history.Question {
	return history.Question{Series: whole, Settings: h.settings, Work: h.work, Pin: pin}
}

// AlteredLine is a line of a file that upstream added or removed.
type AlteredLine = history.AlteredLine

// AuthorsOf returns the lines with the commits of upstream that added or removed them.
func (c *Candidate) AuthorsOf(ctx context.Context, lines []AlteredLine) ([]AlteredLine, error) {
	return history.AuthorsOf(ctx, c.past.upstream, c.Upstream.Pin.Commit, lines)
}

// Explain returns the candidate with upstream's commits in its outcomes: those that broke, renamed or merged what a
// change needs.
func (c *Candidate) Explain(ctx context.Context, s *session.Session) (_ *Candidate, err error) {
	stage := s.Story.Stage("asking upstream's history")
	defer stage.FailOn(&err)
	h := c.past
	question := h.question(c.Series, c.Upstream.Pin.Commit)
	explained, err := history.Explain(ctx, h.upstream, question, c.Result)
	if err != nil {
		return nil, err
	}
	shown, err := c.shownByFollow(ctx, explained)
	if err != nil {
		return nil, err
	}
	run := apply.NewRun(c.Series, c.Inputs)
	outcomes := make([]verdict.Outcome, len(explained.Outcomes))
	read := 0
	for i, o := range explained.Outcomes {
		if begin := shown.begin[i]; begin >= read && begin < len(shown.ids) {
			n, err := c.Upstream.Mirror.Repo.ReadAheadFiles(ctx, shown.ids[begin:])
			if err != nil {
				return nil, err
			}
			read = begin + n
		}
		followed, err := run.Follow(ctx, o)
		if err != nil {
			return nil, err
		}
		followed.Message += unread(followed, c.Inputs.Landed[o.Change.Sum])
		outcomes[i] = followed
	}
	stage.End("")
	result := *explained
	result.Outcomes = outcomes
	out := *c
	out.Result, out.byName = &result, byName(&result)
	return &out, nil
}

// followedFiles are the files of which Follow shows lines.
type followedFiles struct {
	ids   []tree.ID
	begin []int // by outcome: the first of its files
}

// shownByFollow lists the files to which upstream moved what changes lack, and the last contents of those that it
// deleted.
func (c *Candidate) shownByFollow(ctx context.Context, explained *verdict.Result) (out followedFiles, err error) {
	for _, o := range explained.Outcomes {
		out.begin = append(out.begin, len(out.ids))
		for _, w := range o.Went {
			id := w.Was
			if w.To != "" {
				there, err := c.Inputs.Base.Lookup(ctx, w.To)
				if err != nil && !errors.Is(err, fs.ErrNotExist) {
					return out, err
				}
				id = there.ID
			}
			if id.Valid() {
				out.ids = append(out.ids, id)
			}
		}
	}
	return out, nil
}

// unread is the end of an outcome's message if the search for landed changes left out commits which could alter it.
func unread(o verdict.Outcome, l verdict.Landing) string {
	if l.Unread == 0 || !o.Verdict.Fails() && !(o.Verdict == verdict.Landed && l.Holds()) {
		return ""
	}
	what := "took it in"
	if l.Holds() {
		what = "took it back"
	}
	return fmt.Sprintf("; it was not looked whether any of %s of upstream %s: their files are too much to compare",
		plural.Of(l.Unread, "commit"), what)
}

// explainOrWarn is Explain for a report: where upstream's history cannot be read, because files of it are not here or
// upstream is out of reach, it warns and returns the candidate without the commits.
func (c *Candidate) explainOrWarn(ctx context.Context, s *session.Session) (*Candidate, error) {
	explained, err := c.Explain(ctx, s)
	if reported := (*fault.Error)(nil); err == nil || ctx.Err() != nil || !errors.As(err, &reported) {
		return explained, err
	}
	s.Term.Warnf("cannot say which commits changed the verdicts: %v; %s", err, s.Caller.Hint(fault.HintOf(err)))
	return c, nil
}

// Followed returns an outcome with what upstream's history says about files that are gone.
func (c *Candidate) Followed(ctx context.Context, o verdict.Outcome) (*verdict.Outcome, error) {
	if o.Verdict != verdict.Gone {
		return &o, nil
	}
	went, err := history.WithWent(ctx, c.past.upstream, c.Upstream.Pin.Commit, o)
	if err != nil {
		return nil, err
	}
	followed, err := apply.NewRun(c.Series, c.Inputs).Follow(ctx, went)
	return &followed, err
}
