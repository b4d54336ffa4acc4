// Package base makes the images that ours begin with, `ruby` and `node`, out of Debian's and npm's packages, for
// machines that cannot pull: a suite of Debian and the Dockerfile of the bases go in, OCI layouts on disk come out.
package base

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/process"
)

// Packaged reports whether a suite's base has the Ruby that Debian packages, which is built without YJIT; on other
// suites Ruby is compiled with it.
func Packaged(suite string) bool { return suite == "trixie" }

// Options are what Make needs.
type Options struct {
	Target     string // the target that runs, as the lock names who holds it
	Dir        string // bases of all suites lie below it
	Suite      string // bookworm or trixie
	Platform   string // "linux/amd64"
	NodeMajor  string // "24"
	Builder    *builder.Builder
	Dockerfile frontend.Dockerfile
	Mirror     string                                    // of Debian's archive; "" is debootstrap's own
	CA         []byte                                    // as image.Spec has them
	Secrets    map[string][]byte                         // as image.Spec has them
	Proxy      map[string]string                         // as image.Spec has them
	Show       func() (show image.Progress, done func()) // called when BuildKit begins: until then the story goes on
	Say        func(format string, args ...any)
	Stage      process.Stage // shows how far debootstrap and apt-get are; may be nil
}

// targets are the stages of base.Dockerfile that others begin with.
var targets = []string{"ruby", "node"}

// Make builds the bases of a suite, unless they were built from the same inputs before. One run at a time builds those
// of a suite.
// What was made before is used until all of the new bases are there.
func Make(ctx context.Context, o Options) error {
	dir := filepath.Join(o.Dir, o.Suite)
	held, err := lock.Wait(ctx, filepath.Join(dir, ".lock"), o.Target)
	if err != nil {
		return err
	}
	defer held.Release()
	before, bad := load(dir)
	for _, err := range bad {
		o.Say("building the base images of %s again: %v", o.Suite, err)
	}
	if o.made() {
		return nil
	}
	debian, err := o.makeDebian(ctx, dir)
	if err != nil {
		return err
	}
	built, err := o.build(ctx, dir, debian.Layout)
	if err != nil {
		return fmt.Errorf("building the base images: %w", err)
	}
	for _, step := range o.place(dir, debian, built, before) {
		if err := step(); err != nil {
			return fault.Disk(fault.New(fault.Other, "moving the base images to their place: %w", err), dir)
		}
	}
	return nil
}

// makeDebian returns the image of Debian that the others begin with. It is unpacked where there is none.
func (o Options) makeDebian(ctx context.Context, dir string) (Base, error) {
	debian := filepath.Join(dir, "debian-"+recipe)
	if image.Check(debian) != nil {
		if err := canUnpack(); err != nil {
			return Base{}, err
		}
		if err := o.install(ctx, "debootstrap"); err != nil {
			return Base{}, err
		}
		group, together := goroutine.WithContext(ctx)
		group.Go(func() error { return o.debian(together, debian) })
		group.Go(func() error { // meanwhile: the first time, BuildKit itself is built
			_, err := o.Builder.Node(together, o.Platform)
			return err
		})
		if err := group.Wait(); err != nil {
			return Base{}, err
		}
	}
	digest, err := image.Digest(debian)
	return Base{Layout: debian, Digest: digest}, err
}

// build builds the bases into folders that no run reads.
func (o Options) build(ctx context.Context, dir, debian string) (results []image.Result, err error) {
	switch o.Suite {
	case "bookworm":
		o.Say("compiling Debian 13's Ruby on Debian 12: some five minutes on two cores, once")
	case "trixie":
		o.Say("Debian's own Ruby is built without YJIT: good for a trial; a server wants bookworm's compiled one, or the " +
			"official image")
	}
	var jobs []image.Job
	for _, target := range targets {
		progress, end := o.Stage.Begin("building the base " + target)
		job := image.Job{Dir: filepath.Join(dir, target+unplaced), Done: func(_ image.Result, err error) { end(err) },
			Steps: func(done, of int) { progress("%d of %d steps done", done, of) }}
		job.Spec = image.Spec{
			Name: target, Dockerfile: o.Dockerfile, Target: target, Platforms: []string{o.Platform},
			Args:  map[string]string{"DEBIAN_VERSION": o.Suite, "NODE_MAJOR_VERSION": o.NodeMajor},
			Bases: map[string]string{"debian:" + o.Suite + "-slim": debian}, Secrets: o.Secrets, CA: o.CA, Proxy: o.Proxy,
			Raw: true,
		}
		jobs = append(jobs, job)
	}
	show, done := o.Show()
	defer done()
	err = o.Builder.Forgetting(ctx, o.Platform, func() (err error) {
		results, err = image.Build(ctx, o.Builder, jobs, show)
		return err
	})
	return results, err
}

// Needs returns what Make would install and download here before anything is made: nothing where the bases are made
// already. It fails where Make would, for want of root.
func (o Options) Needs() ([]string, error) {
	if o.made() {
		return nil, nil
	}
	if err := canUnpack(); err != nil {
		return nil, err
	}
	var needs []string
	if _, err := exec.LookPath("debootstrap"); err != nil {
		needs = append(needs, "installs debootstrap from Debian's packages")
	}
	what := "makes the ruby and node bases: some 300 MB of Debian's and npm's packages, minutes"
	if !Packaged(o.Suite) {
		what = "makes the ruby and node bases: some 400 MB of Debian's and npm's packages, and Ruby compiled, some ten " +
			"minutes on two cores"
	}
	return append(needs, what), nil
}

// made reports whether the bases were made of the same before.
func (o Options) made() bool {
	m, bad := load(filepath.Join(o.Dir, o.Suite))
	return len(bad) == 0 && m.Key == o.key() && len(m.Bases) == len(targets)+1
}

// recipe is how debian makes its image: a change there needs a new one here.
const recipe = "2"

// key is all that decides what is made, but the state of Debian's archive.
func (o Options) key() string {
	return image.Sum(append([]byte(recipe+"\x00"+o.Suite+"\x00"+o.Platform+"\x00"+o.NodeMajor+"\x00"+o.Mirror+"\x00"),
		o.Dockerfile.Data...))
}
