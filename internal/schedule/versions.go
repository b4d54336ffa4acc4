package schedule

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/hashicorp/go-version"
)

// Versions are upstream versions that a change is meant for, as ">= 4.5, < 4.7". The zero Versions are all.
type Versions struct {
	text  string
	spans []span // in order
}

// numbers are MAJOR.MINOR.PATCH.
type numbers [3]int

// span is versions that follow each other.
type span struct{ from, to numbers } // to is the first that is not in it

// last is behind every version.
var last = numbers{math.MaxInt}

func before(a, b numbers) bool { return slices.Compare(a[:], b[:]) < 0 }

// maxTerms is how many comparisons one `for` may have.
const maxTerms = 16

// maxText is how many bytes it may have.
const maxText = 1_000

// term is one comparison; go-version accepts more than anybody means.
var term = regexp.MustCompile(`^(=|!=|>|<|>=|<=|~>) ?(0|[1-9][0-9]{0,5})(\.(0|[1-9][0-9]{0,5})){0,2}$`)

// ParseVersions reads comparisons with commas between them.
func ParseVersions(s string) (Versions, error) {
	if n := 1 + strings.Count(s, ","); n > maxTerms {
		return Versions{}, fmt.Errorf("%d comparisons, at most %d are allowed", n, maxTerms)
	}
	if len(s) > maxText {
		return Versions{}, fmt.Errorf("%d bytes, at most %d are allowed", len(s), maxText)
	}
	edges := []numbers{{}} // where a term's answer may change: between them none does
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
		edges = append(edges, numbers(n), numbers{n[0], n[1], n[2] + 1}, numbers{n[0], n[1] + 1}, numbers{n[0] + 1})
	}
	terms, err := version.NewConstraint(s)
	if err != nil {
		return Versions{}, fmt.Errorf("reading %q: %w", s, err)
	}
	v := Versions{text: s, spans: spansOf(terms, edges)}
	if len(v.spans) == 0 {
		return Versions{}, fmt.Errorf("no version matches %q", s)
	}
	return v, nil
}

// spansOf are the versions that comparisons contain.
func spansOf(terms version.Constraints, edges []numbers) (out []span) {
	slices.SortFunc(edges, func(a, b numbers) int { return slices.Compare(a[:], b[:]) })
	edges = append(slices.Compact(edges), last)
	for i, at := range edges[:len(edges)-1] {
		one := version.Must(version.NewVersion(fmt.Sprintf("%d.%d.%d", at[0], at[1], at[2])))
		switch n := len(out); {
		case !terms.Check(one):
		case n > 0 && out[n-1].to == at:
			out[n-1].to = edges[i+1]
		default:
			out = append(out, span{at, edges[i+1]})
		}
	}
	return out
}

// String returns what ParseVersions read.
func (v Versions) String() string { return v.text }

// IsZero reports whether the change is meant for all versions.
func (v Versions) IsZero() bool { return v.spans == nil }

// Contain compares MAJOR.MINOR.PATCH of an upstream version; "" and what is no version match.
func (v Versions) Contain(upstream string) bool {
	if v.IsZero() || upstream == "" {
		return true
	}
	at, err := version.NewVersion(upstream)
	if err != nil {
		return true
	}
	n := at.Segments()
	if len(n) < 3 {
		return true
	}
	return slices.ContainsFunc(v.spans, func(s span) bool {
		return !before(numbers(n), s.from) && before(numbers(n), s.to)
	})
}

// Overlap reports whether a version exists that both contain.
func (v Versions) Overlap(w Versions) bool {
	if v.IsZero() || w.IsZero() {
		return true
	}
	for a, b := v.spans, w.spans; len(a) > 0 && len(b) > 0; {
		switch {
		case before(a[0].from, b[0].to) && before(b[0].from, a[0].to):
			return true
		case before(a[0].to, b[0].to):
			a = a[1:]
		default:
			b = b[1:]
		}
	}
	return false
}
