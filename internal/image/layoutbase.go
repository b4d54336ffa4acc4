package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"

	"github.com/containerd/containerd/v2/core/content"
	"github.com/containerd/containerd/v2/core/images"
	contentlocal "github.com/containerd/containerd/v2/plugins/content/local"
	"github.com/containerd/platforms"
	"github.com/distribution/reference"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/exporter/containerimage/exptypes"
	"github.com/moby/buildkit/session"
	sessioncontent "github.com/moby/buildkit/session/content"
	"github.com/moby/buildkit/session/grpchijack"
	digest "github.com/opencontainers/go-digest"
	ocispecs "github.com/opencontainers/image-spec/specs-go/v1"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/goroutine"
)

// layoutBase is a base image in an OCI layout on this machine, which the client sends to BuildKit where it is needed.
type layoutBase struct {
	ref      string // NAME@DIGEST
	shown    string // what its step is called
	config   []byte // of the image for the platform
	platform ocispecs.Platform
	store    content.Store
}

// openBase opens a layout as the base of that name.
func openBase(ctx context.Context, name, dir, platform string) (layoutBase, error) {
	fail := func(err error) (layoutBase, error) {
		return layoutBase{}, fmt.Errorf("opening the layout %q: %w", dir, err)
	}
	b := layoutBase{shown: "[context " + name + "] OCI load from client"}
	sum, err := Digest(dir)
	if err != nil {
		return layoutBase{}, err
	}
	named, err := reference.ParseNormalizedNamed(name)
	if err != nil {
		return fail(err)
	}
	pinned, err := reference.WithDigest(named, digest.Digest(sum))
	if err != nil {
		return fail(err)
	}
	b.ref = pinned.String()
	if b.platform, err = platforms.Parse(platform); err != nil {
		return fail(err)
	}
	if b.store, err = contentlocal.NewStore(dir); err != nil {
		return fail(err)
	}
	index, err := layout.ImageIndexFromPath(dir)
	if err != nil {
		return fail(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		return fail(err)
	}
	top := manifest.Manifests[0] // Digest refuses a layout of more or none
	config, err := images.Config(ctx, b.store, ocispecs.Descriptor{MediaType: string(top.MediaType), Size: top.Size,
		Digest: digest.Digest(sum)}, platforms.Only(b.platform))
	if err != nil {
		return fail(err)
	}
	if b.config, err = content.ReadBlob(ctx, b.store, config); err != nil {
		return fail(err)
	}
	return b, nil
}

// metadata returns the base's config, as BuildKit's frontend takes it with an input.
func (b layoutBase) metadata() (string, error) {
	data, err := json.Marshal(map[string][]byte{exptypes.ExporterImageConfigKey: b.config})
	return string(data), err
}

// baseSessions are the connections through which builders read bases. BuildKit builds a base that two builds share
// once, and reads it through the connection that whichever of them came first named, maybe when that one's build has
// ended: so they stay open until all builds of a run have ended.
type baseSessions struct {
	mu   sync.Mutex
	open []*session.Session
	runs goroutine.All
}

// serve opens a connection for the bases of a build, and returns them as inputs of the build's frontend.
func (s *baseSessions) serve(
	ctx context.Context, node *builder.Node, bases map[string]layoutBase,
) (map[string]llb.State, error) {
	if len(bases) == 0 {
		return nil, nil
	}
	one, err := session.NewSession(ctx, "")
	if err != nil {
		return nil, fmt.Errorf("opening a session for the base images: %w", err)
	}
	stores, states := map[string]content.Store{}, map[string]llb.State{}
	for id, b := range bases {
		stores["oci:"+id] = b.store
		states[id] = llb.OCILayout(b.ref, llb.OCIStore(one.ID(), id), llb.Platform(b.platform), llb.WithCustomName(b.shown))
	}
	one.Allow(sessioncontent.NewAttachable(stores))
	s.mu.Lock()
	s.open = append(s.open, one)
	s.mu.Unlock()
	s.runs.Go(func() {
		// It ends when it is closed, or with the builder, which the build notices by itself. A cancelled build needs it
		// until the builder has wound up.
		_ = one.Run(context.WithoutCancel(ctx), grpchijack.Dialer(node.Client.ControlClient()))
	})
	return states, nil
}

// close closes all connections.
func (s *baseSessions) close() (err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, one := range s.open {
		err = errors.Join(err, one.Close())
	}
	s.runs.Wait()
	return err
}
