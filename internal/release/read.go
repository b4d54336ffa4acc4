package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// Known is what the registries hold of a distribution.
type Known struct {
	Newest  *record.Record // the newest release or rollback whose record can be read; nil before the first
	digest  string         // of its artifact
	highest stamp.Version  // of all releases
	hold    holdState
	tags    []stamp.Tag      // of all releases, oldest first
	Errors  map[string]error // by name: registries that could not be read

	unreadable []error // records newer than Newest that no registry can serve, newest first

	inventories []*inventory // in the order of the settings
	newest      *storedRecord
	lost        bool // no registry can serve all of the newest release's images
}

// inventory is what one registry holds.
type inventory struct {
	registry address.Registry
	repo     *registry.Repo // of NAME-release
	err      error
	tags     []string
	releases []stamp.Tag
	current  pointer
	hold     holdState
	stored   *storedRecord // the record that current points to, if it was already read
	near     bool          // tags lacks those before the release that current points to
}

func (sh *inventory) has(tag string) bool { return slices.Contains(sh.tags, tag) }

// readAll asks every registry for everything that it holds.
func (s Store) readAll(ctx context.Context) (*Known, error) { return s.read(ctx, s.readInventory) }

func (s Store) read(ctx context.Context, readOne func(context.Context, address.Registry) *inventory) (*Known, error) {
	if len(s.Settings.Registries) == 0 {
		return nil, fault.New(fault.Usage, "no registry to publish to")
	}
	k := Known{Errors: map[string]error{}, inventories: make([]*inventory, len(s.Settings.Registries))}
	var all goroutine.All
	for i, r := range s.Settings.Registries {
		all.Go(func() { k.inventories[i] = readOne(ctx, r) })
	}
	all.Wait()
	var errs []error
	for _, sh := range k.inventories {
		if sh.err != nil {
			k.Errors[sh.registry.String()] = sh.err
			errs = append(errs, sh.err)
			continue
		}
		k.tags = append(k.tags, sh.releases...)
		if sh.hold.after(k.hold) {
			k.hold = sh.hold
		}
	}
	if len(errs) == len(k.inventories) {
		return nil, errors.Join(errs...)
	}
	k.tags = sorted(k.tags)
	k.highest = highest(k.tags)
	return k.withNewest(ctx)
}

// withNewest returns k with the newest readable record. A record that exists and cannot be read is kept as unreadable
// and is no error, since a rollback to an older release must remain possible.
func (k Known) withNewest(ctx context.Context) (*Known, error) {
	for _, t := range slices.Backward(k.tags) {
		got, err := k.record(ctx, t.String())
		if err == nil {
			k.newest, k.Newest, k.digest = got, got.Record, got.digest()
			break
		}
		if !unreadable(err) {
			return nil, err
		}
		k.unreadable = append(k.unreadable, err)
	}
	return &k, nil
}

// readInventory reads the tags, what current points to, and the hold. A list may lag or be cut off, so what current
// points to counts as a release, too.
func (s Store) readInventory(ctx context.Context, r address.Registry) *inventory {
	sh := &inventory{registry: r}
	if sh.repo, sh.err = s.repo(r, s.Settings.artifact()); sh.err != nil {
		return sh
	}
	found := false
	errs := make([]error, 3)
	_ = parallel(len(errs), func(i int) error {
		switch i {
		case 0:
			sh.tags, errs[i] = sh.repo.Tags(ctx)
		case 1:
			sh.current, errs[i] = point(ctx, sh.repo, currentTag)
		case 2:
			sh.hold, found, errs[i] = readHold(ctx, sh.repo, false)
		}
		return nil
	})
	if fault.CodeOf(errs[0]) == fault.Auth && sh.repo.CanPush(ctx) == nil {
		sh.tags = nil // some registries refuse to list a repository that does not exist yet
		return sh
	}
	if !found && errs[2] == nil && sh.has(holdTag) {
		sh.hold, _, errs[2] = readHold(ctx, sh.repo, true)
	}
	for _, err := range errs {
		if err != nil {
			sh.err = err
			return sh
		}
	}
	if sh.current.found && !sh.has(sh.current.tag.String()) {
		sh.tags = append(sh.tags, sh.current.tag.String())
	}
	sh.releases = stamp.Tags(sh.tags)
	return sh
}

