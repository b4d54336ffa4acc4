package registry

import (
	"context"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"golang.org/x/sync/errgroup"
)

// Delivery is a content and the image that it is for.
type Delivery struct {
	Image   string
	Content Content
}

// Outcome is what came of each registry: nil where all went well.
type Outcome map[Registry]error

// Upload brings deliveries to several registries at once, by digest: no tag is touched. What a registry has already is
// not sent again, a blob that two images share is sent once and mounted, and the disk is read once for all registries.
// Each registry goes its own way: one that fails does not hold up the others.
func (c *Client) Upload(ctx context.Context, to []Registry, what []Delivery) Outcome {
	u := &upload{client: c, what: what, open: map[v1.Hash]*held{}}
	u.plan(len(to))
	out, mu := Outcome{}, sync.Mutex{}
	var all sync.WaitGroup
	for _, r := range to {
		all.Go(func() {
			err := u.registry(ctx, r)
			mu.Lock()
			out[r] = err
			mu.Unlock()
		})
	}
	all.Wait()
	u.close()
	return out
}

// upload is one call of Upload.
type upload struct {
	client *Client
	what   []Delivery
	blobs  []destined

	mu   sync.Mutex
	open map[v1.Hash]*held
}

// destined is a blob and the images that need it.
type destined struct {
	Blob
	images []string
}

// held is a blob's shared file; wanted counts the registries that are not done with it.
type held struct {
	once   sync.Once
	shared *shared
	err    error
	wanted int
}

func (u *upload) plan(registries int) {
	index := map[v1.Hash]int{}
	for _, d := range u.what {
		for _, b := range d.Content.Blobs {
			i, seen := index[b.Digest]
			if !seen {
				i = len(u.blobs)
				index[b.Digest] = i
				u.blobs = append(u.blobs, destined{Blob: b})
				u.open[b.Digest] = &held{wanted: registries}
			}
			if n := len(u.blobs[i].images); n == 0 || u.blobs[i].images[n-1] != d.Image {
				u.blobs[i].images = append(u.blobs[i].images, d.Image)
			}
		}
	}
}

// registry brings everything to one registry: what it has already is asked for all at once, what it lacks is sent, then
// the manifests that others name, and at last those.
func (u *upload) registry(ctx context.Context, r Registry) error {
	places, err := u.places(r)
	if err != nil {
		return err
	}
	if err := u.ask(ctx, places); err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(u.client.opt.Jobs)
	for _, b := range u.blobs {
		g.Go(func() error {
			defer u.done(b.Digest)
			return u.spread(gctx, b, places)
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for _, roots := range []bool{false, true} {
		g, gctx := errgroup.WithContext(ctx)
		for _, d := range u.what {
			p := places[d.Image]
			for i, m := range d.Content.Manifests {
				if isRoot := i == len(d.Content.Manifests)-1; isRoot == roots && !p.there[m.Digest] {
					g.Go(func() error { return u.manifest(gctx, p, d.Content, m) })
				}
			}
		}
		if err := g.Wait(); err != nil {
			return err
		}
	}
	return nil
}

// spread brings one blob to all images that need it: the first that lacks it gets it sent, the others have it mounted,
// unless the registry gives every image what one has.
func (u *upload) spread(ctx context.Context, b destined, places map[string]*place) error {
	sent := false
	for i, image := range b.images {
		p := places[image]
		if p.there[b.Digest] {
			continue
		}
		if sent {
			if size, found, err := p.repo.BlobSize(ctx, b.Digest); err == nil && found && (size == b.Size || size < 0) {
				u.tell(p.repo, Present, b.Digest, b.Size)
				continue
			}
		}
		from := ""
		if i > 0 {
			from = b.images[0]
		}
		if err := u.absent(ctx, p.repo, b.Blob, from); err != nil {
			return err
		}
		sent = true
	}
	return nil
}

// tell reports a step of the upload.
func (u *upload) tell(repo *Repo, s Step, h v1.Hash, bytes int64) {
	u.client.opt.Progress(Event{Registry: repo.registry.String(), Image: repo.image, What: s, Name: h.String(),
		Bytes: bytes})
}

// place is one image's repository in one registry, and which blobs and manifests of the upload it has.
type place struct {
	repo  *Repo
	there map[v1.Hash]bool

	mending sync.Mutex // one manifest at a time sends again what the registry lacks of it: two may lack the same
}

func (u *upload) places(r Registry) (map[string]*place, error) {
	out := map[string]*place{}
	for _, d := range u.what {
		repo, err := u.client.Repo(r, d.Image)
		if err != nil {
			return nil, err
		}
		out[d.Image] = &place{repo: repo, there: map[v1.Hash]bool{}}
	}
	return out, nil
}

// ask asks for every blob and manifest whether it is there.
func (u *upload) ask(ctx context.Context, places map[string]*place) error {
	var mu sync.Mutex
	g, gctx := errgroup.WithContext(ctx)
	present := func(p *place, h v1.Hash, bytes int64) {
		mu.Lock()
		p.there[h] = true
		mu.Unlock()
		u.tell(p.repo, Present, h, bytes)
	}
	for _, b := range u.blobs {
		for _, image := range b.images {
			g.Go(func() error {
				size, found, err := places[image].repo.BlobSize(gctx, b.Digest)
				if err == nil && found && (size == b.Size || size < 0) {
					present(places[image], b.Digest, b.Size)
				}
				return err
			})
		}
	}
	for _, d := range u.what {
		for _, m := range d.Content.Manifests {
			g.Go(func() error {
				digest, found, err := places[d.Image].repo.Head(gctx, m.Digest.String())
				if err == nil && found && digest == m.Digest.String() {
					present(places[d.Image], m.Digest, int64(len(m.Data)))
				}
				return nil // it is written then, and that error counts
			})
		}
	}
	return g.Wait()
}
