package season

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/hashicorp/go-version"
)

// Versions are upstream versions that a change is meant for, as ">= 4.5, < 4.7". The zero Versions are all.
type Versions struct {
	text  string
	terms version.Constraints
	edges []*version.Version // where a term's answer may change
}

// maxTerms is how many comparisons one `for` may have.
const maxTerms = 16

// term is one comparison; go-version accepts more than anybody means.
var term = regexp.MustCompile(`^(=|!=|>|<|>=|<=|~>) ?(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){0,2}$`)

// ParseVersions reads comparisons with commas between them.
func ParseVersions(s string) (Versions, error) {
	v := Versions{text: s}
	if n := 1 + strings.Count(s, ","); n > maxTerms {
		return Versions{}, fmt.Errorf("%d comparisons, at most %d are allowed", n, maxTerms)
	}
	for part := range strings.SplitSeq(s, ",") {
		part = strings.TrimSpace(part)
		if !term.MatchString(part) {
			return Versions{}, fmt.Errorf("%q is not a comparison with a version such as >= 4.5", part)
		}
		at, err := version.NewVersion(strings.TrimLeft(part, "=!<>~ "))
		if err != nil {
			return Versions{}, fmt.Errorf("reading %q: %w", part, err)
		}
		n := at.Segments()
		for _, edge := range [][3]int{{n[0], n[1], n[2]}, {n[0], n[1], n[2] + 1}, {n[0], n[1] + 1, 0}, {n[0] + 1, 0, 0}} {
			v.edges = append(v.edges, triple(edge))
		}
	}
	terms, err := version.NewConstraint(s)
	if err != nil {
		return Versions{}, fmt.Errorf("reading %q: %w", s, err)
	}
	v.terms = terms
	if !v.Overlap(Versions{}) {
		return Versions{}, fmt.Errorf("no version matches %q", s)
	}
	return v, nil
}

func triple(n [3]int) *version.Version {
	return version.Must(version.NewVersion(fmt.Sprintf("%d.%d.%d", n[0], n[1], n[2])))
}

// String gives what ParseVersions read.
func (v Versions) String() string { return v.text }

// IsZero says that the change is meant for all versions.
func (v Versions) IsZero() bool { return v.terms == nil }

// Contain compares MAJOR.MINOR.PATCH of an upstream version; "" and what is no version match.
func (v Versions) Contain(upstream string) bool {
	if v.IsZero() || upstream == "" {
		return true
	}
	at, err := version.NewVersion(upstream)
	if err != nil {
		return true
	}
	return v.terms.Check(at.Core())
}

// Overlap says whether a version exists that both contain. Between edges no answer changes, so the edges, with the
// least version of all, stand for every version.
func (v Versions) Overlap(w Versions) bool {
	for _, at := range append(append([]*version.Version{triple([3]int{})}, v.edges...), w.edges...) {
		if (v.IsZero() || v.terms.Check(at)) && (w.IsZero() || w.terms.Check(at)) {
			return true
		}
	}
	return false
}
