package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/docker"
	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/target"
)

// basesLock pins the images that the Dockerfiles begin with: lines "NAME DIGEST", written by base:pin.
const basesLock = "bases.lock"

const basesHead = "# Written by base:pin: the images that the Dockerfiles begin with, and what their names stood for.\n"

// bases are the images that the Dockerfiles begin with: for each name an OCI layout of base:build, or NAME@DIGEST.
type bases struct {
	where   map[string]string
	digests map[string]string
}

// pinned reads bases.lock.
func (p *Pipeline) pinned() (map[string]string, error) {
	out := map[string]string{}
	data, err := p.held(basesLock, files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return out, nil
	}
	if err != nil {
		return nil, err
	}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		name, digest, ok := strings.Cut(line, " ")
		if !ok || !digestForm.MatchString(digest) {
			return nil, fault.New(fault.Usage, "malformed line %q", line).At(basesLock, n).WithHint("write it anew: %s", target.BasePin.Command())
		}
		out[name] = digest
	}
	return out, nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// versions of Ruby and Node are upstream's own, from .ruby-version and .nvmrc.
type versions struct{ ruby, node string }

var (
	rubyForm = regexp.MustCompile(`^(?:ruby-)?([0-9]+(?:\.[0-9]+){1,2})\s*$`)
	nodeForm = regexp.MustCompile(`^v?([0-9]+)(?:\.[0-9]+){0,2}\s*$`)
)

func (o *patched) versions(ctx context.Context) (versions, error) {
	read := func(name string, form *regexp.Regexp) (string, error) {
		file, err := o.tree.ReadFile(ctx, name)
		if err != nil {
			return "", fmt.Errorf("reading upstream's %s: %w", name, err)
		}
		parts := form.FindSubmatch(file.Data)
		if parts == nil {
			return "", fault.New(fault.Usage, "no version in %q", strings.TrimSpace(string(file.Data))).At(name, 1)
		}
		return string(parts[1]), nil
	}
	var v versions
	var err error
	if v.ruby, err = read(".ruby-version", rubyForm); err != nil {
		return v, err
	}
	v.node, err = read(".nvmrc", nodeForm)
	return v, err
}

// args are the build arguments that every Dockerfile may declare; those that one does not declare it does not get.
func (p *Pipeline) args(v versions, packages string, file image.Dockerfile) (map[string]string, error) {
	declared, err := file.Declared()
	if err != nil {
		return nil, err
	}
	args := map[string]string{}
	for name, value := range map[string]string{"PACKAGES": packages, "DEBIAN_VERSION": p.cfg.Build.Debian, "RUBY_VERSION": v.ruby, "NODE_MAJOR_VERSION": v.node} {
		if slices.Contains(declared, name) {
			args[name] = value
		}
	}
	for name, value := range p.cfg.Build.Args {
		if slices.Contains(declared, name) {
			args[name] = value
		}
	}
	return args, nil
}

// bases finds the images that the Dockerfiles begin with: those that base:build made on this machine, else pinned
// ones, else what their names stand for now.
func (p *Pipeline) bases(ctx context.Context, names []string) (bases, error) {
	out := bases{where: map[string]string{}, digests: map[string]string{}}
	made, err := base.Made(p.cfg.Cache.In("bases"), p.cfg.Build.Debian)
	if err != nil {
		return out, err
	}
	pinned, err := p.pinned()
	if err != nil {
		return out, err
	}
	var client *registry.Client
	for _, name := range names {
		repo, _, _ := strings.Cut(name, ":")
		if m, ok := made[repo]; ok {
			out.where[name], out.digests[name] = m.Layout, m.Digest
			continue
		}
		if _, _, ok := strings.Cut(name, "@"); ok {
			continue // pinned in the Dockerfile itself
		}
		digest, ok := pinned[name]
		if !ok {
			if client == nil {
				client = registry.New(registry.Options{Keychain: p.credentials})
				defer client.Close()
			}
			p.term.Warnf("base image %s is not pinned: %s", name, p.caller.Line(target.BasePin.Command()))
			if digest, err = client.Digest(ctx, name, p.cfg.Publish.Insecure...); err != nil {
				code := fault.CodeOf(err)
				if code == fault.Registry || code == fault.Other {
					code = fault.Retry
				}
				return out, fault.New(code, "finding base image %s: %w", name, err).
					WithHint("a machine that cannot pull makes its own, as root: %s", target.BaseBuild.Command())
			}
		}
		out.where[name], out.digests[name] = name+"@"+digest, digest
	}
	return out, nil
}

