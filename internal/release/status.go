package release

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
)

// Status compares all registries with a release's record and with each other; an empty tag is the newest. deep asks for
// every manifest and blob, too. That something differs is the answer, not an error.
func Status(ctx context.Context, c *registry.Client, s Settings, tag string, deep bool) (*Result, error) {
	k, err := Read(ctx, c, s)
	if err != nil {
		return nil, err
	}
	res := &Result{State: Done, Warnings: []string{}}
	if k.Hold.On {
		res.Warnings = append(res.Warnings, fmt.Sprintf("held since %s: %s", k.Hold.Since.Format(time.RFC3339), k.Hold.Reason))
	}
	if tag == "" {
		if k.Newest == nil {
			res.State = Planned
			for _, sh := range k.shelves {
				res.Registries = append(res.Registries, sh.state(s, nil))
			}
			return res, nil
		}
		tag = k.Newest.Tag
	}
	got, err := k.record(ctx, tag)
	if err != nil {
		return nil, err
	}
	res.Record, res.Digest = got.Record, got.digest()
	differ := make([][]string, len(k.shelves))
	var all sync.WaitGroup
	for i, sh := range k.shelves {
		if sh.err == nil {
			all.Go(func() { differ[i] = sh.compare(ctx, c, s, got, k.isNewest(got.Record.Parsed()), deep) })
		}
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, sh := range k.shelves {
		st := sh.state(s, differ[i])
		if st.State != Done && st.State != Lagging {
			res.State, res.Resume = Partial, s.Resume
		}
		res.Registries = append(res.Registries, st)
	}
	if b := newestBegun(s); b != "" && b > tag {
		res.Warnings = append(res.Warnings, fmt.Sprintf("release %s was begun on this machine and is not done", b))
	}
	return res, nil
}

func newestBegun(s Settings) string {
	j, err := OpenJournal(s.Dist)
	if err != nil {
		return ""
	}
	defer j.Close()
	if b := j.unfinished(); b != nil {
		return b.tag
	}
	return ""
}

// state is what a registry's differences come to.
func (sh *shelf) state(s Settings, differ []string) RegistryState {
	st := RegistryState{Name: sh.registry.String(), State: Done}
	switch {
	case sh.err != nil:
		st.State, st.Error, st.Code = Failed, sh.err.Error(), fault.CodeOf(sh.err)
	case len(differ) > 0:
		st.State, st.Error, st.Code = Partial, strings.Join(differ, "; "), fault.Partial
	default:
		return st
	}
	if !s.required(sh.registry) {
		st.State = Lagging
	}
	return st
}

// compare tells in words what a registry lacks of a release.
func (sh *shelf) compare(ctx context.Context, c *registry.Client, s Settings, of *kept, newest, deep bool) []string {
	var out []string
	for _, w := range s.wants(of, newest) {
		repo, err := c.Repo(sh.registry, w.image)
		if err != nil {
			return append(out, err.Error())
		}
		got, found, err := repo.Head(ctx, w.tag)
		switch {
		case err != nil:
			out = append(out, err.Error())
		case !found:
			out = append(out, fmt.Sprintf("%s has no tag %s", w.image, w.tag))
		case got != w.digest:
			out = append(out, fmt.Sprintf("tag %s of %s stands for %.19s…, not %.19s…", w.tag, w.image, got, w.digest))
		}
	}
	if deep {
		for _, i := range of.Record.Images {
			if err := sh.compareBlobs(ctx, c, i); err != nil {
				out = append(out, err.Error())
			}
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// compareBlobs asks for every manifest and every blob of an image.
func (sh *shelf) compareBlobs(ctx context.Context, c *registry.Client, i RecordImage) error {
	repo, err := c.Repo(sh.registry, i.Name)
	if err != nil {
		return err
	}
	index, err := repo.Index(ctx, i.Digest)
	if err != nil {
		return err
	}
	content, err := registry.Gather(index, nil)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range content.Blobs {
		size, found, err := repo.BlobSize(ctx, b.Digest)
		switch {
		case err != nil:
			errs = append(errs, err)
		case !found:
			errs = append(errs, fmt.Errorf("%s lacks blob %s", repo, b.Digest))
		case size >= 0 && size != b.Size:
			errs = append(errs, fmt.Errorf("%s has %d of %d bytes of %s", repo, size, b.Size, b.Digest))
		}
	}
	return errors.Join(errs...)
}
