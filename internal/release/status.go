package release

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
	"github.com/howdah/howdah/internal/target"
)

// Status compares all registries with a release's record and with each other; tag "" is the newest release. With deep
// it also asks for every manifest and blob. A difference is a result, not an error.
func (s Store) Status(ctx context.Context, tag string, deep bool) (*Result, error) {
	k, err := s.readAll(ctx)
	if err != nil {
		return nil, err
	}
	res := &Result{State: Done, Warnings: []string{}}
	if k.hold.On {
		res.Warnings = append(res.Warnings, fmt.Sprintf("held since %s: %s", k.hold.Since.Format(time.RFC3339),
			k.hold.Reason))
	}
	if tag == "" && len(k.unreadable) > 0 {
		err := k.unreadable[0]
		res.State = partial
		res.Warnings = append(res.Warnings, err.Error()+"; "+fault.HintOf(err).String())
		tag = k.tags[len(k.tags)-1].String()
		for _, sh := range k.inventories {
			res.Registries = append(res.Registries, sh.state(s.Settings, []string{"the record of " + tag + " cannot be read"}))
		}
		return res, nil
	}
	if tag == "" {
		if k.Newest == nil {
			res.State = Planned
			for _, sh := range k.inventories {
				res.Registries = append(res.Registries, sh.state(s.Settings, nil))
			}
			return res, nil
		}
		tag = k.Newest.Tag
	}
	got, err := k.record(ctx, tag)
	if err != nil {
		return nil, err
	}
	res.Record, res.digest = got.Record, got.digest()
	differ := make([][]string, len(k.inventories))
	var all goroutine.All
	for i, sh := range k.inventories {
		if sh.err == nil {
			all.Go(func() { differ[i] = s.compare(ctx, sh, got, k.isNewest(got.Record.ParsedTag()), deep) })
		}
	}
	all.Wait()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	for i, sh := range k.inventories {
		st := sh.state(s.Settings, differ[i])
		if st.State != Done && st.State != lagging {
			res.State, res.Resume = partial, target.PublishResume.Command()
		}
		res.Registries = append(res.Registries, st)
	}
	if b := newestBegun(s.Settings); b != "" && b > tag {
		res.Warnings = append(res.Warnings, fmt.Sprintf("release %s was begun on this machine and is not done", b))
	}
	return res, nil
}

func newestBegun(s Settings) string {
	if b := s.unfinished(); b != nil {
		return b.Tag
	}
	return ""
}

// state returns a registry's state for its differences.
func (sh *inventory) state(s Settings, differ []string) RegistryState {
	st := RegistryState{Name: sh.registry.String(), State: Done}
	switch {
	case sh.err != nil:
		st.State, st.Error, st.code = Failed, sh.err.Error(), fault.CodeOf(sh.err)
	case len(differ) > 0:
		st.State, st.Error, st.code = partial, strings.Join(differ, "; "), fault.Partial
	default:
		return st
	}
	if !s.required(sh.registry) {
		st.State = lagging
	}
	return st
}

// compare describes what a registry lacks of a release.
func (s Store) compare(ctx context.Context, sh *inventory, of *storedRecord, newest, deep bool) []string {
	wants := s.Settings.wants(of, newest)
	out := make([]string, len(wants))
	_ = parallel(len(wants), func(i int) error {
		w := wants[i]
		repo, err := s.repo(sh.registry, w.image)
		if err != nil {
			out[i] = err.Error()
			return nil
		}
		got, found, err := repo.Head(ctx, w.tag)
		switch {
		case err != nil:
			out[i] = err.Error()
		case !found:
			out[i] = fmt.Sprintf("%s has no tag %s", w.image, w.tag)
		case got != w.digest:
			out[i] = fmt.Sprintf("tag %s of %s points to %.19s…, expected %.19s…", w.tag, w.image, got, w.digest)
		}
		return nil
	})
	if deep {
		out = append(out, differences(s.intactAt(ctx, sh, of))...)
	}
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(line string) bool { return line == "" })
}

// differences returns the lines of several joined errors.
func differences(err error) []string {
	if err == nil {
		return nil
	}
	return strings.Split(err.Error(), "\n")
}
