package registry

import (
	"context"
	"errors"
	"fmt"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
)

// Taken means that a tag points to another digest than it should.
type Taken struct {
	Repository, Tag string
	Want, Got       string // digests; Got is "" if the tag is gone
}

func (t *Taken) Error() string {
	if t.Got == "" {
		return fmt.Sprintf("tag %q of %s was missing right after it was written", t.Tag, t.Repository)
	}
	return fmt.Sprintf("tag %q of %s points to %s, expected %s", t.Tag, t.Repository, t.Got, t.Want)
}

// compare is the command that shows what each registry has.
var compare = fault.Command{Target: "publish:status"}

// Fix writes a tag that must never move. It keeps one that already has the digest, and returns a [Taken] for one with
// another digest. With an error, wrote reports whether the tag may have been written.
func (r *Repo) Fix(ctx context.Context, tag string, m content.Manifest) (wrote bool, err error) {
	if err := address.CheckTag(tag); err != nil {
		return false, err
	}
	got, found, err := r.Head(ctx, tag)
	switch {
	case err != nil:
		return false, err
	case found && got == m.Digest.String():
		return false, nil
	case found:
		return false, r.taken(tag, m, got)
	}
	return r.write(ctx, tag, m, "")
}

func (r *Repo) taken(tag string, m content.Manifest, got string) error {
	return fault.New(fault.Gate, "%w", &Taken{r.String(), tag, m.Digest.String(), got}).
		WithHint("Howdah never moves a release's tag; find out who wrote it; %s compares the registries", compare)
}

// Move writes a tag that may move. With an error, wrote reports whether the tag may have been written.
func (r *Repo) Move(ctx context.Context, tag string, m content.Manifest) (wrote bool, err error) {
	if err := address.CheckTag(tag); err != nil {
		return false, err
	}
	got, found, err := r.Head(ctx, tag)
	if err != nil || found && got == m.Digest.String() {
		return false, err
	}
	return r.write(ctx, tag, m, got)
}

// write writes a manifest under a tag and reads it back. Old is the digest that the tag had before, "" for a new tag.
// If the registry does not show the new digest yet, write reads again within the budget of one request. Wrote is true
// if the tag may have been written, also with an error.
func (r *Repo) write(ctx context.Context, tag string, m content.Manifest, old string) (wrote bool, err error) {
	if err := r.Put(ctx, tag, m); err != nil {
		var unsure *Unsure
		return errors.As(err, &unsure), err
	}
	return true, r.ReadBack(ctx, tag, m, old)
}
