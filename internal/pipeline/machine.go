package pipeline

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/report"
)

// BuilderUp is builder:up.
func (p *Pipeline) BuilderUp(ctx context.Context) error {
	b := p.builder()
	defer closeQuietly(b)
	if err := b.Up(ctx); err != nil {
		return err
	}
	return p.BuilderStatus(ctx)
}

// BuilderDown is builder:down.
func (p *Pipeline) BuilderDown(ctx context.Context) error {
	b := p.builder()
	defer closeQuietly(b)
	if err := b.Down(ctx); err != nil {
		return err
	}
	p.term.Answerf("the embedded BuildKit is down")
	return nil
}

// BuilderStatus is builder:status.
func (p *Pipeline) BuilderStatus(ctx context.Context) error {
	b := p.builder()
	defer closeQuietly(b)
	s, err := b.Status(ctx)
	if err != nil {
		return err
	}
	state := "not running: started when something is built"
	if s.Running {
		state = "running"
	}
	p.term.Answerf("%s BuildKit, %s", s.Kind, state)
	cache := ""
	if s.Running || s.Kind == "embedded" {
		cache = report.Size(s.Bytes)
	}
	for _, row := range [][2]string{
		{"address", s.Address}, {"version", s.Version}, {"platforms", strings.Join(s.Platforms, " ")}, {"runc", s.Runc},
		{"folder", s.Dir}, {"cache", cache},
	} {
		if row[1] != "" {
			p.term.Answerf("  %-10s %s", row[0], row[1])
		}
	}
	return nil
}

// part is one of the caches.
type part struct {
	name  string
	dir   string
	bytes int64
	drop  func(context.Context, int64) (int64, error) // brings it down to that many bytes; nil keeps it
	ours  bool                                        // of this distribution alone: nobody else can be at work with it
}

// caches lists what may be thrown away, the least needed last.
func (p *Pipeline) caches() ([]part, error) {
	b := p.builder()
	kit, err := b.Usage()
	if err != nil {
		return nil, err
	}
	parts := []part{
		{name: "mirrors", dir: p.cfg.Cache.In("mirror")},
		{name: "bases", dir: p.cfg.Cache.In("bases")},
		{name: "verdicts", dir: p.cfg.Cache.In("history")},
		{name: "loopback registry", dir: p.cfg.Result("registry")},
		{name: "blobs of registries", dir: p.cfg.Cache.In("blobs"), drop: removeAll(p.cfg.Cache.In("blobs"))},
		{name: "image layouts", dir: p.cfg.Result("images"), drop: removeAll(p.cfg.Result("images")), ours: true},
		{name: "BuildKit", dir: p.cfg.Cache.In("buildkit"), bytes: kit, drop: b.Prune, ours: true},
	}
	for i := range parts {
		if parts[i].bytes == 0 {
			if parts[i].bytes, err = usage(parts[i].dir); err != nil {
				return nil, err
			}
		}
	}
	return parts, nil
}

// removeAll empties a folder that can be made again, but for the locks in it: others may be waiting for them.
func removeAll(dir string) func(context.Context, int64) (int64, error) {
	return func(context.Context, int64) (int64, error) {
		n, err := usage(dir)
		if err != nil {
			return 0, err
		}
		entries, err := os.ReadDir(dir)
		if errors.Is(err, fs.ErrNotExist) {
			return 0, nil
		}
		for _, e := range entries {
			if !strings.HasPrefix(e.Name(), ".") {
				err = errors.Join(err, os.RemoveAll(filepath.Join(dir, e.Name())))
			}
		}
		return n, err
	}
}

// usage is how many bytes the files of a folder have; none where it does not exist.
func usage(dir string) (total int64, err error) {
	err = filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if info, err := d.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total, err
}

// CacheStatus is cache:status.
func (p *Pipeline) CacheStatus(context.Context) error {
	parts, err := p.caches()
	if err != nil {
		return err
	}
	var total int64
	for _, c := range parts {
		total += c.bytes
	}
	p.term.Answerf("%s of %s", report.Size(total), report.Size(p.cfg.Cache.Max))
	for _, c := range parts {
		p.term.Answerf("  %-20s %9s  %s", c.name, report.Size(c.bytes), c.dir)
	}
	return nil
}

// collect frees what no release leads to in the loopback registry, as after publish:prune.
func (p *Pipeline) collect(ctx context.Context, dry bool) (int64, error) {
	dir := p.cfg.Result("registry")
	switch {
	case registry.Served(ctx, dir, p.loopback()):
		p.term.Warnf("the loopback registry is being served: what no release leads to in it stays; stop publish:serve, then prune")
		return 0, nil
	case dry:
		p.term.Answerf("would free what no release leads to in the loopback registry")
		return 0, nil
	}
	before, err := usage(dir)
	if err != nil || before == 0 {
		return 0, err
	}
	if err := registry.Collect(ctx, dir, p.now); err != nil {
		return 0, err
	}
	after, err := usage(dir)
	if err != nil || after == before {
		return 0, err
	}
	p.term.Answerf("freed %s of the loopback registry, to which no release leads", report.Size(before-after))
	return before - after, nil
}

// alone drops a cache that distributions share only while no other run is at work with any of them.
func (p *Pipeline) alone(name string, drop func(context.Context, int64) (int64, error)) func(context.Context, int64) (int64, error) {
	return func(ctx context.Context, keep int64) (n int64, err error) {
		dropped := false
		held, err := lock.Share(ctx, p.users(), func() error {
			dropped = true
			n, err = drop(ctx, keep)
			return err
		})
		if err != nil {
			return n, err
		}
		if !dropped {
			p.term.Warnf("another run is at work with %s: they stay", name)
		}
		return n, held.Release()
	}
}

// CachePrune is cache:prune: what nothing leads to and BuildKit's cache goes first, then what can be made again; mirrors and the loopback
// registry only with -all, but for the registry, which holds releases.
func (p *Pipeline) CachePrune(ctx context.Context, all, dry *bool) error {
	parts, err := p.caches()
	if err != nil {
		return err
	}
	var total, freed int64
	for _, c := range parts {
		total += c.bytes
	}
	n, err := p.collect(ctx, set(dry))
	if err != nil {
		return err
	}
	freed += n
	slices.Reverse(parts)
	for _, c := range parts {
		over := total - freed - p.cfg.Cache.Max
		drop, keep := c.drop, c.bytes-over
		if set(all) {
			over, keep = c.bytes, 0
			if drop == nil && c.name != "loopback registry" {
				drop = removeAll(c.dir)
			}
		}
		if over <= 0 || drop == nil || c.bytes == 0 {
			continue
		}
		if set(dry) {
			p.term.Answerf("would free up to %s of %s", report.Size(min(over, c.bytes)), c.name)
			freed += min(over, c.bytes)
			continue
		}
		if !c.ours {
			drop = p.alone(c.name, drop)
		}
		n, err := drop(ctx, max(keep, 0))
		if err != nil {
			return fmt.Errorf("pruning %s: %w", c.name, err)
		}
		p.term.Answerf("freed %s of %s", report.Size(n), c.name)
		freed += n
	}
	p.term.Sayf("%s of %s left", report.Size(total-freed), report.Size(p.cfg.Cache.Max))
	return nil
}
