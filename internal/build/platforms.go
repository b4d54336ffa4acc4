package build

import (
	"context"
	"errors"

	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
)

// BuildStore keeps builds of single platforms at registries, for other machines.
type BuildStore interface {
	// Find finds a build by its inputs, and returns its digest; "" if there is none.
	Find(ctx context.Context, name, inputs string) (digest string, err error)
	// MaySave checks, before a build, that builds of these images can be saved.
	MaySave(ctx context.Context, names ...string) error
	// Save uploads a build.
	Save(ctx context.Context, i Image) error
}

// ForOthers builds images for their platforms, verifies them, and saves each in the store: a release takes what is
// there, and builds the rest. It returns the uploaded images.
func ForOthers(
	ctx context.Context, s *session.Session, b *Build, specs []image.Spec, store BuildStore,
) ([]Image, error) {
	var kept []Image
	var jobs []job
	var names []string
	for _, spec := range specs {
		platforms, err := parts(ctx, s, spec)
		if err != nil {
			return nil, err
		}
		for _, j := range platforms {
			digest, err := store.Find(ctx, j.spec.Name, j.inputs)
			if err != nil {
				return nil, err
			}
			if digest != "" {
				kept = append(kept, j.image(digest, 0))
				continue
			}
			j.done = reuse(ctx, s, j, nil)
			jobs, names = append(jobs, j), append(names, j.spec.Name)
		}
	}
	if len(jobs) == 0 {
		return kept, nil
	}
	if err := store.MaySave(ctx, names...); err != nil {
		return kept, err
	}
	images, err := run(ctx, s, b, jobs)
	if err = errors.Join(err, writeRecord(ctx, s, b, images)); err != nil {
		return kept, err
	}
	if err := inspectAll(ctx, s, jobs, images); err != nil {
		return kept, err
	}
	for _, i := range images {
		if err := store.Save(ctx, i); err != nil {
			return kept, err
		}
		kept = append(kept, i)
	}
	return kept, nil
}

func inspectAll(ctx context.Context, s *session.Session, jobs []job, images []Image) (err error) {
	stage := s.Story.Stage("checking the images")
	defer stage.FailOn(&err)
	for n, i := range images {
		if err := inspectImage(ctx, s, i.Name, i.Layout, jobs[n].spec.Role); err != nil {
			return err
		}
	}
	stage.End("")
	return nil
}

// fetch fetches every file of the tree that the context needs, in one batch, and stores the patched commits.
func (b *Build) fetch(ctx context.Context, s *session.Session) (err error) {
	stage := s.Story.Stage("fetching files")
	defer stage.FailOn(&err)
	up := b.Candidate.Upstream
	n, err := up.Mirror.Prefetch(ctx, up.Pin.Commit)
	if err != nil {
		return err
	}
	if err := b.Candidate.Store(ctx); err != nil {
		return err
	}
	stage.End("%d files", n)
	return nil
}

// Platforms returns, for each platform of a spec, its future build: an Image without a digest.
func Platforms(ctx context.Context, s *session.Session, spec image.Spec) ([]Image, error) {
	jobs, err := parts(ctx, s, spec)
	var out []Image
	for _, j := range jobs {
		out = append(out, j.image("", 0))
	}
	return out, err
}

// Line returns the docker build command that is equivalent to a spec, for a folder with the patched tree.
func Line(s *session.Session, spec image.Spec, folder string) string {
	return spec.Line(folder, secretFiles(s))
}
