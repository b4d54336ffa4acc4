package history

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/apply"
	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/series"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/verdict"
)

// keptBases is what bases found for one question, kept for the next run: without it each run judges the series once
// more for each round of bases. The name of its file has what the answer depends on. What the sources answered is in
// the file, and it counts only if they answer the same again.
type keptBases struct {
	Expanded map[string]tree.ID // by path and digits; "": nothing begins with them
	Absent   []string           // commits of upstream that it does not have
	Parts    [][]int            // the series' changes that a base was found with, by their indexes
	Found    map[string]keptBase
	Never    map[string]keptCommit
	Looked   int // see reader.looked

	file   string // "": nothing is kept
	reader *reader
	mu     sync.Mutex // of Expanded and Absent
	loaded bool
}

type keptBase struct {
	Commit tree.ID
	Part   int
}

type keptCommit struct {
	ID   tree.ID
	Date time.Time
}

func newKeptBases(u mainline.Upstream, q Question, in apply.Inputs) *keptBases {
	k := &keptBases{reader: q.Settings.reader}
	if u.Cache == "" || in.Base == nil || len(q.Settings.bases)+len(q.Settings.never) > 0 {
		return k
	}
	k.file = filepath.Join(u.Cache, fmt.Sprintf("%sbases-%x", verdictsPrefix, keyOfBases(u, q, in)))
	k.Expanded, k.Found, k.Never = map[string]tree.ID{}, map[string]keptBase{}, map[string]keptCommit{}
	return k
}

// keyOfBases identifies a question and the inputs with which its series is applied.
func keyOfBases(u mainline.Upstream, q Question, in apply.Inputs) []byte {
	h := sha256.New()
	r := q.Settings.reader
	fmt.Fprintf(h, "%s\n%q %s %s %s %q\n%q %d %d %d\n", mainline.Engine(), u.Repo.Dir(), q.Pin, in.Commit, in.Base.Root(),
		in.Version, in.Without, r.mostLooked, r.looked, q.Settings.mostSearches)
	fmt.Fprintf(h, "%s\n", q.Settings.lockSum)
	for _, name := range slices.Sorted(maps.Keys(q.Series.Resolutions)) {
		fmt.Fprintf(h, "%q\n", name)
	}
	for _, sum := range slices.Sorted(maps.Keys(in.Landed)) {
		l := in.Landed[sum]
		fmt.Fprintf(h, "%s %d", sum, l.Unread)
		for _, c := range []*verdict.Commit{l.By, l.Undone} {
			if c != nil {
				fmt.Fprintf(h, " %s", c.ID)
			}
			fmt.Fprint(h, ";")
		}
	}
	for _, c := range q.Series.Changes {
		fmt.Fprintf(h, "%q %s %s %t %s", c.Name, c.Kind, c.Sum, c.Refused != nil, c.For)
		if !c.Window.IsZero() {
			fmt.Fprintf(h, " %s %t", c.Window, c.Window.Contains(in.Day))
		}
		fmt.Fprintln(h)
	}
	return h.Sum(nil)[:16]
}

// load puts what an earlier run found into a question's settings, if the sources answer as they did then.
func (k *keptBases) load(ctx context.Context, q *Question) error {
	if k.file == "" {
		return nil
	}
	data := mainline.ReadCache(k.file)
	var old keptBases
	if len(data) == 0 || json.Unmarshal(data, &old) != nil || !old.fits(q.Series) {
		return nil
	}
	if same, err := old.answered(ctx, q.Settings.Sources); !same || err != nil {
		return err
	}
	parts := make([]*series.Series, len(old.Parts))
	for n, indexes := range old.Parts {
		parts[n] = &series.Series{Resolutions: q.Series.Resolutions}
		for _, i := range indexes {
			parts[n].Changes = append(parts[n].Changes, q.Series.Changes[i])
		}
	}
	found := map[string]apply.FoundBase{}
	for sum, one := range old.Found {
		found[sum] = apply.FoundBase{Commit: one.Commit, Part: parts[one.Part]}
	}
	never := map[string]mainline.Commit{}
	for sum, one := range old.Never {
		never[sum] = mainline.Commit{ID: one.ID, Date: one.Date}
	}
	if err := k.reader.bringBases(ctx, q.Settings, &verdict.Result{}, found); err != nil {
		return err
	}
	q.Settings = q.Settings.withBases(found)
	q.Settings.never = never
	k.reader.looked, k.loaded = old.Looked, true
	return nil
}

