package registry

import (
	"context"
	"net/url"
	"sync"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/goroutine"
)

// Delivery is a content and the image that it is for.
type Delivery struct {
	Image   string
	Content content.Content
}

// Outcome has the error of each registry; nil if there is none.
type Outcome map[address.Registry]error

// Upload uploads deliveries to several registries at once, by digest; it writes no tag. It does not send what a
// registry has, sends a blob that two images share once and mounts it, and reads the disk once for all registries. A
// registry that fails does not delay the others.
func (c *Client) Upload(ctx context.Context, to []address.Registry, what []Delivery) Outcome {
	u := &upload{client: c, what: what, open: map[v1.Hash]*openBlob{}}
	return u.everywhere(to, func(r address.Registry) error { return u.registry(ctx, r) })
}

// everywhere uploads to all registries at once.
func (u *upload) everywhere(to []address.Registry, one func(address.Registry) error) Outcome {
	u.plan(len(to))
	defer u.close()
	out, mu := Outcome{}, sync.Mutex{}
	var all goroutine.All
	for _, r := range to {
		all.Go(func() {
			err := one(r)
			mu.Lock()
			out[r] = err
			mu.Unlock()
		})
	}
	all.Wait()
	return out
}

type upload struct {
	client *Client
	what   []Delivery
	blobs  []destined

	readings map[address.Registry]map[string]*reading // by image; empty if nothing is read back
	fresh    bool                                     // see Readback.New

	mu   sync.Mutex
	open map[v1.Hash]*openBlob
}

// destined is a blob, and the images that need it.
type destined struct {
	content.Blob
	images []string
}

// openBlob is a blob's file, which all registries share.
type openBlob struct {
	once   sync.Once
	shared *content.Shared
	err    error
	wanted int
	seen   map[address.Registry]bool // registries that have opened it, or do not need it
	of     int                       // number of registries
}

// see records that a registry has opened a blob, or does not need it.
func (u *upload) see(h *openBlob, r address.Registry) {
	u.mu.Lock()
	h.seen[r] = true
	s, all := h.shared, len(h.seen) >= h.of
	u.mu.Unlock()
	if s != nil && all {
		s.ExpectNobody()
	}
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
				u.open[b.Digest] = &openBlob{wanted: registries, of: registries, seen: map[address.Registry]bool{}}
			}
			if n := len(u.blobs[i].images); n == 0 || u.blobs[i].images[n-1] != d.Image {
				u.blobs[i].images = append(u.blobs[i].images, d.Image)
			}
		}
	}
}

// registry uploads everything to one registry. It first asks for everything at once, and sends what is missing. A
// manifest follows as soon as its blobs are there; everything is read back as soon as it is there.
func (u *upload) registry(ctx context.Context, r address.Registry) error {
	places, err := u.places(r)
	if err != nil {
		return err
	}
	if err := u.ask(ctx, r, places); err != nil {
		return err
	}
	g, gctx := goroutine.WithContext(ctx)
	there := map[v1.Hash]chan struct{}{}
	sendBlob := func(b destined) error {
		defer u.done(b.Digest, r)
		err := u.spread(gctx, b, places)
		if err == nil {
			close(there[b.Digest])
		}
		return err
	}
	for _, b := range u.blobs {
		there[b.Digest] = make(chan struct{})
	}
	g.Go(func() error { return u.sendLayers(gctx, r, sendBlob) })
	for _, b := range u.blobs {
		if b.Data != nil {
			g.Go(func() error { return sendBlob(b) })
		}
	}
	for _, d := range u.what {
		g.Go(func() error { return u.manifests(gctx, places[d.Image], d.Content, there) })
	}
	return g.Wait()
}

// sendLayers sends the blobs that are read from the disk, some at a time and in order, so that all registries send
// the same blob at the same time.
func (u *upload) sendLayers(ctx context.Context, r address.Registry, sendBlob func(destined) error) error {
	g, gctx := goroutine.WithContext(ctx)
	g.SetLimit(u.client.opt.jobs)
	for _, b := range u.blobs {
		if b.Data == nil {
			g.Go(func() error {
				if gctx.Err() != nil {
					u.done(b.Digest, r)
					return context.Cause(gctx)
				}
				return sendBlob(b)
			})
		}
	}
	return g.Wait()
}

// manifests writes a content's manifests, each when its blobs are there, and last the one that names them.
func (u *upload) manifests(ctx context.Context, p *place, c content.Content, there map[v1.Hash]chan struct{}) error {
	g, gctx := goroutine.WithContext(ctx)
	last := len(c.Manifests) - 1
	write := func(ctx context.Context, m content.Manifest) error {
		for _, h := range m.Blobs {
			select {
			case <-there[h]:
			case <-ctx.Done():
				return context.Cause(ctx)
			}
		}
		if p.there[m.Digest] {
			return nil
		}
		if err := u.manifest(ctx, p, c, m); err != nil {
			return err
		}
		p.reading.manifest(m)
		return nil
	}
	for _, m := range c.Manifests[:last] {
		g.Go(func() error { return write(gctx, m) })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	return write(ctx, c.Manifests[last])
}

// spread uploads one blob for all images that need it: it is sent to the first that lacks it, and mounted in the
// others, unless the registry shares blobs between images.
func (u *upload) spread(ctx context.Context, b destined, places map[string]*place) error {
	sent := false
	for i, image := range b.images {
		p := places[image]
		if p.there[b.Digest] {
			continue
		}
		if sent {
			if size, found, err := p.repo.blobSize(ctx, b.Digest); err == nil && found && (size == b.Size || size < 0) {
				u.report(p.repo, Present, b.Digest, b.Size)
				p.reading.blob(b.Blob)
				continue
			}
		}
		from := ""
		if i > 0 {
			from = b.images[0]
		}
		if err := u.absent(ctx, p, b.Blob, from); err != nil {
			return err
		}
		p.reading.blob(b.Blob)
		sent = true
	}
	return nil
}

func (u *upload) report(repo *Repo, s Step, h v1.Hash, bytes int64) {
	u.client.opt.Progress(Event{Registry: repo.registry.String(), image: repo.image, What: s, Name: h.String(),
		Bytes: bytes})
}

// place is one image's repository in one registry, and the blobs and manifests of the upload that it has.
type place struct {
	repo    *Repo
	there   map[v1.Hash]bool
	begun   map[v1.Hash]*url.URL // uploads of small blobs that were started while the registry was asked for them
	reading *reading             // nil if nothing is read back

	mending sync.Mutex // only one manifest at a time uploads what the registry lacks of it: two may lack the same
}

func (u *upload) places(r address.Registry) (map[string]*place, error) {
	out := map[string]*place{}
	for _, d := range u.what {
		repo, err := u.client.Repo(r, d.Image)
		if err != nil {
			return nil, err
		}
		out[d.Image] = &place{repo: repo, there: map[v1.Hash]bool{}, begun: map[v1.Hash]*url.URL{},
			reading: u.readings[r][d.Image]}
	}
	return out, nil
}
