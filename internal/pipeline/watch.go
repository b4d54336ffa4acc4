package pipeline

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/report"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/tree"
)

// watchLock is the file that keeps what a person acknowledged: lines "PATH BLOB", "-" for a file that is not there.
const watchLock = "watch.lock"

const watchHead = "# Written by upstream:ack: the watched files of upstream as a person last saw them.\n"

// acknowledged reads watch.lock; without one nothing is acknowledged yet, and nothing is told.
func (p *Pipeline) acknowledged() (map[string]tree.ID, error) {
	data, err := p.held(watchLock, files.MaxSmall)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	out := map[string]tree.ID{}
	lines := bufio.NewScanner(bytes.NewReader(data))
	for n := 1; lines.Scan(); n++ {
		line := lines.Text()
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		path, id, ok := strings.Cut(line, "\t")
		if blob := tree.ID(id); ok && (id == "-" || blob.Valid()) {
			out[path] = tree.ID(strings.TrimPrefix(id, "-"))
			continue
		}
		return nil, fault.New(fault.Usage, "malformed line %q", line).At(watchLock, n).
			WithHint("write it anew: %s", target.UpstreamAck.Command())
	}
	return out, nil
}

// Acknowledge is upstream:ack.
func (p *Pipeline) Acknowledge(ctx context.Context, c Choice) error {
	return p.at(ctx, c, func(r *resolved) error {
		before, err := p.acknowledged()
		if err != nil {
			return err
		}
		drift, err := r.mirror.Drift(ctx, r.facts.Tree, before, p.cfg.Upstream.Watch)
		if err != nil {
			return err
		}
		now := map[string]tree.ID{}
		for _, path := range p.cfg.Upstream.Watch {
			if e, err := r.facts.Tree.Lookup(ctx, path); err == nil {
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
		if !set(c.Dry) {
			if err := p.writeOne(watchLock, b.Bytes()); err != nil {
				return err
			}
		}
		p.term.Answerf("%d of %d watched files acknowledged at %s%s", len(drift), len(now), r.pin.Commit.Short(), dryly(c.Dry))
		for _, w := range drift {
			p.term.Answerf("  %s", w.Path)
		}
		return nil
	})
}

// watched tells what changed in the watched files since they were acknowledged.
func (p *Pipeline) watched(ctx context.Context, r *resolved) ([]report.Watched, error) {
	before, err := p.acknowledged()
	if err != nil || before == nil {
		return nil, err
	}
	drift, err := r.mirror.Drift(ctx, r.facts.Tree, before, p.cfg.Upstream.Watch)
	if err != nil {
		return nil, err
	}
	var out []report.Watched
	for _, w := range drift {
		out = append(out, report.Watched{File: w.Path, Diff: w.Diff})
	}
	return out, nil
}
