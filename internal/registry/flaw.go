package registry

import (
	"errors"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
)

// Flaw means that a registry cannot serve a blob or manifest correctly: it does not have it, or its bytes are wrong.
// The remedy is to upload it again.
type Flaw struct {
	Repository string
	Digest     v1.Hash
	what       string
	absent     bool // the registry does not have it, perhaps not yet
}

func (f *Flaw) Error() string { return f.what }

// flawed is a [Flaw] with the exit code of a registry's fault.
func (r *Repo) flawed(h v1.Hash, what string) error {
	return fault.New(fault.Registry, "%w", &Flaw{Repository: r.String(), Digest: h, what: what})
}

func (r *Repo) lacks(what string, h v1.Hash) error {
	return fault.New(fault.Registry, "%w",
		&Flaw{Repository: r.String(), Digest: h, what: fmt.Sprintf("%s lacks %s %s", r, what, h), absent: true})
}

func Flaws(err error) []*Flaw {
	if many, ok := err.(interface{ Unwrap() []error }); ok {
		var out []*Flaw
		for _, e := range many.Unwrap() {
			out = append(out, Flaws(e)...)
		}
		return out
	}
	if f, ok := err.(*Flaw); ok { //nolint:errorlint // the chain is walked here
		return []*Flaw{f}
	}
	if next := errors.Unwrap(err); next != nil {
		return Flaws(next)
	}
	return nil
}

// noManifest returns the error for a reference without a manifest: a [Flaw] if the reference is a digest.
func (r *Repo) noManifest(ref string) error {
	if h, err := v1.NewHash(ref); err == nil {
		return r.lacks("manifest", h)
	}
	return fault.New(fault.Registry, "%s has no %s", r, ref)
}
