package release

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
)

// Hold sets a hold at every registry, or lifts it. While it is on, a release checks and publishes nothing.
func Hold(ctx context.Context, c *registry.Client, s Settings, on bool, reason string, now time.Time) (*Result, error) {
	if on && reason == "" {
		return nil, fault.New(fault.Usage, "a hold needs a reason").WithHint("-reason=TEXT is what others read when nothing is released")
	}
	state := HoldState{On: on, Since: now.UTC().Truncate(time.Second), Reason: reason}
	config, err := json.Marshal(state)
	if err != nil {
		return nil, err
	}
	content, err := pack(HoldType, HoldType, config, "application/vnd.oci.empty.v1+json", []byte("{}"), nil)
	if err != nil {
		return nil, err
	}
	d := registry.Delivery{Image: s.artifact(), Content: content}
	outcome := c.Upload(ctx, s.Registries, []registry.Delivery{d})
	var mu sync.Mutex
	var all sync.WaitGroup
	for _, r := range s.Registries {
		if outcome[r] != nil {
			continue
		}
		all.Go(func() {
			repo, err := c.Repo(r, d.Image)
			if err == nil {
				_, err = repo.Move(ctx, holdTag, content.Root())
			}
			mu.Lock()
			outcome[r] = err
			mu.Unlock()
		})
	}
	all.Wait()
	res := &Result{State: Done, Warnings: []string{}}
	var errs []error
	for _, r := range s.Registries {
		st := RegistryState{Name: r.String(), State: Done}
		if err := outcome[r]; err != nil {
			st.State, st.Error, st.Code = Lagging, err.Error(), fault.CodeOf(err)
			if s.required(r) {
				st.State = Failed
				errs = append(errs, err)
			}
		}
		res.Registries = append(res.Registries, st)
	}
	if err := errors.Join(errs...); err != nil {
		res.State = Failed
		return res, err
	}
	return res, nil
}
