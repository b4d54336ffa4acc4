package release

import (
	"context"
	"errors"
	"slices"

	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/stamp"
)

// free reports whether a release's tag has the right digest wherever it exists: two runs in the same second may have
// given one tag to different builds, and then neither can be finished.
func (s Store) free(ctx context.Context, k *Known, of *storedRecord) (bool, error) {
	wants := s.Settings.wants(of, false)
	free := make([]bool, len(k.inventories)*len(wants))
	err := parallel(len(free), func(i int) error {
		sh, w := k.inventories[i/len(wants)], wants[i%len(wants)]
		free[i] = true
		if sh.err != nil {
			return nil
		}
		repo, err := s.repo(sh.registry, w.image)
		if err != nil {
			return err
		}
		got, found, err := repo.Head(ctx, w.tag)
		free[i] = !found || got == w.digest
		return err
	})
	for _, f := range free {
		if !f {
			return false, err
		}
	}
	return true, err
}

// whole reports whether every registry that answers has a release with all its tags. Moving tags are checked for the
// newest release only.
func (s Store) whole(ctx context.Context, k *Known, of *storedRecord) (bool, error) {
	results := make([]bool, len(k.inventories))
	errs := make([]error, len(k.inventories))
	var all goroutine.All
	for i, sh := range k.inventories {
		if sh.err != nil {
			results[i] = true // an error of a required registry is reported elsewhere; others may lag
			continue
		}
		all.Go(func() { results[i], errs[i] = s.wholeAt(ctx, sh, of, k.isNewest(of.Record.ParsedTag())) })
	}
	all.Wait()
	for _, r := range results {
		if !r {
			return false, errors.Join(errs...)
		}
	}
	return true, errors.Join(errs...)
}

func (k *Known) isNewest(t stamp.Tag) bool {
	return len(k.tags) == 0 || t.String() >= k.tags[len(k.tags)-1].String()
}

// wholeAt reports whether a registry has a release: its tag on NAME-release and on both images, and the moving tags.
func (s Store) wholeAt(ctx context.Context, sh *inventory, of *storedRecord, moving bool) (bool, error) {
	wants := s.Settings.wants(of, moving)
	// The record is tagged last, after the images' own tags. Since then, only another run of the same second can have
	// overwritten these without restoring them. Such a run has claimed the tag before, so the tags are checked if
	// there is a claim, and for a person who waits.
	if sh.near && moving && !s.Settings.Attended && sh.has(of.Record.Tag) && !sh.contested(of) {
		wants = slices.DeleteFunc(wants, func(w want) bool { return w.tag == of.Record.Tag })
	}
	right := make([]bool, len(wants))
	err := parallel(len(wants), func(i int) error {
		w := wants[i]
		if w.tag == currentTag && sh.current.found {
			right[i] = sh.current.manifest.Digest.String() == w.digest // it was just read
			return nil
		}
		repo, err := s.repo(sh.registry, w.image)
		if err != nil {
			return err
		}
		got, found, err := repo.Head(ctx, w.tag)
		right[i] = found && got == w.digest
		return err
	})
	for _, r := range right {
		if !r {
			return false, err
		}
	}
	return true, err
}

// intact returns an error with a flaw unless every required registry can serve every blob of a release. It reads the
// first byte of each blob.
func (s Store) intact(ctx context.Context, k *Known, of *storedRecord) error {
	errs := make([]error, len(k.inventories))
	var all goroutine.All
	for i, sh := range k.inventories {
		if sh.err == nil {
			all.Go(func() { errs[i] = s.intactAt(ctx, sh, of) })
		}
	}
	all.Wait()
	return errors.Join(errs...)
}

// intactAt checks every manifest and every blob of a release at one registry.
func (s Store) intactAt(ctx context.Context, sh *inventory, of *storedRecord) error {
	errs := make([]error, len(of.Record.Images)+1)
	_ = parallel(len(of.Record.Images), func(i int) error {
		errs[i] = s.intactImage(ctx, sh, of.Record.Images[i])
		return nil
	})
	errs[len(errs)-1] = touch(ctx, sh.repo, of.Content.Blobs)
	return errors.Join(errs...)
}

func (s Store) intactImage(ctx context.Context, sh *inventory, i record.Image) error {
	repo, err := s.repo(sh.registry, i.Name)
	if err != nil {
		return err
	}
	index, err := repo.Index(ctx, i.Digest)
	if err != nil {
		return err
	}
	content, err := content.Gather(index, nil)
	if err != nil {
		return err
	}
	return touch(ctx, repo, content.Blobs)
}

// touch reads the first byte of every blob.
func touch(ctx context.Context, repo *registry.Repo, blobs []content.Blob) error {
	errs := make([]error, len(blobs))
	_ = parallel(len(blobs), func(i int) error {
		errs[i] = repo.Touch(ctx, blobs[i])
		return nil
	})
	return errors.Join(errs...)
}

// want is the digest that a tag should point to.
type want struct{ image, tag, digest string }

// wants returns the tags that a registry with a release has: the release's tag on NAME-release and on every image
// and, with moving, the tags that follow the newest release.
func (s Settings) wants(of *storedRecord, moving bool) []want {
	tag := of.Record.Tag
	out := []want{{s.artifact(), tag, of.digest()}}
	if moving {
		out = append(out, want{s.artifact(), currentTag, of.digest()})
	}
	for _, i := range of.Record.Images {
		out = append(out, want{i.Name, tag, i.Digest})
		if moving {
			for _, m := range s.Moving {
				out = append(out, want{i.Name, m, i.Digest})
			}
		}
	}
	return out
}
