// Package build builds the images of a candidate. It computes the specs of both images, their inputs and the stamp,
// and then builds OCI layouts under dist/. It reuses what an earlier run or another machine built from the same
// inputs.
package build

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/stamp"
)

// Build has everything that decides the images of a release, and their names and labels.
type Build struct {
	Candidate *candidate.Candidate
	Packages  string            // the day of Debian's packages, YYYY-MM-DD
	Specs     []image.Spec      // in the order of the images
	Inputs    map[string]string // by image: a digest over everything that decides it
	Release   release.Proposal  // what would be released: the stamp, and what the gates judge
}

type PlanOptions struct {
	Packages string        // the day of Debian's packages, see [Packages]
	Origin   string        // [Origin] from before the series was read; "": none in the record
	Offline  bool          // ask no registry for a base that is not pinned
	Glance   time.Duration // how long to wait for the registry of a base that is not pinned; 0: as long as a build would
}

// Plan computes the inputs and the stamp of a candidate's images. It builds nothing, and asks registries only about
// bases that are not pinned.
func Plan(ctx context.Context, s *session.Session, c *candidate.Candidate, o PlanOptions) (*Build, error) {
	packages := o.Packages
	dockerfiles, err := readDockerfiles(s)
	if err != nil {
		return nil, err
	}
	accepted, err := Accepted(s)
	if err != nil {
		return nil, err
	}
	b := &Build{Candidate: c, Packages: packages, Inputs: map[string]string{}}
	up := c.Upstream
	mark := stamp.Stamp{
		Name: s.Config.Name, Version: up.Facts.Version, Pin: string(up.Pin.Commit), Created: up.Pin.Date.UTC(),
		Patched: string(c.Commit),
		Tree:    string(c.Tree.Root()), Series: digest(c), Source: s.Config.Source.Repository, Push: s.Config.Source.Push,
		Vendor: s.Config.Name, Images: map[string]stamp.Image{},
	}
	var left []record.LeftOut
	partsOf := map[string]map[string]string{}
	for _, l := range c.Result.LeftOut() {
		mark.LeftOut = append(mark.LeftOut, l.Change.Name)
		left = append(left, record.LeftOut{Name: l.Change.Name, Verdict: string(l.Verdict), Reason: l.Message})
	}
	v, err := versionsOf(ctx, c.Tree)
	if err != nil {
		return nil, err
	}
	expanded, err := expand(ctx, s, dockerfiles, v, packages)
	if err != nil {
		return nil, err
	}
	bases, err := findBases(ctx, s, imageNames(expanded), o)
	if err != nil {
		return nil, err
	}
	for _, e := range expanded {
		i := e.image
		spec, err := specOf(ctx, s, specInput{c.Tree, e, bases})
		if err != nil {
			return nil, err
		}
		inputs, err := inputsOf(ctx, spec)
		if err != nil {
			return nil, err
		}
		b.Specs, b.Inputs[i.Name] = append(b.Specs, spec), inputs
		if partsOf[i.Name], err = spec.Parts(ctx); err != nil {
			return nil, err
		}
		base, sum := bases.label(e.base)
		mark.Images[i.Name] = stamp.Image{
			Title: i.Name, Role: i.Role, Description: describe(s.Config.Name, i.Role), BaseName: base, BaseDigest: sum,
			Inputs: inputs,
		}
	}
	if err := mark.Check(); err != nil {
		return nil, err
	}
	from := o.Origin
	if from != "" {
		// Without an origin, the next run looks again: it may be able to apply a change that could not be read now,
		// and a file that was saved during this run may have been read before that.
		if now, err := Origin(s, up.Options); err != nil || now != from || c.Missing > 0 {
			from = ""
		}
	}
	b.Release = release.Proposal{
		Stamp: mark, Accepted: accepted, Migrations: up.Facts.Migrations, Tree: string(c.Tree.Root()),
		Commit: string(c.Commit),
		Images: b.Inputs, Parts: partsOf, Changes: changes(c), LeftOut: left, Packages: packages, Unsafe: unsafe(c),
		Origin: from,
		Upstream: record.Upstream{
			URL: up.Pin.URL, Ref: up.Pin.Ref, Commit: string(up.Pin.Commit), Version: up.Facts.Version.String(),
			Schema: up.Facts.Schema,
		},
	}
	return b, nil
}

// changes returns the changes that are in the tree.
func changes(c *candidate.Candidate) []record.Change {
	var all []record.Change
	for _, o := range c.Result.Outcomes {
		if o.Verdict.Applies() {
			all = append(all, record.Change{Name: o.Change.Name, Sum: o.Change.Sum, Files: o.Files})
		}
	}
	return all
}

// unsafe describes the guarded paths that changes in the tree touch without listing them in allow.
func unsafe(c *candidate.Candidate) string {
	var all []string
	for _, o := range c.Result.Outcomes {
		if what := o.Unsafe(); what != "" && o.Before != o.After {
			all = append(all, what)
		}
	}
	return strings.Join(all, "; ")
}

func describe(name, role string) string {
	if role == config.Streaming {
		return "Mastodon's streaming server, as " + name + " runs it"
	}
	return "Mastodon's web and sidekiq, as " + name + " runs it"
}

// digest returns a digest of what the series does, for a label of both images.
func digest(c *candidate.Candidate) string {
	var b strings.Builder
	for _, o := range c.Result.Outcomes {
		if o.Verdict.Applies() {
			fmt.Fprintf(&b, "%s %s\n", o.Change.Sum, o.Change.Name)
		}
	}
	return image.Sum([]byte(b.String()))
}

// Packages returns the day of Debian's packages: newest (the day of the newest release, "" for none) while it is
// younger than [build] max_age, or else today. So security updates arrive by themselves, without a new image for
// every build.
func Packages(s *session.Session, newest string) string {
	today := s.Now.UTC().Format(time.DateOnly)
	day, err := time.Parse(time.DateOnly, newest)
	if err != nil || s.Now.Sub(day) >= s.Config.MaxAge || day.After(s.Now) {
		return today
	}
	return newest
}