// record reads a release's record from the first registry that can serve it. Registries that do not list the tag are
// asked last.
func (k *Known) record(ctx context.Context, tag string) (*storedRecord, error) {
	if k.newest != nil && k.newest.Record.Tag == tag {
		return k.newest, nil
	}
	if claimed(tag) != "" { // its record may be one that never became a release
		return nil, fault.New(fault.Usage, "%q is not a release but the claim of a run", tag).WithHint("%s", k.latest())
	}
	var errs []error
	there := false
	for _, listed := range []bool{true, false} {
		for _, sh := range k.inventories {
			if sh.err != nil || sh.has(tag) != listed {
				continue
			}
			got, err := sh.record(ctx, tag)
			if err == nil {
				return got, nil
			}
			if !errors.Is(err, errNone) || listed {
				there = true
				errs = append(errs, err)
			}
		}
	}
	if !there && tag == "" { // what points to the newest was not found
		return nil, fault.New(fault.Usage, "no registry says which release is current").WithHint("%s", k.latest())
	}
	if !there {
		return nil, fault.New(fault.Usage, "no registry has a release %q", tag).WithHint("%s", k.latest())
	}
	return nil, whyUnreadable(tag, errs)
}

// mostListed is how many releases a hint names.
const mostListed = 5

// latest names the newest releases.
func (k *Known) latest() string {
	if len(k.tags) == 0 {
		return "no release has been published yet"
	}
	names := []string{}
	for _, t := range slices.Backward(k.tags[max(0, len(k.tags)-mostListed):]) {
		names = append(names, t.String())
	}
	return "the newest are " + strings.Join(names, ", ")
}

// errNone means that a tag does not exist.
var errNone = errors.New("the tag is not there")

func unreadable(err error) bool { return errors.Is(err, record.ErrUnreadable) }

// passing reports whether an error of reading a record may go away: it is about a registry, not about the record.
func passing(err error) bool {
	return err != nil && !unreadable(err) && !errors.Is(err, errNone) && len(registry.Flaws(err)) == 0
}

// whyUnreadable returns the error for a record that no registry serves. Registries that cannot be reached may have
// it.
func whyUnreadable(tag string, errs []error) error {
	for _, err := range errs {
		if passing(err) {
			return errors.Join(errs...)
		}
	}
	return fault.New(fault.Registry, "release %s: %w: %w", tag, record.ErrUnreadable, errors.Join(errs...)).
		WithHint("%s goes back to a release whose record can be read, under a new tag", rollbackTo("TAG"))
}

// record reads a record by its tag; that of the current release is already read in part.
func (sh *inventory) record(ctx context.Context, tag string) (*storedRecord, error) {
	if sh.stored != nil && sh.stored.Record.Tag == tag {
		return sh.stored, nil
	}
	if c := sh.current; c.found && c.tag.String() == tag {
		return openRecord(ctx, sh.repo, tag, c.manifest)
	}
	return readRecord(ctx, sh.repo, tag)
}

// readRecord reads the record that a tag or digest points to.
func readRecord(ctx context.Context, repo *registry.Repo, ref string) (*storedRecord, error) {
	m, found, err := repo.Get(ctx, ref)
	if err != nil {
		return nil, err
	}
	if !found {
		return nil, fault.New(fault.Registry, "%s has no tag %q: %w", repo, ref, errNone)
	}
	return openRecord(ctx, repo, ref, m)
}

func openRecord(ctx context.Context, repo *registry.Repo, tag string, m content.Manifest) (*storedRecord, error) {
	kind, content, err := record.Unpack(m, func(b content.Blob) ([]byte, error) { return repo.Small(ctx, b) })
	if err != nil {
		return nil, fmt.Errorf("%s:%s: %w", repo, tag, err)
	}
	if kind != recordType {
		return nil, fault.New(fault.Registry, "%s:%s is not a release's record but has the type %q: %w", repo, tag,
			kind, record.ErrUnreadable)
	}
	r, err := record.Parse(content.Blobs[0].Data)
	if err != nil {
		return nil, fmt.Errorf("%s:%s: %w", repo, tag, err)
	}
	return &storedRecord{Record: r, Content: content}, nil
}

// find returns the newest release with the same content, whatever its time.
func (k *Known) find(want stamp.Tag) (stamp.Tag, bool) {
	for _, t := range slices.Backward(k.tags) {
		if t.Same(want) {
			return t, true
		}
	}
	return stamp.Tag{}, false
}

// sorted returns tags, oldest first, each once.
func sorted(tags []stamp.Tag) []stamp.Tag {
	slices.SortFunc(tags, func(a, b stamp.Tag) int { return strings.Compare(a.String(), b.String()) })
	return slices.CompactFunc(tags, func(a, b stamp.Tag) bool { return a.String() == b.String() })
}

// highest returns the highest version of tags.
func highest(tags []stamp.Tag) (version stamp.Version) {
	for _, t := range tags {
		if t.Version.Compare(version) > 0 {
			version = t.Version
		}
	}
	return version
}
