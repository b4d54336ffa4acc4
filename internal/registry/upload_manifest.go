package registry

import (
	"context"
	"errors"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/howdah/howdah/internal/content"
)

// manifest writes a manifest under its digest. If the registry lacks a blob that it said it had, the blob is sent
// after all.
func (u *upload) manifest(ctx context.Context, p *place, c content.Content, m content.Manifest) error {
	err := u.putManifest(ctx, p.repo, m)
	if !lacking(err) {
		return err
	}
	p.mending.Lock()
	defer p.mending.Unlock()
	err = u.mend(ctx, p.repo, c, m)
	if err == nil {
		p.reading.mend(c, m)
	}
	return err
}

func lacking(err error) bool {
	return has(err, transport.ManifestBlobUnknownErrorCode, transport.BlobUnknownErrorCode,
		transport.ManifestUnknownErrorCode)
}

// putManifest writes a manifest. It returns the registry's own error if the registry says that it lacks what the
// manifest names.
func (u *upload) putManifest(ctx context.Context, repo *Repo, m content.Manifest) error {
	err := repo.put(ctx, m.Digest.String(), m)
	if err == nil {
		u.report(repo, Uploaded, m.Digest, int64(len(m.Data)))
	}
	if err == nil || lacking(err) {
		return err
	}
	if digest, found, herr := repo.Head(ctx, m.Digest.String()); herr == nil && found && digest == m.Digest.String() {
		return nil // only the answer was lost
	}
	return repo.fail(ctx, "writing "+m.Digest.String()+" to", true, err)
}

// mend writes a manifest that a registry refused because it lacks what the manifest names, after sending that.
func (u *upload) mend(ctx context.Context, repo *Repo, c content.Content, m content.Manifest) error {
	w := newWait(&u.client.opt, repo.registry.String())
	for {
		err := u.putManifest(ctx, repo, m)
		if !lacking(err) {
			return err
		}
		if stop := w.next(ctx, 0, "a manifest whose blobs it says it lacks"); stop != nil {
			return repo.fail(ctx, "writing "+m.Digest.String()+" to", true, errors.Join(stop, err))
		}
		if err := u.missing(ctx, repo, c, m, err); err != nil {
			return err
		}
	}
}

// missing sends what a registry lacks of a manifest: the manifests that it names, the blobs in the registry's answer
// (even if the registry says that it has them), and other missing blobs.
func (u *upload) missing(ctx context.Context, repo *Repo, c content.Content, m content.Manifest, answer error) error {
	for _, child := range c.Manifests {
		if child.Digest == m.Digest {
			break // each comes after those that it names
		}
		if m.Type.IsIndex() {
			if err := u.mend(ctx, repo, c, child); err != nil {
				return err
			}
		}
	}
	some := slices.ContainsFunc(m.Blobs, func(h v1.Hash) bool { return names(answer, h) })
	for _, b := range c.Blobs {
		if !slices.Contains(m.Blobs, b.Digest) {
			continue
		}
		if err := u.blob(ctx, repo, b, !some || names(answer, b.Digest)); err != nil {
			return err
		}
	}
	return nil
}
