package history

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// Settings are what a series is judged with, besides upstream. Over history a change counts as in season on every
// day: a logo for June is judged all year.
type Settings struct {
	Sources apply.Sources
	Lock    *series.Lock
	bases   map[string]apply.FoundBase // by Change.Sum
	never   map[string]mainline.Commit // by Change.Sum: patches that apply at no state since the commit
	// reads upstream's version from VersionFile in a tree; needed only if a change is for some versions
	Version     func(ctx context.Context, t *tree.Tree) (string, error)
	VersionFile string

	whole        *series.Series // see apply.Inputs
	lockSum      string         // see withLockSum
	reader       *reader        // has what bases read, for the next question
	shared       *apply.Memo    // shared by the judges of all parts of the series
	memo         *apply.Memo    // shared by the judges of the parts for one question; nil: each has its own
	mostSearches int            // replaces the constant
	rough        bool           // only whether a change applies is needed, not how
	hasty        bool           // nor why it does not
}

// inParts returns the settings for a question about parts of a series.
func (q Question) inParts(r *reader) Settings {
	s := q.Settings.withLockSum()
	s.whole, s.shared = q.Series, r.memo.Beside()
	return s
}

// withLockSum returns the settings with a digest of the lock, which is part of each judge's key: a long series has a
// long lock, and many judges.
func (s Settings) withLockSum() Settings {
	if s.lockSum == "" && s.Lock != nil {
		s.lockSum = fmt.Sprintf("%x", sha256.Sum256(s.Lock.Format()))
	}
	return s
}

// seriesJudge is a Judge that uses package apply.
type seriesJudge struct {
	series   *series.Series
	settings Settings
	subjects []Subject
	named    []map[string]bool // by subject: its paths
	memo     *apply.Memo
}

// NewJudge returns a Judge that uses package apply.
func NewJudge(ctx context.Context, whole *series.Series, settings Settings) (Judge, error) {
	settings.Sources = guarded(settings.Sources)
	j := &seriesJudge{series: whole, settings: settings, memo: settings.memo}
	if j.memo == nil {
		j.memo = settings.shared.Part()
	}
	for _, c := range whole.Changes {
		s := Subject{Name: c.Name, Sum: c.Sum}
		if c.Refused == nil {
			var err error
			if s.Paths, err = apply.Paths(ctx, c, settings.Sources); err != nil {
				return nil, fmt.Errorf("reading the change %q: %w", c.Name, err)
			}
		}
		if !c.For.IsZero() && settings.VersionFile != "" {
			s.Paths = append(s.Paths, settings.VersionFile)
		}
		named := make(map[string]bool, len(s.Paths))
		for _, p := range s.Paths {
			named[p] = true
		}
		j.subjects, j.named = append(j.subjects, s), append(j.named, named)
	}
	return j, nil
}

// Subjects lists the changes in the order of the series.
func (j *seriesJudge) Subjects() []Subject { return j.subjects }

// Key identifies the series, the lock, the resolutions, and the version of the engine.
func (j *seriesJudge) Key() string {
	var key strings.Builder
	fmt.Fprint(&key, mainline.Engine(), j.settings.rough, j.settings.hasty)
	if j.settings.Lock != nil {
		fmt.Fprintf(&key, "\n%s", j.settings.withLockSum().lockSum)
	}
	for _, c := range j.series.Changes {
		if base, ok := j.settings.bases[c.Sum]; ok {
			fmt.Fprintf(&key, "\n%s %s", c.Sum, base.Sum)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(j.series.Resolutions)) {
		fmt.Fprintf(&key, "\n%s", name)
	}
	return key.String()
}

func (j *seriesJudge) Judge(
	ctx context.Context, at mainline.Commit, t *tree.Tree, landed map[string]verdict.Landing,
) ([]Judgement, error) {
	version := ""
	forSome := slices.ContainsFunc(j.series.Changes, func(c *series.Change) bool { return !c.For.IsZero() })
	if j.settings.Version != nil && forSome {
		var err error
		if version, err = j.settings.Version(ctx, t); err != nil {
			version = "" // a commit without a version file: every `for` matches
		}
	}
	r, err := apply.Apply(ctx, j.series, apply.Inputs{
		Base: t, Commit: at.ID, Version: version, Sources: j.settings.Sources, Lock: j.settings.Lock,
		Whole: j.settings.whole, Bases: j.settings.bases, Landed: landed, Memo: j.memo, Brief: true,
		Rough: j.settings.rough, Hasty: j.settings.hasty,
	})
	if err != nil {
		return nil, err
	}
	out := make([]Judgement, len(r.Outcomes))
	for i, o := range r.Outcomes {
		out[i] = Judgement{Verdict: o.Verdict, Message: o.Message, Searches: o.Searches}
		for _, p := range o.Reads {
			if !j.named[i][p] {
				out[i].Reads = append(out[i].Reads, p)
			}
		}
	}
	return out, nil
}

var _ divisible = (*seriesJudge)(nil)

// Subset returns a judge for some of the changes, by their indexes in Subjects, with a memo of its own.
func (j *seriesJudge) Subset(subjects []int) Judge {
	fewer := &series.Series{Resolutions: j.series.Resolutions}
	part := &seriesJudge{series: fewer, settings: j.settings, memo: new(apply.Memo)}
	for _, i := range subjects {
		part.series.Changes = append(part.series.Changes, j.series.Changes[i])
		part.subjects, part.named = append(part.subjects, j.subjects[i]), append(part.named, j.named[i])
	}
	return part
}

// guarded makes sources safe for several goroutines; nil stays nil.
func guarded(sources apply.Sources) apply.Sources {
	if _, already := sources.(*oneByOne); already || sources == nil {
		return sources
	}
	return &oneByOne{Sources: sources}
}

// oneByOne calls sources that are not safe for several goroutines.
type oneByOne struct {
	apply.Sources
	mu sync.Mutex
}

var _ apply.Expander = (*oneByOne)(nil)

// Commit calls [apply.Sources.Commit], one caller at a time.
func (s *oneByOne) Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Sources.Commit(ctx, repository, commit)
}

// Expand calls [apply.Expander.Expand], one caller at a time. If the sources have no such method, it finds nothing.
func (s *oneByOne) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	x, ok := s.Sources.(apply.Expander)
	if id := tree.ID(digits); !ok && id.Valid() {
		return id, nil
	}
	if !ok {
		return "", fmt.Errorf("looking for content %q of %q: %w", digits, path, fs.ErrNotExist)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return x.Expand(ctx, path, digits)
}

// Pull calls [apply.Sources.Pull], one caller at a time.
func (s *oneByOne) Pull(ctx context.Context, c *series.Change) (base, head *tree.Tree, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.Sources.Pull(ctx, c)
}
