package git

import (
	"context"
	"sync"

	"github.com/howdah/howdah/internal/tree"
)

// known is what git has said about objects that are named by their full ids, which stays true: a series that names one
// pull request in each of its changes asks git once. Nothing that git did not find is in it.
type known struct {
	mu        sync.Mutex
	commits   map[string]tree.ID // by revisions such as ID^1
	trees     map[tree.ID]tree.ID
	bases     map[[2]tree.ID]tree.ID
	ancestors map[[2]tree.ID]bool
	sizes     map[tree.ID]int64
	whole     map[string]bool   // by the arguments of a question for missing objects: there were none
	own       map[string]string // see Opened
	user      *configured       // see userConfig
}

// recall returns an answer of one of known's maps; answers points to the map.
func recall[K comparable, V any](k *known, answers *map[K]V, key K) (V, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	v, ok := (*answers)[key]
	return v, ok
}

// learn adds an answer to one of known's maps.
func learn[K comparable, V any](k *known, answers *map[K]V, key K, v V) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if *answers == nil {
		*answers = map[K]V{}
	}
	(*answers)[key] = v
}

// fixed reports whether a revision means the same commit for ever: a full id, or one that is counted from it.
func fixed(rev string) bool {
	return len(rev) >= 40 && tree.ID(rev[:40]).Valid() && (len(rev) == 40 || rev[40] == '^')
}

// stored is a commit named by its full id, or its first parent, by the reader that stays open.
func (r *Repo) stored(ctx context.Context, rev string) (tree.ID, error) {
	id, parent := tree.ID(rev[:40]), rev[40:]
	data, err := r.commitData(ctx, id)
	c, _, _ := parseCommit(data)
	switch {
	case err != nil:
		return "", err
	case parent == "":
		return id, nil
	case parent != "^1" || len(c.Parents) == 0:
		return "", ErrNoRevision
	}
	return c.Parents[0], nil
}
