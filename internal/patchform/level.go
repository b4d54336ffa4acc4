package patchform

import (
	"cmp"
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

const maxLevel = 32

// backups are what tools add to the name of a file before they change it, or to what they made of it.
var backups = []string{".orig", ".old", ".bak", ".dist", ".new", "~"}

// names are a section's at a level; ok is false where the level leaves none. A file's backup stands for the file
// itself.
func (s *section) names(ctx context.Context, level int,
	known func(context.Context, string) (bool, error)) (old, fresh string, ok bool, err error) {
	old, fresh = stripped(s.oldRaw, level), stripped(s.freshRaw, level)
	if s.oldRaw != "" && old == "" || s.freshRaw != "" && fresh == "" {
		return "", "", false, nil
	}
	if old == "" || fresh == "" || old == fresh || s.from >= 0 || s.to >= 0 {
		return old, fresh, old != "" || fresh != "", nil
	}
	if s.git >= 0 {
		return old, fresh, false, nil
	}
	long, short := old, fresh
	if len(short) > len(long) {
		long, short = short, long
	}
	suffix, found := strings.CutPrefix(long, short)
	if !found || !slices.Contains(backups, suffix) {
		return old, fresh, false, nil
	}
	if known != nil {
		if is, err := known(ctx, short); err != nil || !is {
			return old, fresh, false, err
		}
		if is, err := known(ctx, long); err != nil || is {
			return old, fresh, false, err
		}
	}
	return short, short, true, nil
}

// stated is the level that all sections state: by the prefixes that git writes, or by none, as --no-prefix does.
func (t *text) stated() (level int, ok bool) {
	pairs := []string{"a b", "i w", "c i", "c w", "o w", "w i", "i c", "w c", "b a", "1 2"}
	ones, none := 0, 0
	for _, s := range t.sections {
		old, fresh := part(s.oldRaw), part(s.freshRaw)
		fits := slices.ContainsFunc(pairs, func(pair string) bool {
			a, b, _ := strings.Cut(pair, " ")
			return (old == a || s.oldRaw == "") && (fresh == b || s.freshRaw == "")
		})
		switch {
		case s.git >= 0 && s.same:
			none++
		case fits:
			ones++
		}
	}
	switch len(t.sections) {
	case ones:
		return 1, true
	case none:
		return 0, true
	}
	return 0, false
}

func part(name string) string {
	first, _, ok := strings.Cut(name, "/")
	if !ok {
		return ""
	}
	return first
}

// found counts, at a level, the files that have to be there, and those of them that are; of new files, the folders that
// are there: the one that a file lies in, and all above it.
type found struct{ level, known, needed, parents, above int }

// at looks at a level; ok is false where a section has no name at it.
func (t *text) at(ctx context.Context, level int, up *Upstream) (f found, ok bool, err error) {
	f.level = level
	made := map[string]bool{}
	known := func(ctx context.Context, name string) (bool, error) {
		if made[name] {
			return true, nil
		}
		return up.has(ctx, name)
	}
	ok = len(t.sections) > 0
	for _, s := range t.sections {
		old, fresh, fits, err := s.names(ctx, level, known)
		if err != nil {
			return f, false, err
		}
		if !fits {
			ok = false
		}
		if old == "" || t.isNew(s) {
			made[fresh] = true
			for dir := path.Dir(fresh); dir != "." && dir != "/"; dir = path.Dir(dir) {
				is, err := known(ctx, dir)
				if err != nil {
					return f, false, err
				}
				if is {
					f.above++
				}
				if is && dir == path.Dir(fresh) {
					f.parents++
				}
			}
			continue
		}
		if made[old] { // the patch itself makes it, at any level
			made[fresh] = true
			continue
		}
		f.needed++
		is, err := known(ctx, old)
		if err != nil {
			return f, false, err
		}
		if is && fits {
			f.known++
		}
		if fresh != "" {
			made[fresh] = made[fresh] || is // a rename of what is not there makes nothing
		}
	}
	return f, ok, nil
}

// isNew reports whether git's own lines say that the file is new.
func (t *text) isNew(s *section) bool {
	for i := s.git; i >= 0 && i < min(s.git+4, len(t.lines)); i++ {
		if strings.HasPrefix(bare(t.lines[i]), "new file mode ") {
			return true
		}
	}
	return false
}

// level decides how many leading parts are none of the paths': the level at which upstream has the files.
func (t *text) level(ctx context.Context, p Patch, up *Upstream, r *Reading) (int, error) {
	deepest, absolute := 0, false
	for _, s := range t.sections {
		for _, name := range []string{s.oldRaw, s.freshRaw} {
			deepest = max(deepest, strings.Count(name, "/"))
			absolute = absolute || strings.HasPrefix(name, "/") || strings.HasPrefix(name, "../")
		}
	}
	stated, isStated := t.stated()
	if p.Stated {
		stated, isStated = p.Strip, true
	}
	if isStated {
		f, _, err := t.at(ctx, stated, up)
		if err != nil || f.known > 0 || f.needed == 0 {
			return stated, err
		}
	}
	var whole, some []found
	for level := range min(deepest, maxLevel) + 1 {
		f, ok, err := t.at(ctx, level, up)
		if err != nil {
			return 0, err
		}
		if !ok {
			continue
		}
		if f.needed > 0 && f.known == f.needed {
			whole = append(whole, f)
		}
		if f.known > 0 || f.needed == 0 && f.above > 0 {
			some = append(some, f)
		}
	}
	level := stated
	switch {
	case len(whole) == 1, len(whole) > 1 && absolute:
		level = whole[0].level
	case len(whole) > 1:
		var names []string
		for _, f := range whole {
			names = append(names, fmt.Sprintf("-p%d (%s)", f.level, t.example(f.level)))
		}
		return 0, &Error{Line: t.sections[0].begin() + 1,
			What: "its paths have more than one reading, and upstream has the files of each: " + strings.Join(names, ", "),
			Hint: fmt.Sprintf("say which: a file named %q beside it with the line %q", "series",
				fmt.Sprintf("NAME.patch -p%d", whole[0].level))}
	case len(some) > 0:
		best := slices.MaxFunc(some, func(a, b found) int {
			return cmp.Or(a.known-b.known, a.parents-b.parents, a.above-b.above)
		})
		level = best.level
	case !isStated && deepest == 0:
		level = 0
	case !isStated:
		level = p.Strip
		r.note("nothing shows how many leading parts are none of its paths'; they are read with -p%d: %s", level,
			t.example(level))
		return level, nil
	}
	if level != stated || !isStated && level != p.Strip {
		r.note("read its paths with -p%d: %s", level, t.example(level))
	}
	return level, nil
}

// example is a path at a level.
func (t *text) example(level int) string {
	for _, s := range t.sections {
		for _, raw := range []string{s.freshRaw, s.oldRaw} {
			if name := stripped(raw, level); name != "" {
				return name
			}
		}
	}
	return ""
}

// begin is the section's first line.
func (s *section) begin() int {
	if s.git >= 0 {
		return s.git
	}
	return s.old
}
