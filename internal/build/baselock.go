package build

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/candidate"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

// basesLock has the digests of the base images: lines "NAME DIGEST", written by base:pin.
const basesLock = "bases.lock"

const basesHead = "# Written by base:pin: the images that the Dockerfiles begin with, copy from and mount, " +
	"and what their names stood for.\n"

// pinnedBases reads bases.lock.
func pinnedBases(s *session.Session) (map[string]string, error) {
	lines, err := s.Config.ReadLines(basesLock)
	if f, ok := errors.AsType[*fault.Error](err); ok && f.Line > 0 {
		return nil, f.WithHint("the file is generated; this writes it anew: %s", target.BasePin.Command())
	}
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, line := range lines {
		name, digest, ok := strings.Cut(line.Text, " ")
		if !ok || !digestForm.MatchString(digest) {
			return nil, fault.New(fault.Usage, "malformed line %q", line.Text).At(basesLock, line.Number).
				WithHint("write it anew: %s", target.BasePin.Command())
		}
		out[name] = digest
	}
	return out, nil
}

var digestForm = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

// PinBases runs base:pin: it writes bases.lock; with dry it only prints what would be in it.
func PinBases(ctx context.Context, s *session.Session, dry bool) error {
	dockerfiles, err := readDockerfiles(s)
	if err != nil {
		return err
	}
	return candidate.At(ctx, s, candidate.Options{}, func(u candidate.Upstream) error {
		v, err := versionsOf(ctx, u.Facts.Tree)
		if err != nil {
			return err
		}
		expanded, err := expand(ctx, s, dockerfiles, v, "")
		if err != nil {
			return err
		}
		before, err := pinnedBases(s)
		if f, ok := errors.AsType[*fault.Error](err); ok && f.Line > 0 {
			err = nil // an unreadable file is written anew
		}
		if err != nil {
			return err
		}
		client := registry.New(registry.Options{Keychain: s.Credentials})
		defer client.Close()
		b := bytes.NewBufferString(basesHead)
		for _, name := range imageNames(expanded) {
			if strings.Contains(name, "@") {
				continue
			}
			digest, err := digestOf(ctx, s, client, name, 0)
			if err != nil {
				return err
			}
			fmt.Fprintf(b, "%s %s\n", name, digest)
			what := "new"
			if was, ok := before[name]; ok {
				what = "as before"
				if was != digest {
					what = "was " + was
				}
			}
			s.Term.Answerf("%s %s  %s", name, digest, what)
		}
		if dry {
			return nil
		}
		return s.Write(basesLock, b.Bytes())
	})
}
