package history

import (
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/mainline"
	"github.com/howdah/howdah/internal/tree"
)

// keys are those of a walk's states, the newest of them so far: most walks look at a few of thousands of states.
type keys struct {
	paths  map[string]bool
	files  mainline.Files // what stands at the paths at the oldest state that has a key, or at the newest of all
	oldest int            // its index, the number of all states while none has a key
	first  int            // its first commit
}

// newestLast are the states of a line without their keys, and what those are made of.
func (w *walker) newestLast(ctx context.Context) (states []state, k keys, err error) {
	k.paths = w.paths()
	if k.files, err = w.tip(ctx, k.paths); err != nil {
		return nil, k, err
	}
	states = []state{{}}
	for _, i := range w.touched.Touching(k.paths) {
		if i > 0 && i < len(w.line) {
			states[len(states)-1].last = i - 1
			states = append(states, state{first: i})
		}
	}
	states[len(states)-1].last = len(w.line) - 1
	k.oldest = len(states)
	return states, k, nil
}

// tip is what stands at some paths at the end of the line.
func (w *walker) tip(ctx context.Context, paths map[string]bool) (mainline.Files, error) {
	last := w.line[len(w.line)-1]
	files, err := mainline.ReadFiles(ctx, tree.At(w.src, last.Tree), paths)
	if err != nil {
		return nil, fmt.Errorf("reading upstream at %s: %w", last.ID.Short(), err)
	}
	return files, nil
}

// fill gives the states from an index on their keys.
func (k *keys) fill(line mainline.Line, states []state, from int) {
	for k.oldest > from {
		if k.first > 0 {
			k.files.Update(mainline.Commit{Touched: mainline.Reversed(line[k.first].Touched)}, k.paths)
		}
		k.oldest--
		states[k.oldest].key, k.first = k.files.Key(), states[k.oldest].first
	}
}
