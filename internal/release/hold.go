package release

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/content"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/record"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/target"
)

// holdState says whether scheduled releases wait.
type holdState struct {
	On     bool      `json:"on"`
	Since  time.Time `json:"since"`
	Reason string    `json:"reason"`

	// Revision counts the changes. The highest one counts: clocks differ between machines, and a registry that was
	// unreachable keeps an older state.
	Revision int `json:"revision,omitempty"`

	// Rollback is the tag of a rollback that began and is not known to have ended. The same command finishes it.
	Rollback string `json:"rollback,omitempty"`
}

// after reports whether a state was set later than another.
func (h holdState) after(other holdState) bool {
	if h.Revision != other.Revision {
		return h.Revision > other.Revision
	}
	return h.Since.After(other.Since)
}

// Hold sets a hold at every registry, or lifts it. During a hold, a release checks and publishes nothing. If a
// required registry cannot be read or written, the hold does not change.
func (s Store) Hold(ctx context.Context, on bool, reason string, now time.Time) (*Result, error) {
	if on && reason == "" {
		return nil, fault.New(fault.Usage, "a hold needs a reason").
			WithHint("-reason=TEXT is what others read when nothing is released")
	}
	was, err := s.holdNow(ctx)
	if err != nil {
		return &Result{State: Failed, Warnings: []string{}}, err
	}
	state := holdState{On: on, Since: now.UTC().Truncate(time.Second), Reason: reason, Revision: was.Revision + 1}
	res, wrote, err := s.setHold(ctx, state)
	if err != nil && wrote {
		err = errors.Join(err, s.restoreHold(ctx, was, state))
	}
	return res, err
}

// unknownHold is used if no registry can serve the hold: nothing is published until somebody lifts it.
var unknownHold = holdState{On: true, Reason: "no registry could give the hold that was set before"}

// holdNow returns the latest state of the hold. Every required registry must answer; a state that is lost for good is
// ignored, so that the hold can be written again.
func (s Store) holdNow(ctx context.Context) (holdState, error) {
	states, errs := s.readHolds(ctx)
	latest, unknown := holdState{}, false
	var failed []error
	for i, r := range s.Settings.Registries {
		switch err := errs[i]; {
		case passing(err) && s.Settings.required(r):
			failed = append(failed, err)
		case err != nil && !passing(err):
			unknown = true
		case err == nil && states[i].after(latest):
			latest = states[i]
		}
	}
	if unknown && latest.Revision == 0 {
		latest = unknownHold
	}
	return latest, errors.Join(failed...)
}

// readHolds reads the hold at every registry.
func (s Store) readHolds(ctx context.Context) ([]holdState, []error) {
	states, errs := make([]holdState, len(s.Settings.Registries)), make([]error, len(s.Settings.Registries))
	_ = parallel(len(states), func(i int) error {
		repo, err := s.repo(s.Settings.Registries[i], s.Settings.artifact())
		if err == nil {
			err = repo.UntilPresent(ctx, func(ctx context.Context) (err error) {
				states[i], err = lookForHold(ctx, repo)
				return err
			})
		}
		errs[i] = err
		return nil
	})
	return states, errs
}

// lookForHold reads the hold; if it does not seem to exist, it also reads the list of tags.
func lookForHold(ctx context.Context, repo *registry.Repo) (holdState, error) {
	h, found, err := readHold(ctx, repo, false)
	if err != nil || found {
		return h, err
	}
	tags, err := repo.TagsAfter(ctx, holdTag[:len(holdTag)-1])
	if err == nil && slices.Contains(tags, holdTag) {
		h, _, err = readHold(ctx, repo, true)
	}
	return h, err
}

// restoring limits the time for restoring the hold after a failure, which may be an interruption.
const restoring = 10 * time.Second

// mostRestoring is the number of tries: a registry that has just refused a tag may refuse this one too.
const mostRestoring = 3

// restoreHold resets the hold to its state before a failed change. A later state, of another run, is kept.
func (s Store) restoreHold(ctx context.Context, was, failed holdState) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), restoring)
	defer cancel()
	states, _ := s.readHolds(ctx)
	for _, h := range states {
		if h.after(failed) {
			return nil
		}
	}
	was.Revision = failed.Revision + 1
	if was.On && was.Since.IsZero() { // unknownHold
		was.Since = failed.Since
	}
	var err error
	for range mostRestoring {
		var res *Result
		res, err = s.writeHold(ctx, was)
		shows := func(r RegistryState) bool { return r.State == Done }
		if err == nil || res != nil && slices.ContainsFunc(res.Registries, shows) {
			return nil // if one registry shows the latest state, it counts everywhere
		}
	}
	return fault.New(fault.CodeOf(err), "bringing the hold back to what it was: %w", err).
		WithHint("%s shows the hold, %s lifts it", target.PublishStatus.Command(), liftHold)
}

