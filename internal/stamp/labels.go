package stamp

import (
	"strings"
	"time"
)

const oci = "org.opencontainers.image."

// labels gives one image's labels, which are its annotations too: the OCI image specification's keys and our own.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
func (s Stamp) labels(image string) map[string]string {
	i := s.Images[image]
	licenses := s.licenses
	if licenses == "" {
		licenses = "AGPL-3.0-or-later"
	}
	documentation := ""
	if s.Source != "" {
		documentation = strings.TrimSuffix(s.Source, ".git") + "#readme"
	}
	patched := ""
	if base, _ := SourceURL(s.Push); base != "" && s.Patched != "" {
		patched = base + "/tree/" + s.Patched
	}
	all := map[string]string{
		oci + "title":         first(i.Title, image),
		oci + "description":   first(i.Description, "Mastodon "+s.Shown()),
		oci + "url":           strings.TrimSuffix(s.Source, ".git"),
		oci + "source":        strings.TrimSuffix(s.Source, ".git"),
		oci + "documentation": documentation,
		oci + "version":       s.Shown(),
		oci + "revision":      s.Pin,
		oci + "created":       s.Created.UTC().Format(time.RFC3339),
		oci + "licenses":      licenses,
		oci + "vendor":        first(s.Vendor, s.Name),
		oci + "base.name":     i.BaseName,
		oci + "base.digest":   i.BaseDigest,

		Namespace + "name":             s.Name,
		Namespace + "image":            image,
		Namespace + "role":             i.Role,
		Namespace + "upstream.version": s.Version.String(),
		Namespace + "upstream.commit":  s.Pin,
		Namespace + "patched.commit":   s.Patched,
		Namespace + "patched.tree":     s.Tree,
		Namespace + "patched.source":   patched,
		Namespace + "series":           s.Series,
		Namespace + "left-out":         strings.Join(s.LeftOut, ","),
		Namespace + "inputs":           i.Inputs,
	}
	for k, v := range all {
		if v == "" {
			delete(all, k)
		}
	}
	return all
}

func first(values ...string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}

// owned says that a label or annotation is the stamp's, to set or to take away.
func owned(key string) bool { return strings.HasPrefix(key, oci) || strings.HasPrefix(key, Namespace) }
