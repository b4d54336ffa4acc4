package release

import (
	"context"
	"errors"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/registry"
)

// Checkup is one thing that the doctor checked.
type Checkup struct {
	Registry, Image string
	What            string // "push" or "pull"
	OK              bool
	Says            string
	Hint            fault.Hint
	Seconds         float64

	err error
}

// Doctor asks every registry, for every image, whether this run may push (it starts an upload and cancels it), and
// whether somebody without an account can pull. It writes nothing. The error is the worst one found.
func (s Store) Doctor(ctx context.Context) ([]Checkup, error) {
	images := append(append([]string{}, s.Settings.Images...), s.Settings.artifact())
	out := make([]Checkup, 0, 2*len(images)*len(s.Settings.Registries))
	for _, r := range s.Settings.Registries {
		for _, image := range images {
			out = append(out, Checkup{Registry: r.String(), Image: image, What: "push"},
				Checkup{Registry: r.String(), Image: image, What: "pull"})
		}
	}
	var all goroutine.All
	i := 0
	for _, r := range s.Settings.Registries {
		for _, image := range images {
			push := i
			i += 2
			all.Go(func() {
				repo, err := s.repo(r, image)
				if err != nil {
					out[push], out[push+1] = out[push].with(time.Now(), err, ""), out[push+1].with(time.Now(), err, "")
					return
				}
				at := time.Now()
				out[push] = out[push].with(at, repo.CanPush(ctx), "may be pushed to")
				at = time.Now()
				says, err := s.Settings.canPull(ctx, repo)
				out[push+1] = out[push+1].with(at, err, says)
			})
		}
	}
	all.Wait()
	var errs []error
	for _, ch := range out {
		errs = append(errs, ch.err)
	}
	return out, errors.Join(errs...)
}

// with returns the check with its result.
func (c Checkup) with(since time.Time, err error, says string) Checkup {
	c.Seconds, c.OK, c.Says, c.err = time.Since(since).Seconds(), err == nil, says, err
	if err != nil {
		c.Says, c.Hint = err.Error(), fault.HintOf(err)
	}
	return c
}

// PackagePages returns the pages at GitHub on which a person makes the images and the release's own package public;
// nil without GitHub's registry.
func (s Store) PackagePages() (pages []string) {
	for _, r := range s.Settings.Registries {
		for _, image := range append(append([]string{}, s.Settings.Images...), s.Settings.artifact()) {
			if repo, err := s.repo(r, image); err == nil && r.IsGHCR() {
				pages = append(pages, repo.SettingsPage())
			}
		}
	}
	return pages
}

// canPull requests an image as a cluster will.
func (s Settings) canPull(ctx context.Context, repo *registry.Repo) (string, error) {
	tags, err := repo.Tags(ctx)
	if err != nil && fault.CodeOf(err) != fault.Auth {
		return "", err
	}
	if len(tags) == 0 {
		return "nothing is published there yet", nil
	}
	visible, err := repo.Visible(ctx, tags[len(tags)-1])
	if err != nil {
		return "", err
	}
	if visible {
		return "can be pulled without credentials", nil
	}
	if !s.Public {
		return "can be pulled with credentials only, as visibility says", nil
	}
	return "", fault.New(fault.Gate, "%s cannot be pulled without credentials", repo).
		WithHint("make it public, once: %s", repo.SettingsPage())
}