// begins lists what both Dockerfiles begin with.
func (p *Pipeline) begins(v versions, packages string) ([]string, error) {
	seen := map[string]bool{}
	for _, i := range p.cfg.Images() {
		file, err := p.dockerfile(i)
		if err != nil {
			return nil, err
		}
		args, err := p.args(v, packages, file)
		if err != nil {
			return nil, err
		}
		from, _, err := file.From(args)
		if err != nil {
			return nil, err
		}
		for _, name := range from {
			seen[name] = true
		}
	}
	return slices.Sorted(maps.Keys(seen)), nil
}

// PinBases is base:pin.
func (p *Pipeline) PinBases(ctx context.Context, dry *bool) error {
	return p.at(ctx, Choice{}, func(r *resolved) error {
		o := &patched{resolved: r, tree: r.facts.Tree}
		v, err := o.versions(ctx)
		if err != nil {
			return err
		}
		names, err := p.begins(v, "")
		if err != nil {
			return err
		}
		before, err := p.pinned()
		if err != nil {
			return err
		}
		client := registry.New(registry.Options{Keychain: p.credentials})
		defer client.Close()
		b := bytes.NewBufferString(basesHead)
		for _, name := range names {
			if strings.Contains(name, "@") {
				continue
			}
			digest, err := client.Digest(ctx, name, p.cfg.Publish.Insecure...)
			if err != nil {
				return fmt.Errorf("pinning %s: %w", name, err)
			}
			fmt.Fprintf(b, "%s %s\n", name, digest)
			what := "new"
			if was, ok := before[name]; ok {
				what = "as before"
				if was != digest {
					what = "was " + was
				}
			}
			p.term.Answerf("%s %s  %s", name, digest, what)
		}
		if set(dry) {
			return nil
		}
		return p.writeOne(basesLock, b.Bytes())
	})
}

// BuildBases is base:build.
func (p *Pipeline) BuildBases(ctx context.Context) error {
	builder := p.builder()
	defer closeQuietly(builder)
	return p.makeBases(ctx, builder)
}

// label is an image's base for its labels. One that was made here has no name by which it could be had.
func (b bases) label(base string) (name, digest string) {
	if filepath.IsAbs(b.where[base]) {
		return "", b.digests[base]
	}
	return base, b.digests[base]
}

// nodeMajor is the Node.js of the bases: upstream's .nvmrc asks for no other since 2025.
const nodeMajor = "24"

// baseOptions say how the bases are made.
func (p *Pipeline) baseOptions(b *builder.Builder) (base.Options, error) {
	file, err := docker.Files.ReadFile("base.Dockerfile")
	if err != nil {
		return base.Options{}, err
	}
	var spec image.Spec
	spec.Secrets = map[string][]byte{}
	if err := p.reach(&spec); err != nil {
		return base.Options{}, err
	}
	return base.Options{
		Dir: p.cfg.Cache.In("bases"), Suite: p.cfg.Build.Debian, Platform: p.cfg.Build.Platforms[0], NodeMajor: nodeMajor, Builder: b,
		Dockerfile: image.Dockerfile{Name: "docker/base.Dockerfile", Data: file},
		CA:         spec.CA, Secrets: spec.Secrets, Mirror: p.cfg.Build.DebianMirror, Proxy: proxies(os.Getenv), Say: p.term.Sayf,
	}, nil
}

// makeBases makes the ruby and node bases out of Debian's and npm's packages; quick where they are made already. What it
// installs, and what takes minutes, it says first.
func (p *Pipeline) makeBases(ctx context.Context, b *builder.Builder) (err error) {
	options, err := p.baseOptions(b)
	if err != nil {
		return err
	}
	needs, err := options.Needs()
	if err != nil {
		return err
	}
	if len(needs) > 0 {
		more, err := b.Needs(ctx)
		if err != nil {
			return err
		}
		p.term.Sayf("once, on this machine:")
		for _, need := range append(needs, more...) {
			p.term.Sayf("  %s", need)
		}
	}
	stage := p.story.Stage("making the base images")
	defer func() { closeFailed(stage, err) }()
	held, err := lock.Wait(ctx, p.cfg.Cache.In("bases", p.cfg.Build.Debian, ".lock"), p.target)
	if err != nil {
		return err
	}
	defer held.Release()
	options.Show = func() (image.Progress, func()) {
		console, back, ok := p.term.Console()
		if !ok {
			return image.Progress{Out: p.story.Writer()}, back
		}
		return image.Progress{Console: console}, back
	}
	if err := base.Make(ctx, options); err != nil {
		return err
	}
	made, err := base.Made(p.cfg.Cache.In("bases"), p.cfg.Build.Debian)
	if err != nil {
		return err
	}
	stage.End("%d bases on %s", len(made), p.cfg.Build.Debian)
	for _, name := range slices.Sorted(maps.Keys(made)) {
		p.term.Sayf("  %-6s  %s  %s", name, short(made[name].Digest), made[name].Layout)
	}
	return nil
}
