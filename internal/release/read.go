package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Known is what the registries hold of a distribution.
type Known struct {
	Newest  *Record       // the newest release or rollback; nil before the first
	Digest  string        // of its artifact
	Highest stamp.Version // ever released
	Hold    HoldState
	Tags    []stamp.Tag      // all releases', oldest first
	Errors  map[string]error // registries that could not be read, by name

	shelves []*shelf // in the order of the settings
	newest  *kept
}

// HoldState says whether scheduled releases wait.
type HoldState struct {
	On     bool      `json:"on"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`
}

// shelf is what one registry holds.
type shelf struct {
	registry registry.Registry
	repo     *registry.Repo // of NAME-release
	err      error
	tags     []string
	releases []stamp.Tag
	hold     HoldState
}

func (sh *shelf) has(tag string) bool { return slices.Contains(sh.tags, tag) }

// Read asks every registry what it holds. A registry that does not answer is in Errors; only when no registry at all can
// be read, Read fails.
func Read(ctx context.Context, c *registry.Client, s Settings) (*Known, error) {
	if len(s.Registries) == 0 {
		return nil, fault.New(fault.Usage, "no registry to publish to")
	}
	k := &Known{Errors: map[string]error{}, shelves: make([]*shelf, len(s.Registries))}
	var all sync.WaitGroup
	for i, r := range s.Registries {
		all.Go(func() { k.shelves[i] = readShelf(ctx, c, s, r) })
	}
	all.Wait()
	var errs []error
	for _, sh := range k.shelves {
		if sh.err != nil {
			k.Errors[sh.registry.String()] = sh.err
			errs = append(errs, sh.err)
			continue
		}
		k.Tags = append(k.Tags, sh.releases...)
		if sh.hold.Since.After(k.Hold.Since) {
			k.Hold = sh.hold
		}
	}
	if len(errs) == len(k.shelves) {
		return nil, errors.Join(errs...)
	}
	slices.SortFunc(k.Tags, func(a, b stamp.Tag) int { return compareText(a.String(), b.String()) })
	k.Tags = slices.CompactFunc(k.Tags, func(a, b stamp.Tag) bool { return a.String() == b.String() })
	for _, t := range k.Tags {
		if t.Version.Compare(k.Highest) > 0 {
			k.Highest = t.Version
		}
	}
	if len(k.Tags) == 0 {
		return k, nil
	}
	newest, err := k.record(ctx, k.Tags[len(k.Tags)-1].String())
	if err != nil {
		return nil, err
	}
	k.newest, k.Newest, k.Digest = newest, newest.Record, newest.digest()
	return k, nil
}

func readShelf(ctx context.Context, c *registry.Client, s Settings, r registry.Registry) *shelf {
	sh := &shelf{registry: r}
	if sh.repo, sh.err = c.Repo(r, s.artifact()); sh.err != nil {
		return sh
	}
	if sh.tags, sh.err = sh.repo.Tags(ctx); fault.CodeOf(sh.err) == fault.Auth && sh.repo.CanPush(ctx) == nil {
		sh.tags, sh.err = nil, nil // some registries refuse to list what is not there yet
	}
	sh.releases = stamp.Tags(sh.tags)
	if sh.err == nil && sh.has(holdTag) {
		sh.hold, sh.err = readHold(ctx, sh.repo)
	}
	return sh
}

// record reads a release's record from the first registry that has it.
func (k *Known) record(ctx context.Context, tag string) (*kept, error) {
	if k.newest != nil && k.newest.Record.Tag == tag {
		return k.newest, nil
	}
	var errs []error
	for _, sh := range k.shelves {
		if sh.err != nil || !sh.has(tag) {
			continue
		}
		got, err := readRecord(ctx, sh.repo, tag)
		if err == nil {
			return got, nil
		}
		errs = append(errs, err)
	}
	if len(errs) == 0 {
		return nil, fault.New(fault.Usage, "no registry has a release %q", tag).WithHint("%s", k.latest())
	}
	return nil, errors.Join(errs...)
}

// mostListed is how many releases a hint names.
const mostListed = 5

// latest names the newest releases.
func (k *Known) latest() string {
	if len(k.Tags) == 0 {
		return "there is none yet"
	}
	names := []string{}
	for _, t := range slices.Backward(k.Tags[max(0, len(k.Tags)-mostListed):]) {
		names = append(names, t.String())
	}
	return "the newest are " + strings.Join(names, ", ")
}

func readRecord(ctx context.Context, repo *registry.Repo, tag string) (*kept, error) {
	m, found, err := repo.Get(ctx, tag)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.Registry, "%s has no %q, though it lists it", repo, tag)
	}
	parsed, content, err := unpack(m, func(b registry.Blob) ([]byte, error) { return repo.Small(ctx, b) })
	if err != nil {
		return nil, err
	}
	if parsed.Config.MediaType != RecordType {
		return nil, fault.New(fault.Registry, "%s:%s is no release of Howdah's but %q", repo, tag, parsed.Config.MediaType)
	}
	r, err := ParseRecord(content.Blobs[0].Data)
	if err != nil {
		return nil, fmt.Errorf("%s:%s: %w", repo, tag, err)
	}
	return &kept{Record: r, Content: content}, nil
}

func readHold(ctx context.Context, repo *registry.Repo) (HoldState, error) {
	var h HoldState
	m, found, err := repo.Get(ctx, holdTag)
	if err != nil || !found {
		return h, err
	}
	_, content, err := unpack(m, func(b registry.Blob) ([]byte, error) { return repo.Small(ctx, b) })
	if err != nil {
		return h, err
	}
	if err := json.Unmarshal(content.Blobs[0].Data, &h); err != nil {
		return h, fault.New(fault.Registry, "reading the hold at %s: %w", repo, err)
	}
	return h, nil
}

// find gives the newest release of the same content, whatever its time.
func (k *Known) find(want stamp.Tag) (stamp.Tag, bool) {
	for _, t := range slices.Backward(k.Tags) {
		if t.Same(want) {
			return t, true
		}
	}
	return stamp.Tag{}, false
}

func compareText(a, b string) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}
