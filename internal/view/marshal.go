package view

import (
	"encoding/json"
	"slices"

	"github.com/howdah/howdah/internal/plural"
	"github.com/howdah/howdah/internal/term"
)

// Lists in the JSON are never null, so that a reader need not check.

func list[T any](items []T) []T {
	if items == nil {
		return []T{}
	}
	return items
}

func (c Check) MarshalJSON() ([]byte, error) {
	type plain Check
	c.Changes = bounded(list(c.Changes))
	return marshal(plain(c))
}

// maxSides limits the bytes of the sides of conflicts in one document.
const maxSides = 2 << 20

// bounded replaces the sides of conflicts beyond maxSides by a line that says so.
func bounded(changes []Change) []Change {
	left := maxSides
	out := slices.Clone(changes)
	for i := range out {
		conflicts := slices.Clone(out[i].Conflicts)
		for k := range conflicts {
			one := &conflicts[k]
			for _, side := range []*[]string{&one.Base, &one.Upstream, &one.Yours} {
				for _, line := range term.ClipLines(*side) {
					left -= 8 + min(len(line), term.MaxString)
				}
				if left < 0 && len(*side) > 0 {
					*side = []string{"… " + plural.Of(len(*side), "line") + ", left out of a report with many conflicts"}
				}
			}
		}
		out[i].Conflicts = conflicts
	}
	return out
}

func (c Change) MarshalJSON() ([]byte, error) {
	type plain Change
	c.Remarks, c.Files = list(c.Remarks), list(c.Files)
	return marshal(plain(c))
}

func (c Conflict) MarshalJSON() ([]byte, error) {
	type plain Conflict
	c.Base, c.Upstream = list(term.ClipLines(c.Base)), list(term.ClipLines(c.Upstream))
	c.Yours = list(term.ClipLines(c.Yours))
	return marshal(struct {
		plain
		Ours   []string `json:"ours"`
		Theirs []string `json:"theirs"`
	}{plain(c), c.Upstream, c.Yours})
}

func (c Commit) MarshalJSON() ([]byte, error) {
	type plain Commit
	c.Date = c.Date.UTC()
	return marshal(plain(c))
}

func (r Released) MarshalJSON() ([]byte, error) {
	type plain Released
	r.At = r.At.UTC()
	return marshal(plain(r))
}

func (h History) MarshalJSON() ([]byte, error) {
	type plain History
	h.Changes = list(h.Changes)
	return marshal(plain(h))
}

func (c ChangeSpans) MarshalJSON() ([]byte, error) {
	type plain ChangeSpans
	c.Spans = list(c.Spans)
	return marshal(plain(c))
}

func (r Release) MarshalJSON() ([]byte, error) {
	type plain Release
	r.Released, r.Created = r.Released.UTC(), r.Created.UTC()
	r.LeftOut, r.Images, r.Registries = list(r.LeftOut), list(r.Images), list(r.Registries)
	return marshal(plain(r))
}

func (i Image) MarshalJSON() ([]byte, error) {
	type plain Image
	i.Platforms, i.Tags = list(i.Platforms), list(i.Tags)
	return marshal(plain(i))
}

func (s Status) MarshalJSON() ([]byte, error) {
	type plain Status
	s.Fetched, s.Watched = s.Fetched.UTC(), list(s.Watched)
	return marshal(plain(s))
}

func (w Watched) MarshalJSON() ([]byte, error) {
	type plain Watched
	w.Commits = list(w.Commits)
	return marshal(plain(w))
}

// marshal does not escape <, > and &: people also read the files.
func marshal(v any) ([]byte, error) {
	data, err := encodeIndented(v, "") // the caller indents the whole document, once
	return json.RawMessage(data), err
}
