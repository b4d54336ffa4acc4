package image

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	"github.com/moby/buildkit/session"
	"github.com/moby/buildkit/session/secrets/secretsprovider"
	"github.com/moby/buildkit/util/staticfs"
	"github.com/tonistiigi/fsutil"
	"github.com/tonistiigi/fsutil/types"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/secret"
)

// Result is a built image.
type Result struct {
	Name      string
	Dir       string // the OCI layout
	Digest    string // of the index
	Bytes     int64  // of all blobs, each counted once
	Platforms []Platform
	Steps     []Step // in the order in which they started
	Warnings  []string
	Took      time.Duration
}

// Platform is one platform's image in the index.
type Platform struct {
	platform string
	digest   string // of the manifest
	Inputs   string // see Spec.Inputs
	bytes    int64  // of its config and layers, as they are uploaded
}

// Job is an image to build, and the folder for its OCI layout.
type Job struct {
	Spec Spec
	Dir  string
	Done func(Result, error) // optional: called once, when the image is built or has failed

	Steps func(done, of int) // optional: called during the build with how many of the steps known so far are done
}

// Build builds every platform of every job's spec on its builder, all at once, and replaces the content of each job's
// folder by an OCI layout. After an error or a cancelled context, the folders of jobs that were not finished are
// unchanged. The first failure cancels the others. The results are in the order of the jobs; after an error, one
// without a digest was not built.
func Build(ctx context.Context, b *builder.Builder, list []Job, show Progress) ([]Result, error) {
	results, jobs := make([]Result, len(list)), make([][]*solve, len(list))
	sessions := &baseSessions{}
	defer sessions.close()
	for i, o := range list {
		results[i] = Result{Name: o.Spec.Name, Dir: o.Dir}
		if err := o.Spec.Check(); err != nil {
			return results, err
		}
	}
	for i, o := range list {
		if err := builder.CheckFreeDisk(filepath.Dir(o.Dir)); err != nil {
			return results, err
		}
		part := o.part()
		if err := errors.Join(os.RemoveAll(part), os.MkdirAll(part, 0o755)); err != nil {
			return results, fmt.Errorf("making %q: %w", part, err)
		}
		defer os.RemoveAll(part)
		for _, platform := range o.Spec.platforms() {
			j, err := o.Spec.solve(ctx, b, platform, filepath.Join(part, fmt.Sprint(len(jobs[i]))))
			if err != nil {
				return results, err
			}
			j.sessions = sessions
			if len(list) > 1 {
				j.label = append(j.label, o.Spec.Name)
			}
			if len(o.Spec.platforms()) > 1 {
				j.label = append(j.label, platform)
			}
			jobs[i] = append(jobs[i], j)
		}
	}
	screen := newScreen(show)
	group, together := goroutine.WithContext(ctx)
	for i, o := range list {
		group.Go(func() (err error) {
			results[i], err = o.build(together, jobs[i], screen)
			if o.Done != nil {
				o.Done(results[i], err)
			}
			return err
		})
	}
	err := group.Wait()
	screen.end()
	return results, err
}

// part returns the folder in which a layout is written before it is complete.
func (o Job) part() string { return o.Dir + ".part" }

// build builds an image's platforms at once.
func (o Job) build(ctx context.Context, jobs []*solve, screen *screen) (Result, error) {
	began := time.Now()
	result := Result{Name: o.Spec.Name, Dir: o.Dir}
	watch := newWatch(screen)
	watch.count = o.Steps
	group, together := goroutine.WithContext(ctx)
	for _, j := range jobs {
		group.Go(func() error { return j.runAgain(together, watch) })
	}
	err := group.Wait()
	result.Steps, result.Warnings = watch.seen()
	result.Warnings = append(result.Warnings, watch.cacheWarnings()...)
	if err != nil {
		return result, o.Spec.explain(ctx, err, watch)
	}
	if err := result.assemble(ctx, jobs, o.part(), o.Spec.compression()); err != nil {
		return result, err
	}
	result.Took = time.Since(began)
	return result, nil
}

// solve is the build of one platform.
type solve struct {
	platform string
	label    []string // a prefix that distinguishes its steps on the screen
	inputs   string
	node     *builder.Node
	opt      client.SolveOpt
	bases    map[string]layoutBase // by their ids in opt
	sessions *baseSessions
	dir      string // the folder for the platform's own layout
}

func (s Spec) solve(ctx context.Context, b *builder.Builder, platform, dir string) (*solve, error) {
	inputs, err := s.Inputs(ctx, platform)
	if err != nil {
		return nil, err
	}
	node, err := b.Node(ctx, platform)
	if err != nil {
		return nil, err
	}
	opt, bases, err := s.solveOpt(ctx, platform)
	if err != nil {
		return nil, err
	}
	opt.CacheImports, opt.CacheExports = s.Cache.entries(s.Name, platform)
	opt.Exports = []client.ExportEntry{{Type: client.ExporterOCI, Attrs: maps.Clone(exporter), OutputDir: dir}}
	return &solve{platform: platform, inputs: inputs, node: node, opt: opt, bases: bases, dir: dir}, nil
}

