package fork

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/tree"
)

// Step is one change of a fork: what leads from one tree to the next.
type Step struct {
	*Topic
	Before, After *tree.Tree
}

// Steps makes the trees between the topics, from the base on. The last one has all files of the fork but the lost ones.
func Steps(ctx context.Context, base *tree.Tree, t *Traced, topics []*Topic) ([]Step, error) {
	touched := map[*Topic][]*part{}
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
	t.oldest(rank)
	for i, one := range topics {
		removed, files := map[string]*tree.File{}, map[string]*tree.File{}
		for _, p := range touched[one] {
			if p.turned() {
				removed[p.Path] = nil
			}
			if p.From != "" && !p.moved {
				files[p.From], p.moved = nil, true
			}
			files[p.Path] = p.content(rank, i)
		}
		if len(removed) > 0 { // a file that turns into a link is removed first
			before := *one
			before.Name = behind(one.Name, "first")
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

// topics lists the topics that touch a part, some more than once.
func (p *part) topics() []*Topic {
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

// turned says that a file became a link, or a link a file.
func (p *part) turned() bool {
	return p.Old.ID != "" && p.New.ID != "" && (p.Old.Mode == tree.Symlink) != (p.New.Mode == tree.Symlink)
}

// oldest lets the first topic of each place take the old lines away: no later state has both.
func (t *Traced) oldest(rank map[*Topic]int) {
	for _, p := range t.parts {
		for i := 0; i < len(p.spans); {
			j, first := i+1, i
			for j < len(p.spans) && p.spans[j].follows(p.spans[j-1]) {
				if rank[p.spans[j].topic] < rank[p.spans[first].topic] {
					first = j
				}
				j++
			}
			p.spans[i].taker = p.spans[first].topic
			i = j
		}
	}
}

// follows says that a span is in the same place as the one before it.
func (s *span) follows(before span) bool {
	return s.b0 == before.b1 && s.a0 == s.a1 && s.a0 == before.a0
}

// content is the part as it is once the topics up to one are applied.
func (p *part) content(rank map[*Topic]int, upTo int) *tree.File {
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
			if rank[s.taker] > upTo {
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
