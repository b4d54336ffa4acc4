package config

import (
	"encoding/csv"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/nearest"
	"github.com/howdah/howdah/internal/secret"
)

// cacheTypes are BuildKit's, since 2023. Its "inline" cannot hold the steps of earlier stages.
var cacheTypes = []string{"registry", "local", "s3", "azblob", "gha"}

// setBuildCache parses a name, a folder, or a cache in BuildKit's own form. Credentials are refused: they belong in
// the builder's environment.
func setBuildCache(l *loader, v value) {
	const such = "registry, none, local:FOLDER, or such as type=registry,ref=ghcr.io/you/cache"
	folder, local := strings.CutPrefix(v.text, "local:")
	switch {
	case v.text == "none":
		return
	case v.text == "registry":
		l.c.Build.Cache = BuildCache{Registry: true}
		return
	case local && folder != "":
		one := v
		one.text = folder
		l.c.Build.Cache = BuildCache{Type: "local", Attrs: map[string]string{"dest": l.path(one).Abs}}
		return
	case !strings.Contains(v.text, "="):
		e := v.fault("unknown build cache %q", v.text)
		if near := nearest.Name(v.text, []string{"registry", "none"}); near != "" {
			l.fail(e.WithHint("did you mean %q?", near))
			return
		}
		l.fail(e.WithHint("use: %s", such))
		return
	}
	fields, err := csv.NewReader(strings.NewReader(v.text)).Read()
	if err != nil {
		l.fail(v.fault("reading the build cache %q: %w", v.text, err).WithHint("use: %s", such))
		return
	}
	c := BuildCache{Attrs: map[string]string{}}
	for _, field := range fields {
		key, text, ok := strings.Cut(field, "=")
		switch {
		case !ok || key == "" || text == "":
			l.fail(v.fault("%q is not of the form a=b", field).WithHint("use: %s", such))
			return
		case secret.Named(key) || key == "access_key_id":
			l.fail(v.fault("the build cache's %q is a credential", key).
				WithHint("leave it out: BuildKit takes it from the builder's environment"))
			return
		case key == "type":
			c.Type = text
		default:
			c.Attrs[key] = text
		}
	}
	needs := map[string]string{"registry": "ref", "local": "dest", "s3": "bucket", "azblob": "account_url"}
	switch need := needs[c.Type]; {
	case !slices.Contains(cacheTypes, c.Type):
		l.fail(v.fault("unknown type of build cache %q", c.Type).WithHint("use one of: %s", strings.Join(cacheTypes, ", ")))
	case need != "" && c.Attrs[need] == "":
		l.fail(v.fault("a build cache of type=%s needs %s=", c.Type, need).WithHint("use: %s", such))
	default:
		l.c.Build.Cache = c
	}
}
