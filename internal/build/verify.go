package build

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/base"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/inspect"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/view"
)

// Verify checks built images against the rules of their roles; it checks all of them before it returns an error.
func Verify(ctx context.Context, s *session.Session, b *Build, images []release.Image) error {
	var found []error
	for n, i := range images {
		if i.Layout == "" {
			continue // it was verified when it was first published
		}
		err := inspectImage(ctx, s, i.Name, i.Layout, b.Specs[n].Role)
		if err != nil && fault.CodeOf(err) != fault.Gate {
			return err
		}
		found = append(found, err)
	}
	return errors.Join(found...)
}

// inspectImage checks one image against the rules of its role.
func inspectImage(ctx context.Context, s *session.Session, name, layout, role string) error {
	index, err := image.Open(layout)
	if err != nil {
		return err
	}
	_, err = inspect.Verify(ctx, name, index, rules(s, role), canaries(s))
	return err
}

// rules returns the rules for an image's role in this distribution.
func rules(s *session.Session, role string) inspect.Rules {
	r := inspect.For(inspect.Role(role))
	r.Debian = s.Config.Build.Debian
	if made, _ := base.List(s.Config.Cache.In("bases"), s.Config.Build.Debian); len(made) > 0 {
		r.Plain = base.Packaged(s.Config.Build.Debian)
	}
	return r
}

// canaries returns the secrets that are known so far: an image must not contain any of them.
func canaries(s *session.Session) []string {
	// short values would be found by chance
	return slices.DeleteFunc(s.Term.Secrets().Values(), func(s string) bool { return len(s) < 12 })
}

// VerifyLast runs image:verify: it prints what the images of the last build contain, and checks that. Name is an
// image's name or role; "" means all.
func VerifyLast(ctx context.Context, s *session.Session, name string) error {
	last, err := Last(s)
	if err != nil {
		return err
	}
	if last == nil || len(last.Images) == 0 {
		return fault.New(fault.Usage, "nothing is built yet").WithHint("%s", target.ImageBuild.Command())
	}
	roles := map[string]string{s.Config.Web.Name: config.Web, s.Config.Streaming.Name: config.Streaming}
	var found error
	seen := 0
	results := map[string][]inspect.Report{}
	for _, i := range last.current() {
		if name != "" && name != i.Name && name != roles[i.Name] {
			continue
		}
		if seen == 0 {
			s.Term.Answerf("%s · content of the last build's images:", s.Distribution())
		}
		seen++
		if err := image.Check(i.Layout); err != nil {
			return err
		}
		index, err := image.Open(i.Layout)
		if err != nil {
			return err
		}
		stage := s.Story.Stage("reading " + i.Name)
		reports, err := inspect.Verify(ctx, i.Name, index, rules(s, roles[i.Name]), canaries(s))
		stage.Close(err)
		results[i.Name] = append(results[i.Name], reports...)
		for _, r := range reports {
			showFacts(s, i.Name, r)
		}
		if err != nil {
			if fault.CodeOf(err) != fault.Gate {
				return err
			}
			found = err
		}
	}
	if seen == 0 {
		return fault.New(fault.Usage, "there is no image %q in the last build", name)
	}
	if err := view.WriteJSON(s.Config.Result("image-verify.json"), results, s.Term.Secrets()); err != nil {
		return err
	}
	return found
}

func showFacts(s *session.Session, name string, r inspect.Report) {
	f := r.Facts
	s.Term.Answerf("%s %s  %s", name, f.Platform, Short(f.Digest))
	for _, row := range [][2]string{
		{"Debian", f.Debian}, {"Ruby", f.Ruby}, {"YJIT", term.YesNo(f.YJIT)}, {"Node", f.Node}, {"jemalloc", f.Jemalloc},
		{"user", f.User},
		{"entrypoint", strings.Join(f.Entrypoint, " ")}, {"set-id files", fmt.Sprint(len(f.SetID))},
		{"content", fmt.Sprintf("%d files, %s", f.Files, term.Size(f.Bytes))},
	} {
		if row[1] != "" {
			s.Term.Answerf("  %-13s %s", row[0], row[1])
		}
	}
	for _, finding := range r.Findings {
		s.Term.Answerf("  refused: %s", finding)
	}
}
