package sed

import (
	"bytes"
	"context"
	"fmt"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// The bounds of the sed commands of a script.
const (
	maxRuns   = 250 // different ones that are run: each is a process, some 4 ms
	maxBeyond = 1   // those that may need more than they may
)

// Memo keeps what sed made, since a script is followed more than once.
type Memo struct {
	sed    Runner
	done   map[string]Result
	beyond int // commands that needed more than they may
}

// NewMemo keeps what the sed commands make that runner runs.
func NewMemo(runner Runner) *Memo { return &Memo{sed: runner, done: map[string]Result{}} }

// Run runs a sed command, unless it is known what it makes.
func (k *Memo) Run(ctx context.Context, c Call) (Result, error) {
	var key bytes.Buffer
	fmt.Fprintf(&key, "%q %v %v %s", c.Flags, c.InPlace, c.Bytes, tree.BlobID(c.Input))
	for _, s := range c.Scripts {
		fmt.Fprintf(&key, " %q %v", s.Text, s.File)
	}
	for _, f := range c.Files {
		fmt.Fprintf(&key, " %q %s", f.Name, tree.BlobID(f.Data))
	}
	if r, ok := k.done[key.String()]; ok {
		return r, nil
	}
	if len(k.done) == maxRuns {
		return Result{}, fault.New(fault.Usage, "a script may run sed %d times on different texts, found more", maxRuns)
	}
	r, err := k.sed.Run(ctx, c)
	if r.Beyond {
		if k.beyond++; k.beyond > maxBeyond {
			return r, fault.New(fault.Usage, "more than %d sed commands exceed their limits of time, memory or output",
				maxBeyond)
		}
	}
	if err == nil {
		k.done[key.String()] = r
	}
	return r, err
}
