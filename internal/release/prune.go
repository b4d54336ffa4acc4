package release

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// PruneOptions say what may be removed.
type PruneOptions struct {
	Keep   int           // number of newest releases to keep; 0: all
	Builds time.Duration // how long a build is kept; 0: 14 days
	Now    time.Time
	Dry    bool
}

// Pruned is one tag that was or would be removed, or a manifest without a tag.
type Pruned struct {
	Registry, Image string
	Tag             string // or a digest
	Why             string
	Gone            bool   // false in a dry run, and if the registry does not delete
	Error           string // why it was not removed
}

// String returns the name for a pull.
func (p Pruned) String() string {
	mark := ":"
	if strings.HasPrefix(p.Tag, "sha256:") {
		mark = "@"
	}
	return p.Registry + "/" + p.Image + mark + p.Tag
}

// Prune removes old releases and old builds from every registry. Whatever another tag points to stays complete: a
// manifest is removed only if no remaining tag leads to it, directly or through an index.
func (s Store) Prune(ctx context.Context, o PruneOptions) ([]Pruned, error) {
	if o.Builds == 0 {
		o.Builds = 14 * 24 * time.Hour
	}
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	var out []Pruned
	var errs []error
	for _, sh := range k.inventories {
		if sh.err != nil {
			errs = append(errs, sh.err)
			continue
		}
		keep := map[string]bool{}
		from := 0
		if o.Keep > 0 {
			from = max(0, len(sh.releases)-o.Keep)
		}
		for _, t := range sh.releases[from:] {
			keep[t.String()] = true
		}
		for _, image := range append(slices.Clone(s.Settings.Images), s.Settings.artifact()) {
			p := &pruning{set: s.Settings, opt: o, inventory: sh, image: image, keep: keep}
			if p.repo, err = s.repo(sh.registry, image); err == nil {
				err = p.run(ctx)
			}
			out = append(out, p.out...)
			errs = append(errs, err)
		}
	}
	return out, errors.Join(errs...)
}

// pruning is the work on one repository.
type pruning struct {
	set       Settings
	opt       PruneOptions
	inventory *inventory
	repo      *registry.Repo
	image     string
	keep      map[string]bool // releases' tags

	out []Pruned
}

// removal is a tag to remove, with the manifests that it leads to.
type removal struct {
	tag, why string
	leads    []string // digests, the tag's own first
}

func (p *pruning) run(ctx context.Context) error {
	tags, err := p.repo.Tags(ctx)
	if err != nil {
		return err
	}
	var going []removal
	// digests: of tags that stay, of releases, of other tags
	stays, released, named := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, t := range tags {
		leads, m, err := p.leads(ctx, t)
		if err != nil {
			return err
		}
		if why := p.old(t, m); why != "" {
			going = append(going, removal{t, why, leads})
			continue
		}
		for _, d := range leads {
			stays[d] = true
		}
		if claimed(t) != "" {
			continue // it stays with its release, and keeps no other
		}
		_, other := stamp.ParseTag(t)
		released[leads[0]] = released[leads[0]] || other == nil
		named[leads[0]] = named[leads[0]] || other != nil
	}
	for _, d := range going {
		done := Pruned{Registry: p.inventory.registry.String(), Image: p.image, Tag: d.tag, Why: d.why}
		// A release that a moving tag points to is kept, whatever its age, unless the tag belongs to a later release
		// of the same images; so is its claim.
		if _, err := stamp.ParseTag(cmp.Or(claimed(d.tag), d.tag)); err == nil && named[d.leads[0]] && !released[d.leads[0]] {
			continue
		}
		if !p.opt.Dry {
			if done.Gone, err = p.remove(ctx, d, stays); err != nil {
				done.Error = err.Error()
			} else if !done.Gone {
				done.Error = "this registry deletes on its own pages only: " + p.repo.SettingsPage()
			}
		}
		p.out = append(p.out, done)
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return nil
}

// leads returns the digests that a tag leads to.
func (p *pruning) leads(ctx context.Context, tag string) ([]string, content.Manifest, error) {
	m, found, err := p.repo.Get(ctx, tag)
	if err != nil || !found {
		return []string{""}, m, err
	}
	out := []string{m.Digest.String()}
	if m.Type.IsIndex() {
		index, err := v1.ParseIndexManifest(bytes.NewReader(m.Data))
		if err != nil {
			return out, m, fmt.Errorf("reading %s:%s: %w", p.repo, tag, err)
		}
		for _, d := range index.Manifests {
			out = append(out, d.Digest.String())
		}
	}
	return out, m, nil
}

// old returns why a tag may be removed; "" if it is kept. Tags that Howdah did not write are kept.
func (p *pruning) old(tag string, m content.Manifest) string {
	if strings.HasPrefix(tag, buildPrefix) && p.image != p.set.artifact() {
		index, err := v1.ParseIndexManifest(bytes.NewReader(m.Data))
		if err != nil {
			return ""
		}
		at, err := time.Parse(time.RFC3339, index.Annotations[savedAt])
		if err == nil && p.opt.Now.Sub(at) > p.opt.Builds {
			return fmt.Sprintf("a build kept since %s", at.Format(time.DateOnly))
		}
		return ""
	}
	of := tag
	if p.image == p.set.artifact() {
		of = cmp.Or(claimed(tag), tag) // a claim is removed with the release that it claims
	}
	t, err := stamp.ParseTag(of)
	switch {
	case err != nil || p.keep[of]:
		return ""
	case p.inventory.has(of):
		if p.opt.Keep == 1 {
			return "older than the newest release"
		}
		return fmt.Sprintf("older than the newest %d releases", p.opt.Keep)
	case p.opt.Now.Sub(t.Time) > p.opt.Builds:
		return "never became a release"
	}
	return ""
}

// remove removes a tag, and the manifests that are then unreferenced.
func (p *pruning) remove(ctx context.Context, d removal, stays map[string]bool) (gone bool, err error) {
	if gone, err = p.repo.Delete(ctx, d.tag); err != nil {
		return false, err
	}
	for i, digest := range d.leads {
		if digest == "" || stays[digest] {
			continue
		}
		ok, err := p.repo.Delete(ctx, digest)
		if err != nil {
			return gone, err
		}
		if i == 0 && ok {
			gone = true // with its last manifest, the tag is gone too
		}
		if !ok {
			break
		}
	}
	return gone, nil
}
