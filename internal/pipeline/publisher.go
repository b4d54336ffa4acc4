package pipeline

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
)

// publisher is the registries of a distribution: those of howdah.toml, else one on loopback that it keeps up itself.
type publisher struct {
	p        *Pipeline
	client   *registry.Client
	settings release.Settings
	server   *registry.Server
	watch    *transfer
}

// publisher opens the registries.
func (p *Pipeline) publisher(ctx context.Context) (*publisher, error) { return p.publisherOf(ctx, 0) }

func (p *Pipeline) publisherOf(ctx context.Context, tries int) (_ *publisher, err error) {
	out := &publisher{p: p, watch: &transfer{}}
	names := p.cfg.Publish.Registries
	if len(names) == 0 {
		address := p.loopback()
		if out.server, err = registry.Start(ctx, p.cfg.Result("registry"), address); err != nil {
			return nil, err
		}
		names = []string{out.server.Address()}
	}
	registries, err := registry.ParseAll(names, p.cfg.Publish.Insecure...)
	if err != nil {
		return nil, errors.Join(err, out.close())
	}
	out.client = registry.New(registry.Options{Keychain: p.credentials, Tries: tries, Progress: out.watch.event})
	var images []string
	for _, i := range p.cfg.Images() {
		images = append(images, i.Name)
	}
	required := p.cfg.Publish.Required
	if len(required) == 0 {
		required = nil
	}
	out.settings = release.Settings{
		Name: p.cfg.Name, Images: images, Registries: registries, Required: required, Moving: p.cfg.Publish.Moving,
		Public: p.cfg.Publish.Public, Dist: p.cfg.Dist, Cache: p.cfg.Cache.In("blobs"), Resume: p.caller.Line(target.PublishResume.Command()), Attended: os.Getenv("GITHUB_EVENT_NAME") == "workflow_dispatch" || p.term.Live(),
	}
	return out, nil
}

// close ends the loopback registry, unless publish:serve keeps it up.
func (o *publisher) close() error {
	if o.client != nil {
		o.client.Close()
	}
	if o.server != nil {
		return o.server.Close()
	}
	return nil
}

// read asks the registries what they hold.
func (o *publisher) read(ctx context.Context) (known *release.Known, err error) {
	stage := o.p.story.Stage("reading the registries")
	defer func() { closeFailed(stage, err) }()
	if known, err = release.Read(ctx, o.client, o.settings); err != nil {
		return nil, err
	}
	for name, err := range known.Errors {
		stage.Warn("%s cannot be read: %v", name, err)
	}
	if known.Newest == nil {
		stage.End("no release yet")
	} else {
		stage.End("newest release %s", known.Newest.Tag)
	}
	return known, nil
}

// hooks tie publishing to the other stages: the gates before any tag moves, the patched source before any image's.
func (o *publisher) hooks(verify func(context.Context) error, source func(context.Context, string) error) (release.Hooks, func(error)) {
	var mu sync.Mutex
	var open *report.Stage
	closeOpen := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		o.watch.show(nil)
		if open != nil {
			if err != nil {
				open.Fail()
			} else {
				open.End("%s", o.watch.said())
			}
			open = nil
		}
	}
	return release.Hooks{
		Verify: verify, Source: source,
		Stage: func(name string) {
			closeOpen(nil)
			mu.Lock()
			defer mu.Unlock()
			open = o.p.story.Stage(name)
			o.watch.show(open)
		},
	}, closeOpen
}

// transfer adds up what a client tells of its uploads and read-backs, for the stage that is open.
type transfer struct {
	mu       sync.Mutex
	stage    *report.Stage
	bytes    int64
	uploaded int
	present  int
	verified int
	tagged   int
}

// show sets the stage that is told of progress, and begins to count anew.
func (t *transfer) show(s *report.Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = s
	if s != nil {
		t.bytes, t.uploaded, t.present, t.verified, t.tagged = 0, 0, 0, 0, 0
	}
}

func (t *transfer) event(e registry.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.What {
	case registry.Sent, registry.Read:
		t.bytes += e.Bytes
	case registry.Uploaded, registry.Mounted:
		t.uploaded++
	case registry.Present:
		t.present++
	case registry.Verified:
		t.verified++
	case registry.Tagged:
		t.tagged++
	case registry.Waiting:
		if t.stage != nil {
			t.stage.Progress("%s: waiting for %s", e.Registry, e.Name)
		}
		return
	}
	if t.stage != nil {
		t.stage.Bytes(t.bytes, 0)
	}
}

// said is the result of the stage that ends.
func (t *transfer) said() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{t.uploaded, "uploaded"}, {t.present, "there already"}, {t.verified, "verified"}, {t.tagged, "tagged"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	text := ""
	for i, part := range parts {
		if i > 0 {
			text += ", "
		}
		text += part
	}
	if t.bytes > 0 {
		text += " (" + report.Size(t.bytes) + ")"
	}
	return text
}

// now is the time at which preflight passed, which goes into the tag.
func (p *Pipeline) tagTime() time.Time { return time.Now().UTC().Truncate(time.Second) }