// fits reports whether the indexes are those of a series.
func (k *keptBases) fits(s *series.Series) bool {
	for _, indexes := range k.Parts {
		if slices.ContainsFunc(indexes, func(i int) bool { return i < 0 || i >= len(s.Changes) }) {
			return false
		}
	}
	for _, one := range k.Found {
		if one.Part < 0 || one.Part >= len(k.Parts) || !one.Commit.Valid() {
			return false
		}
	}
	return true
}

// answered reports whether sources answer what the earlier run asked them as they did then.
func (k *keptBases) answered(ctx context.Context, sources apply.Sources) (bool, error) {
	for _, commit := range k.Absent {
		if _, err := sources.Commit(ctx, "", tree.ID(commit)); !errors.Is(err, fs.ErrNotExist) {
			return false, ctx.Err()
		}
	}
	x, ok := sources.(apply.Expander)
	if !ok {
		return len(k.Expanded) == 0, nil
	}
	for _, key := range slices.Sorted(maps.Keys(k.Expanded)) {
		path, digits, _ := strings.Cut(key, "\x00")
		id, err := x.Expand(ctx, path, digits)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if err != nil {
			id = ""
		}
		if id != k.Expanded[key] {
			return false, nil
		}
	}
	return true, nil
}

// save writes what bases found into the file. Nothing is kept where a content that a patch names is not stored: it may
// be there in the next run, and then the patch has a base.
func (k *keptBases) save(ctx context.Context, q Question) {
	if k.file == "" || k.loaded || len(q.Settings.bases)+len(q.Settings.never) == 0 {
		return
	}
	named := slices.DeleteFunc(slices.Collect(maps.Values(k.Expanded)), func(id tree.ID) bool { return id == "" })
	if absent, err := k.reader.upstream.Repo.Absent(ctx, named); err != nil || len(absent) > 0 {
		return
	}
	at, numbers := map[*series.Change]int{}, map[*series.Series]int{}
	for i, c := range q.Series.Changes {
		at[c] = i
	}
	for sum, one := range q.Settings.bases {
		n, known := numbers[one.Part]
		if !known {
			n = len(k.Parts)
			numbers[one.Part] = n
			indexes := make([]int, len(one.Part.Changes))
			for i, c := range one.Part.Changes {
				indexes[i] = at[c]
			}
			k.Parts = append(k.Parts, indexes)
		}
		k.Found[sum] = keptBase{one.Commit, n}
	}
	for sum, c := range q.Settings.never {
		k.Never[sum] = keptCommit{c.ID, c.Date}
	}
	k.Looked = k.reader.looked
	if data, err := json.Marshal(k); err == nil && len(data) <= mostTreeBytes {
		mainline.WriteCache(k.file, string(data))
	}
}

// recording returns sources that note their answers.
func (k *keptBases) recording(of apply.Sources) apply.Sources {
	noted := notedSources{of, k}
	switch x, ok := of.(apply.Expander); {
	case of == nil:
		return nil
	case ok:
		return notedExpander{noted, x}
	}
	return noted
}

type notedSources struct {
	apply.Sources
	kept *keptBases
}

// Commit notes which commits upstream does not have.
func (s notedSources) Commit(ctx context.Context, repository string, commit tree.ID) (*tree.Tree, error) {
	t, err := s.Sources.Commit(ctx, repository, commit)
	if repository == "" && errors.Is(err, fs.ErrNotExist) {
		s.kept.mu.Lock()
		defer s.kept.mu.Unlock()
		if !slices.Contains(s.kept.Absent, string(commit)) {
			s.kept.Absent = append(s.kept.Absent, string(commit))
		}
	}
	return t, err
}

type notedExpander struct {
	notedSources
	expander apply.Expander
}

// Expand notes the contents that digits stand for.
func (s notedExpander) Expand(ctx context.Context, path, digits string) (tree.ID, error) {
	id, err := s.expander.Expand(ctx, path, digits)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		s.kept.mu.Lock()
		defer s.kept.mu.Unlock()
		s.kept.Expanded[path+"\x00"+digits] = id
	}
	return id, err
}