// setHold writes a state of the hold at the required registries, and at the others only when each of those has it. It
// writes nothing if a required registry does not accept the upload.
func (s Store) setHold(ctx context.Context, state holdState) (res *Result, wrote bool, err error) {
	content, err := state.content()
	if err != nil {
		return nil, false, err
	}
	outcome := s.Client.Upload(ctx, s.Settings.Registries,
		[]registry.Delivery{{Image: s.Settings.artifact(), Content: content}})
	for _, required := range []bool{true, false} {
		if res, err = s.holdResult(outcome); err != nil {
			return res, wrote, err
		}
		some := func(r address.Registry) bool { return s.Settings.required(r) == required }
		moved := s.moveHold(ctx, content, outcome, some)
		wrote = wrote || moved
	}
	res, err = s.holdResult(outcome)
	return res, wrote, err
}

func (h holdState) content() (content.Content, error) {
	config, err := json.Marshal(h)
	if err != nil {
		return content.Content{}, err
	}
	return record.Pack(holdType, record.Part{MediaType: holdType, Data: config},
		record.Part{MediaType: "application/vnd.oci.empty.v1+json", Data: []byte("{}")}, nil)
}

// writeHold writes a state of the hold wherever possible.
func (s Store) writeHold(ctx context.Context, state holdState) (*Result, error) {
	content, err := state.content()
	if err != nil {
		return nil, err
	}
	outcome := s.Client.Upload(ctx, s.Settings.Registries,
		[]registry.Delivery{{Image: s.Settings.artifact(), Content: content}})
	s.moveHold(ctx, content, outcome, func(address.Registry) bool { return true })
	return s.holdResult(outcome)
}

// moveHold moves the hold's tag at some registries, except those that failed before, and records the result.
func (s Store) moveHold(
	ctx context.Context, content content.Content, outcome registry.Outcome, at func(address.Registry) bool,
) (wrote bool) {
	var mu sync.Mutex
	var all goroutine.All
	for _, r := range s.Settings.Registries {
		mu.Lock()
		failed := outcome[r] != nil
		mu.Unlock()
		if failed || !at(r) {
			continue
		}
		all.Go(func() {
			repo, err := s.repo(r, s.Settings.artifact())
			moved := false
			if err == nil {
				moved, err = repo.Move(ctx, holdTag, content.Root())
			}
			mu.Lock()
			outcome[r], wrote = err, wrote || moved
			mu.Unlock()
		})
	}
	all.Wait()
	return wrote
}

func (s Store) holdResult(outcome registry.Outcome) (*Result, error) {
	res := &Result{State: Done, Warnings: []string{}}
	var errs []error
	for _, r := range s.Settings.Registries {
		st := RegistryState{Name: r.String(), State: Done}
		if err := outcome[r]; err != nil {
			st.State, st.Error, st.code = lagging, err.Error(), fault.CodeOf(err)
			if s.Settings.required(r) {
				st.State = Failed
				errs = append(errs, err)
			}
		}
		res.Registries = append(res.Registries, st)
	}
	err := errors.Join(errs...)
	if err != nil {
		res.State = Failed
	}
	return res, err
}

// readHold reads the hold at a registry. If the registry lists its tag, one answer that it does not exist is not
// enough: it is read again until it can be.
func readHold(ctx context.Context, repo *registry.Repo, listed bool) (h holdState, found bool, err error) {
	m, found, err := repo.Get(ctx, holdTag)
	if err == nil && !found && listed {
		if m, found, err = repo.GetListed(ctx, holdTag); err == nil && !found {
			err = fault.New(fault.Registry, "%s lists the tag %q but does not return what it points to", repo, holdTag).
				WithHint("%s lifts the hold, and writes it anew", liftHold)
		}
	}
	if err != nil || !found {
		return h, found, err
	}
	_, content, err := record.Unpack(m, func(b content.Blob) ([]byte, error) { return repo.Small(ctx, b) })
	if err == nil {
		if err = json.Unmarshal(content.Blobs[0].Data, &h); err != nil {
			err = fmt.Errorf("%w: %w", record.ErrUnreadable, err)
		}
	}
	if err != nil {
		return h, true, fault.New(fault.Registry, "reading the hold at %s: %w", repo, err).
			WithHint("%s lifts the hold, and writes it anew", liftHold)
	}
	return h, true, nil
}
