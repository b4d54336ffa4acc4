package builder

import (
	"context"
	"time"
)

// defaultReturn is how long a BuildKit that went away in mid-build may take to come back: a pod that is started anew on
// another node needs a minute.
const defaultReturn = 2 * time.Minute

// WaitUntilBack waits until the BuildKit at an address, which went away in mid-build, answers again.
func (n *Node) WaitUntilBack(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, n.returning)
	defer cancel()
	for {
		_, err := n.Client.Info(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return unreachable(n.Address, err)
		case <-time.After(250 * time.Millisecond):
		}
	}
}