// stopTime is how long a cancelled build may take to stop; the client itself would wait for five seconds after the
// last message of a daemon that is busy compressing.
const stopTime = time.Second

func (j *solve) run(ctx context.Context, watch *watch) (err error) {
	if j.opt.FrontendInputs, err = j.sessions.serve(ctx, j.node, j.bases); err != nil {
		return err
	}
	status := make(chan *client.SolveStatus)
	followed := watch.follow(ctx, strings.Join(j.label, " "), status)
	solved := goroutine.Start(func() error {
		_, err := j.node.Client.Solve(ctx, nil, j.opt, status)
		return errors.Join(err, <-followed)
	})
	select {
	case err := <-solved:
		return err
	case <-ctx.Done():
	}
	select {
	case err := <-solved:
		return err
	case <-time.After(stopTime):
		watch.screen.left.Store(true)
		return ctx.Err()
	}
}

// solveOpt converts the spec to BuildKit's options, and returns the bases to send.
func (s Spec) solveOpt(ctx context.Context, platform string) (client.SolveOpt, map[string]layoutBase, error) {
	attrs := map[string]string{
		"filename":                    s.Dockerfile.Base(),
		"platform":                    platform,
		"build-arg:SOURCE_DATE_EPOCH": Epoch,
	}
	if len(s.Frontends) == 0 {
		attrs["cmdline"] = "builtin" // otherwise a `# syntax=` line pulls another frontend
	}
	if s.Target != "" {
		attrs["target"] = s.Target
	}
	if s.NoCache {
		attrs["no-cache"] = ""
	}
	for name, value := range s.Args {
		attrs["build-arg:"+name] = value
	}
	for name, value := range s.Proxy {
		attrs["build-arg:"+name] = value
	}
	for _, value := range s.Secrets {
		secret.Learn(ctx, secret.Document(string(value))...)
		for line := range strings.Lines(string(value)) {
			if secret.Learn(ctx, secret.Address(line)...); !strings.Contains(line, "://") { // a mirror: no secret
				secret.Learn(ctx, line)
			}
		}
	}
	opt := client.SolveOpt{
		Frontend:      "dockerfile.v0",
		FrontendAttrs: attrs,
		LocalMounts:   map[string]fsutil.FS{"context": staticfs.NewFS(), "dockerfile": dockerfileFS(s.Dockerfile)},
		Session:       []session.Attachable{secretsprovider.FromMap(s.secrets()), s.credentials(ctx)},
		SharedKey:     "howdah-" + s.Name, // so that the next build of this image sends only what changed
	}
	if s.Context != nil {
		context, err := newContextFS(ctx, s.Context)
		if err != nil {
			return opt, nil, err
		}
		opt.LocalMounts["context"] = context
	}
	bases := map[string]layoutBase{}
	for i, name := range slices.Sorted(maps.Keys(s.Bases)) {
		id, where := fmt.Sprintf("base%d", i), s.Bases[name]
		switch {
		case !filepath.IsAbs(where):
			attrs["context:"+name] = "docker-image://" + where
		case isLayout(where):
			b, err := openBase(ctx, name, where, platform)
			if err != nil {
				return opt, nil, err
			}
			if attrs["input-metadata:"+id], err = b.metadata(); err != nil {
				return opt, nil, err
			}
			bases[id], attrs["context:"+name] = b, "input:"+id
		default:
			if err := addFolder(&opt, id, name, where); err != nil {
				return opt, nil, err
			}
		}
	}
	for i, name := range slices.Sorted(maps.Keys(s.Mounts)) {
		if err := addFolder(&opt, fmt.Sprintf("mount%d", i), name, s.Mounts[name]); err != nil {
			return opt, nil, err
		}
	}
	return opt, bases, nil
}

func addFolder(opt *client.SolveOpt, id, name, where string) error {
	folder, err := fsutil.NewFS(where)
	if err != nil {
		return fault.New(fault.Usage, "passing %q to the build: %w", name, err)
	}
	opt.LocalMounts[id] = folder
	opt.FrontendAttrs["context:"+name] = "local:" + id
	return nil
}

// dockerfileFS returns the folder from which BuildKit reads the Dockerfile.
func dockerfileFS(f frontend.Dockerfile) fsutil.FS {
	out := staticfs.NewFS()
	out.Add(f.Base(), &types.Stat{Mode: 0o644, ModTime: epoch}, f.Data)
	if f.Ignore != nil {
		out.Add(f.Base()+".dockerignore", &types.Stat{Mode: 0o644, ModTime: epoch}, f.Ignore)
	}
	return out
}
