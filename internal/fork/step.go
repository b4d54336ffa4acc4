package fork

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/tree"
)

// Step is one change of a fork: a topic, and the trees before and after it.
type Step struct {
	*Topic
	Before, After *tree.Tree
}

// Steps builds the trees between the topics, starting from base. The last tree has all files of the fork except the
// lost ones.
func Steps(ctx context.Context, base *tree.Tree, t *Traced, topics []*Topic) ([]Step, error) {
	touched := map[*Topic][]*changedPath{}
	for _, p := range t.parts {
		seen := map[*Topic]bool{}
		for _, one := range p.topics() {
			if !seen[one] {
				seen[one] = true
				touched[one] = append(touched[one], p)
			}
		}
	}
	var out []Step
	at := base
	rank := map[*Topic]int{}
	for i, one := range topics {
		rank[one] = i
	}
	t.assignRemovals(rank)
	for i, one := range topics {
		removed, files := map[string]*tree.File{}, map[string]*tree.File{}
		for _, p := range touched[one] {
			if p.changesLink() {
				removed[p.Path] = nil
			}
			if p.From != "" && !p.moved {
				files[p.From], p.moved = nil, true
			}
			files[p.Path] = p.content(rank, i)
		}
		if len(removed) > 0 { // one step removes the file, the next one adds the link
			before := *one
			before.Name = withSuffix(one.Name, "first")
			next, err := at.With(ctx, removed)
			if err != nil {
				return nil, fmt.Errorf("making the step %q: %w", before.Name, err)
			}
			out, at = append(out, Step{&before, at, next}), next
		}
		next, err := at.With(ctx, files)
		if err != nil {
			return nil, fmt.Errorf("making the step %q: %w", one.Name, err)
		}
		out, at = append(out, Step{one, at, next}), next
	}
	return out, nil
}

// topics returns the topics that touch a part; a topic with several spans is in it several times.
func (p *changedPath) topics() []*Topic {
	if p.topic != nil {
		return []*Topic{p.topic}
	}
	var out []*Topic
	for _, s := range p.spans {
		if s.topic != nil {
			out = append(out, s.topic)
		}
	}
	return out
}

// changesLink reports whether a file became a symbolic link, or a link a file.
func (p *changedPath) changesLink() bool {
	return p.Old.ID != "" && p.New.ID != "" && (p.Old.Mode == tree.Symlink) != (p.New.Mode == tree.Symlink)
}

// assignRemovals sets which topic removes the old lines of each place: the first one that writes there, so that no
// tree between has both the old and the new lines.
func (t *Traced) assignRemovals(rank map[*Topic]int) {
	for _, p := range t.parts {
		for i := 0; i < len(p.spans); {
			j, first := i+1, i
			for j < len(p.spans) && p.spans[j].follows(p.spans[j-1]) {
				if rank[p.spans[j].topic] < rank[p.spans[first].topic] {
					first = j
				}
				j++
			}
			p.spans[i].removedBy = p.spans[first].topic
			i = j
		}
	}
}

// follows reports whether a span replaces the same old lines as the span before it.
func (s *lineSpan) follows(before lineSpan) bool {
	return s.b0 == before.b1 && s.a0 == s.a1 && s.a0 == before.a0
}

// content returns the file as it is after the topics up to rank upTo; nil if the fork removed it.
func (p *changedPath) content(rank map[*Topic]int, upTo int) *tree.File {
	if p.New.ID == "" {
		return nil
	}
	if p.whole || p.topic != nil {
		return &tree.File{Mode: p.New.Mode, Data: p.fresh}
	}
	old, fresh := lines(p.old), lines(p.fresh)
	var b bytes.Buffer
	at := 0
	put := func(list [][]byte) {
		for _, line := range list {
			b.Write(line)
		}
	}
	for _, s := range p.spans {
		put(old[at:max(at, s.a0)])
		at = max(at, s.a0)
		if s.a1 > s.a0 {
			if rank[s.removedBy] > upTo {
				put(old[s.a0:s.a1])
			}
			at = s.a1
		}
		if rank[s.topic] <= upTo {
			put(fresh[s.b0:s.b1])
		}
	}
	put(old[at:])
	return &tree.File{Mode: p.New.Mode, Data: b.Bytes()}
}
