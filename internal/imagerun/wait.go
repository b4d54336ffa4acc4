package imagerun

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"
)

// waitFor waits until an address answers 200, for three minutes at most.
func waitFor(ctx context.Context, address string, p *program) error {
	return await(ctx, 3*time.Minute, p, func() error {
		code, _, err := get(ctx, address)
		if err == nil && code != http.StatusOK {
			err = fmt.Errorf("%s answers %d", address, code)
		}
		return err
	})
}

// waitPort waits until something listens, for half a minute at most.
func waitPort(ctx context.Context, port int, p *program) error {
	return await(ctx, 30*time.Second, p, func() error {
		c, err := (&net.Dialer{}).DialContext(ctx, "tcp", "127.0.0.1:"+strconv.Itoa(port))
		if err != nil {
			return err
		}
		return c.Close()
	})
}

// await asks again and again until there is no error, the program has ended or the time is up.
func await(ctx context.Context, limit time.Duration, p *program, ask func() error) error {
	end := time.Now().Add(limit)
	for {
		err := ask()
		if err == nil || time.Now().After(end) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-p.done:
			return errEnded
		case <-time.After(200 * time.Millisecond):
		}
	}
}
