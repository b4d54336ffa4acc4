package config

import (
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
)

// unknown returns the error for an unknown key, which proposes the nearest.
func unknown(key string, at place) *fault.Error {
	e := fault.New(fault.Usage, "unknown key %q", key).At(at.file, at.line)
	table, last := split(key)
	var all, lasts, siblings []string
	for _, s := range settings {
		all = append(all, s.Path)
		t, name := split(s.Path)
		lasts = append(lasts, name)
		if t == table {
			siblings = append(siblings, name)
		}
	}
	if near := nearest.Name(last, siblings); near != "" {
		return e.WithHint("did you mean %q?", near)
	}
	if i := slices.Index(lasts, last); i >= 0 {
		t, _ := split(all[i])
		if t == "" {
			return e.WithHint("put %q at the top of the file, above every table", last)
		}
		return e.WithHint("%q belongs under %s", last, header(t))
	}
	if near := nearest.Name(key, all); near != "" {
		return e.WithHint("did you mean %q?", near)
	}
	if near := nearest.Name(key, []string{"upstream", "image", "source", "publish", "build", "cache"}); near != "" {
		return e.WithHint("did you mean %s?", header(near))
	}
	if near := nearest.Name(last, lasts); near != "" && len(last) > 3 {
		t, _ := split(all[slices.Index(lasts, near)])
		return e.WithHint("did you mean %q under %s?", near, header(t))
	}
	if len(siblings) > 0 {
		return e.WithHint("%s", nearest.Hint("", siblings, "known here"))
	}
	return e.WithHint("docs/configuration.md lists the keys")
}

func split(key string) (table, last string) {
	i := strings.LastIndexByte(key, '.')
	if i < 0 {
		return "", key
	}
	return key[:i], key[i+1:]
}

func header(table string) string {
	if table == "image" {
		return "[[image]]"
	}
	return "[" + table + "]"
}
