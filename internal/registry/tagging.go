package registry

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/fault"
)

// Taken says that a tag stands for something else than it should.
type Taken struct {
	Repository, Tag string
	Want, Got       string // digests; Got is empty where the tag is gone
}

func (t *Taken) Error() string {
	if t.Got == "" {
		return fmt.Sprintf("tag %q of %s is gone right after it was written", t.Tag, t.Repository)
	}
	return fmt.Sprintf("tag %q of %s stands for %s, not %s", t.Tag, t.Repository, t.Got, t.Want)
}

// Fix writes a tag that is never to move. One that stands for the same digest already is left alone, one that stands
// for another is refused with a [Taken].
func (r *Repo) Fix(ctx context.Context, tag string, m Manifest) (wrote bool, err error) {
	if err := CheckTag(tag); err != nil {
		return false, err
	}
	got, found, err := r.Head(ctx, tag)
	switch {
	case err != nil:
		return false, err
	case found && got == m.Digest.String():
		return false, nil
	case found:
		return false, fault.New(fault.Gate, "%w", &Taken{r.String(), tag, m.Digest.String(), got}).
			WithHint("a release's tag is never moved; who wrote it? publish:status compares the registries")
	}
	return true, r.write(ctx, tag, m)
}

// Move writes a tag that may move.
func (r *Repo) Move(ctx context.Context, tag string, m Manifest) (wrote bool, err error) {
	if err := CheckTag(tag); err != nil {
		return false, err
	}
	got, found, err := r.Head(ctx, tag)
	if err != nil || found && got == m.Digest.String() {
		return false, err
	}
	return true, r.write(ctx, tag, m)
}

// write puts a manifest under a tag and reads it back.
func (r *Repo) write(ctx context.Context, tag string, m Manifest) error {
	if err := r.Put(ctx, tag, m); err != nil {
		return err
	}
	got, found, err := r.Get(ctx, tag)
	if err != nil {
		return err
	}
	if !found || got.Digest != m.Digest {
		t := &Taken{Repository: r.String(), Tag: tag, Want: m.Digest.String()}
		if found {
			t.Got = got.Digest.String()
		}
		return fault.New(fault.Registry, "%w", t).WithHint("somebody else may be releasing at the same time; publish:status compares the registries")
	}
	r.client.opt.Progress(Event{Registry: r.registry.String(), Image: r.image, What: Tagged, Name: tag})
	return nil
}
