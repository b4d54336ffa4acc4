package ship

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/git"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/release"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/view"
)

// WhyImage runs image:why: which inputs of an image differ from the newest release's, which commits and changes
// caused that, and which stages have to be built again. It builds nothing.
func WhyImage(ctx context.Context, s *session.Session, o ImageOptions) error {
	if err := errors.Join(o.check(s), build.Check(s)); err != nil {
		return err
	}
	return candidate.At(ctx, s, o.Candidate, func(u candidate.Upstream) error {
		c, err := u.Apply(ctx, s)
		if err != nil {
			return err
		}
		out, known, err := o.ask(ctx, s)
		if err != nil {
			return err
		}
		defer out.close()
		b, err := build.Plan(ctx, s, c, build.PlanOptions{
			Packages: build.Packages(s, packages(known)), Offline: o.Candidate.Offline,
		})
		if err != nil {
			return err
		}
		s.Term.Answerf("%s · which inputs differ from the newest release's:", s.Distribution())
		for _, spec := range o.of(b) {
			w, err := out.why(ctx, b, known, spec)
			if err != nil {
				return err
			}
			if err := view.WriteJSON(s.Config.Result("image-why.json"), w, s.Term.Secrets()); err != nil {
				return err
			}
			s.Term.Answer(w.Text())
		}
		return nil
	})
}

// why compares one image with the newest release's.
func (o *publisher) why(ctx context.Context, b *build.Build, known *release.Known, spec image.Spec) (view.Why, error) {
	up := b.Release.Upstream
	w := view.Why{Image: spec.Name, State: view.WhyNew, From: build.CachedIn(o.s),
		Upstream: view.Upstream{URL: up.URL, Ref: up.Ref, Commit: up.Commit, Version: up.Version, Schema: up.Schema}}
	newest := known.Newest
	if newest == nil {
		return w, nil
	}
	w.Released = &view.Released{Tag: newest.Tag, Commit: newest.Upstream.Commit, At: newest.Released}
	found, err := o.store.Reuse(ctx, known, spec.Name, b.Inputs[spec.Name])
	if err != nil {
		return w, err
	}
	if found != nil {
		w.State, w.From = view.WhySame, found.Registry.String()
		return w, nil
	}
	differ, recorded := newest.Compare(spec.Name, b.Release.Parts[spec.Name])
	if w.State = view.WhyDiffers; !recorded {
		w.State = view.WhyUnknown
	}
	changed := frontend.Changed{}
	for _, d := range differ {
		w.Inputs = append(w.Inputs, view.WhyInput(d))
		if name, ok := strings.CutPrefix(d.Part, image.PartArg); ok {
			changed.Args = append(changed.Args, name)
		}
		if name, ok := strings.CutPrefix(d.Part, image.PartBase); ok {
			changed.Bases = append(changed.Bases, name)
		}
	}
	tree := slices.ContainsFunc(differ, func(d record.Difference) bool { return d.Part == image.PartTree })
	if tree || !recorded {
		if w, err = withTree(ctx, w, b, newest); err != nil {
			return w, err
		}
		if w, err = onlyRead(ctx, w, spec); err != nil {
			return w, err
		}
	}
	w.Stages, err = whyStages(ctx, w, spec, changed)
	return w, err
}

// withTree returns the report with what differs in the patched tree: the series' changes, and upstream's commits since
// the release.
func withTree(ctx context.Context, w view.Why, b *build.Build, newest *record.Record) (view.Why, error) {
	for _, c := range newest.CompareChanges(b.Release.Changes) {
		w.Changes = append(w.Changes, view.WhyChange(c))
		w.Files = append(w.Files, c.Files...)
	}
	repo, from, to := b.Candidate.Upstream.Mirror.Repo, newest.Upstream.Commit, b.Release.Upstream.Commit
	if from != to {
		files, commits, err := between(ctx, repo, from, to)
		if errors.Is(err, git.ErrNoRevision) {
			w.Unread = "the mirror does not have the released commit " + from
		} else if err != nil {
			return w, err
		}
		w.Files, w.Commits = append(w.Files, files...), commits
	}
	slices.Sort(w.Files)
	w.Files = slices.Compact(w.Files)
	return w, nil
}

// onlyRead returns the report without what the image's build does not read: files, and commits and changes that touch
// none of its files.
func onlyRead(ctx context.Context, w view.Why, spec image.Spec) (_ view.Why, err error) {
	keep := func(names []string) []string {
		read, failed := spec.Reads(ctx, names)
		err = cmp.Or(err, failed)
		return read
	}
	w.Files = keep(w.Files)
	var changes []view.WhyChange
	for _, c := range w.Changes {
		if c.Files = keep(c.Files); len(c.Files) > 0 {
			changes = append(changes, c)
		}
	}
	var commits []view.WhyCommit
	for _, c := range w.Commits {
		if c.Files = keep(c.Files); len(c.Files) > 0 {
			commits = append(commits, c)
		}
	}
	w.Changes, w.Commits = changes, commits
	return w, err
}

// between returns the files that differ between two commits, and the first-parent commits from one to the other.
func between(
	ctx context.Context, repo *git.Repo, from, to string,
) (files []string, commits []view.WhyCommit, err error) {
	if _, err := repo.Resolve(ctx, from); err != nil {
		return nil, nil, err
	}
	names, err := repo.Run(ctx, "diff-tree", "-r", "-z", "--name-only", "--no-renames", from, to)
	if err != nil {
		return nil, nil, err
	}
	log, err := repo.Run(ctx, "log", "--first-parent", "-m", "-z", "--name-only", "--no-renames",
		"--format=%x01%H%x02%cI%x02%s", from+".."+to)
	if err != nil {
		return nil, nil, err
	}
	for entry := range bytes.SplitSeq(log, []byte{1}) {
		fields := strings.SplitN(string(entry), "\x02", 3)
		if len(fields) < 3 {
			continue
		}
		date, err := time.Parse(time.RFC3339, fields[1])
		if err != nil {
			return nil, nil, fault.New(fault.Other, "reading upstream's history: %w", err)
		}
		subject, rest, _ := strings.Cut(fields[2], "\x00")
		commits = append(commits, view.WhyCommit{Commit: fields[0], Date: date.UTC(), Subject: subject, Files: split(rest)})
	}
	return split(string(names)), commits, nil
}

// split splits names that end with NUL, as git prints them.
func split(names string) []string {
	return strings.FieldsFunc(names, func(r rune) bool { return r == 0 || r == '\n' })
}

// whyStages computes which stages are built again. With another Dockerfile or another form of layers, all of them may
// be.
func whyStages(ctx context.Context, w view.Why, spec image.Spec, changed frontend.Changed) (
	out []view.WhyStage, err error,
) {
	changed.Files = w.Files
	ignore, err := spec.Context.ReadFile(ctx, ".dockerignore")
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	changed.Ignore = ignore.Data
	stages, err := spec.Dockerfile.Rebuilt(spec.Args, changed)
	if err != nil {
		return nil, err
	}
	other := w.State == view.WhyUnknown
	for _, i := range w.Inputs {
		other = other || i.Part == image.PartDockerfile
	}
	for _, s := range stages {
		if other && !s.Rebuilt {
			s = frontend.Stage{Name: s.Name, Rebuilt: true, Line: 1, Because: "the Dockerfile may have changed"}
		}
		out = append(out, view.WhyStage(s))
	}
	return out, nil
}
