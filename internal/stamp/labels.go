package stamp

import (
	"cmp"
	"strings"
	"time"
)

const oci = "org.opencontainers.image."

// labels returns one image's labels, which are also its annotations: the OCI image specification's keys and our own.
// https://github.com/opencontainers/image-spec/blob/v1.1.1/annotations.md
func (s Stamp) labels(image string) map[string]string {
	i := s.Images[image]
	documentation := ""
	if s.Source != "" {
		documentation = strings.TrimSuffix(s.Source, ".git") + "#readme"
	}
	patched := ""
	if base, _ := SourceURL(s.Push); base != "" && s.Patched != "" {
		patched = base + "/tree/" + s.Patched
	}
	all := map[string]string{
		oci + "title":         cmp.Or(i.Title, image),
		oci + "description":   cmp.Or(i.Description, "Mastodon "+s.Shown()),
		oci + "url":           strings.TrimSuffix(s.Source, ".git"),
		oci + "source":        strings.TrimSuffix(s.Source, ".git"),
		oci + "documentation": documentation,
		oci + "version":       s.Shown(),
		oci + "revision":      s.Pin,
		oci + "created":       s.Created.UTC().Format(time.RFC3339),
		oci + "licenses":      "AGPL-3.0-or-later", // Mastodon's
		oci + "vendor":        cmp.Or(s.Vendor, s.Name),
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

// owned reports whether a label or annotation is one that the stamp sets or removes.
func owned(key string) bool { return strings.HasPrefix(key, oci) || strings.HasPrefix(key, Namespace) }
