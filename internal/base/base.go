// Package base makes the images that ours begin with, `ruby` and `node`, out of Debian's and npm's packages, for
// machines that cannot pull: a suite of Debian and the Dockerfile of the bases go in, OCI layouts on disk come out.
package base

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"golang.org/x/sync/errgroup"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/process"
)

// Base is a base image on this machine.
type Base struct {
	Layout string `json:"layout"` // the OCI layout's folder
	Digest string `json:"digest"`
}

// Packaged says that a suite's base has the Ruby that Debian packages, which is built without YJIT; on other suites
// Ruby is compiled with it.
func Packaged(suite string) bool { return suite == "trixie" }

// Options are what Make needs.
type Options struct {
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

// madeList is the file made.json beside the layouts: the bases, and the key of what they were made from.
type madeList struct {
	Key   string          `json:"key"`
	Bases map[string]Base `json:"bases"`
}

// List returns the bases that were made for a suite, by the repository that each one replaces. A suite without bases
// is not an error.
func List(dir, suite string) (map[string]Base, error) {
	m, err := load(filepath.Join(dir, suite))
	return m.Bases, err
}

func load(dir string) (m madeList, err error) {
	data, err := os.ReadFile(filepath.Join(dir, "made.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return m, nil
	}
	if err == nil {
		err = json.Unmarshal(data, &m)
	}
	if err != nil {
		return madeList{}, fault.New(fault.Other, "reading the list of base images: %w", err).
			WithHint("remove %s and build them again: %s", dir, fault.Command{Target: "base:build"})
	}
	for name, b := range m.Bases {
		if image.Check(b.Layout) != nil {
			delete(m.Bases, name)
		}
	}
	return m, nil
}

// Make makes the bases of a suite, unless they were made of the same before. The caller holds a lock on the suite's
// folder.
func Make(ctx context.Context, o Options) error {
	if o.made() {
		return nil
	}
	dir := filepath.Join(o.Dir, o.Suite)
	debian := filepath.Join(dir, "debian-"+recipe)
	if image.Check(debian) != nil {
		if err := canUnpack(); err != nil {
			return err
		}
		if err := o.install(ctx, "debootstrap"); err != nil {
			return err
		}
		group, together := errgroup.WithContext(ctx)
		group.Go(func() error { return o.debian(together, debian) })
		group.Go(func() error { // meanwhile: the first time, BuildKit itself is built
			_, err := o.Builder.Node(together, o.Platform)
			return err
		})
		if err := group.Wait(); err != nil {
			return err
		}
	}
	digest, err := image.Digest(debian)
	if err != nil {
		return err
	}
	m := madeList{Key: o.key(), Bases: map[string]Base{"debian": {Layout: debian, Digest: digest}}}
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
		job := image.Job{Dir: filepath.Join(dir, target), Done: func(_ image.Result, err error) { end(err) },
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
	var results []image.Result
	err = o.Builder.Forgetting(ctx, o.Platform, func() (err error) {
		results, err = image.Build(ctx, o.Builder, jobs, show)
		return err
	})
	done()
	if err != nil {
		return fmt.Errorf("making the bases: %w", err)
	}
	for i, target := range targets {
		m.Bases[target] = Base{Layout: results[i].Dir, Digest: results[i].Digest}
	}
	return m.save(filepath.Join(dir, "made.json"))
}

// save leaves the file whole, or as it was.
func (m madeList) save(name string) error {
	data, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = os.WriteFile(name+".part", data, 0o644)
	}
	if err == nil {
		err = os.Rename(name+".part", name)
	}
	if err != nil {
		return fault.Disk(fault.New(fault.Other, "writing the list of base images: %w", err), filepath.Dir(name))
	}
	return nil
}

// Needs says what Make would install and download here before anything is made: nothing where the bases are made
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

// made says whether the bases were made of the same before.
func (o Options) made() bool {
	m, err := load(filepath.Join(o.Dir, o.Suite))
	return err == nil && m.Key == o.key() && len(m.Bases) == len(targets)+1
}

// recipe is how debian makes its image: a change there needs a new one here.
const recipe = "2"

// key is all that decides what is made, but the state of Debian's archive.
func (o Options) key() string {
	return image.Sum(append([]byte(recipe+"\x00"+o.Suite+"\x00"+o.Platform+"\x00"+o.NodeMajor+"\x00"+o.Mirror+"\x00"),
		o.Dockerfile.Data...))
}
