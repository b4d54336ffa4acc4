package builtin

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"mvdan.cc/sh/v3/expand"

	"github.com/howdah/howdah/internal/bash"
	"github.com/howdah/howdah/internal/shell"
)

// unsetElement is unset 'A[i]'.
func unsetElement(m *shell.Machine, name, index string) {
	v, had := m.Vars[name]
	if !had {
		return
	}
	key := strings.Trim(index, `"'`)
	if v.Kind == expand.Associative {
		v.Map = maps.Clone(v.Map)
		delete(v.Map, key)
		m.Vars[name] = v
		return
	}
	var n int
	if _, err := fmt.Sscan(key, &n); err != nil || fmt.Sprint(n) != key || n < 0 {
		m.Set(name, expand.Variable{}, name)
		return
	}
	list, indexes := bash.Elements(v)
	if at, found := slices.BinarySearch(indexes, n); found {
		m.Vars[name] = bash.Indexed(v, slices.Delete(list, at, at+1), slices.Delete(indexes, at, at+1))
	}
}

func unsetNames(m *shell.Machine, c *shell.Call) shell.Status {
	for _, a := range c.Args {
		if strings.HasPrefix(a.Text, "-") {
			continue
		}
		if name, index, isElement := strings.Cut(a.Text, "["); isElement && strings.HasSuffix(index, "]") {
			unsetElement(m, name, strings.TrimSuffix(index, "]"))
			continue
		}
		delete(m.Doubts, a.Text)
		m.Vars[a.Text] = expand.Variable{}
		delete(m.Funcs, a.Text)
	}
	return m.Nothing(c)
}
