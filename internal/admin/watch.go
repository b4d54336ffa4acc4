package admin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
	"github.com/howdah/howdah/internal/view"
)

// watchLock is the file of what a person acknowledged: lines "PATH BLOB", separated by a tab; "-" for a missing file.
const watchLock = "watch.lock"

const watchHead = "# Written by upstream:ack: the watched files of upstream as a person last saw them.\n"

// acknowledged reads watch.lock. It returns nil if there is none: nothing was acknowledged yet, and nothing is shown.
func acknowledged(s *session.Session) (map[string]tree.ID, error) {
	lines, err := s.Config.ReadLines(watchLock)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Line > 0 {
		return nil, f.WithHint("the file is generated; this writes it anew: %s", target.UpstreamAck.Command())
	}
	if err != nil || lines == nil {
		return nil, err
	}
	out := map[string]tree.ID{}
	for _, line := range lines {
		path, id, ok := strings.Cut(line.Text, "\t")
		if blob := tree.ID(id); !ok || id != "-" && !blob.Valid() {
			return nil, fault.New(fault.Usage, "malformed line %q", line.Text).At(watchLock, line.Number).
				WithHint("write it anew: %s", target.UpstreamAck.Command())
		}
		out[path] = tree.ID(strings.TrimPrefix(id, "-"))
	}
	return out, nil
}

// Acknowledge runs upstream:ack: it writes the watched files as they are at the pin into watch.lock.
func Acknowledge(ctx context.Context, s *session.Session, o candidate.Options, dry bool) error {
	return candidate.At(ctx, s, o, func(u candidate.Upstream) error {
		before, err := acknowledged(s)
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Line > 0 {
			err = nil // what is in the file cannot be read, and is written anew
		}
		if err != nil {
			return err
		}
		drift, err := u.Mirror.Drift(ctx, u.Facts.Tree, before, s.Config.Upstream.Watch)
		if err != nil {
			return err
		}
		now := map[string]tree.ID{}
		for _, path := range s.Config.Upstream.Watch {
			if e, err := u.Facts.Tree.Lookup(ctx, path); err == nil {
				now[path] = e.ID
			} else {
				now[path] = ""
			}
		}
		var b bytes.Buffer
		b.WriteString(watchHead)
		for _, path := range slices.Sorted(maps.Keys(now)) {
			id := string(now[path])
			if id == "" {
				id = "-"
			}
			fmt.Fprintf(&b, "%s\t%s\n", path, id)
		}
		if !dry {
			if err := s.Write(watchLock, b.Bytes()); err != nil {
				return err
			}
		}
		verb := "acknowledged"
		if dry {
			verb = "would be acknowledged (dry run)"
		}
		s.Term.Answerf("%d of %d watched files %s at %s", len(drift), len(now), verb, u.Pin.Commit.Short())
		for _, w := range drift {
			s.Term.Answerf("  %s", w.Path)
		}
		return nil
	})
}

// watched returns what changed in the watched files since they were acknowledged.
func watched(ctx context.Context, s *session.Session, u candidate.Upstream) ([]view.Watched, error) {
	before, err := acknowledged(s)
	if err != nil || before == nil {
		return nil, err
	}
	drift, err := u.Mirror.Drift(ctx, u.Facts.Tree, before, s.Config.Upstream.Watch)
	if err != nil {
		return nil, err
	}
	var out []view.Watched
	for _, w := range drift {
		out = append(out, view.Watched{File: w.Path, Diff: w.Diff})
	}
	return out, nil
}
