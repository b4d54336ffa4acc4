package series

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"maps"
	"slices"
)

// Digest returns the sha256, in hex, of everything that decides how a change applies. Each part is preceded by its
// length, so that "a", "bc" and "ab", "c" differ.
func (c *Change) Digest() string {
	h := sha256.New()
	write(h, string(c.Kind))
	for _, a := range c.Allow {
		write(h, "allow", a)
	}
	switch c.Kind {
	case KindEdit:
		for _, e := range c.Edits {
			write(h, e.File, e.Find, e.Match, e.Replace, fmt.Sprint(e.Count))
		}
	case KindPatch:
		write(h, fmt.Sprint(c.Patch.Strip), string(c.Patch.Data))
	case KindPull:
		write(h, string(c.Commit))
	case KindLanded:
		write(h, c.Landed, string(c.Commit))
	case KindOverlay:
		o := c.Overlay
		for _, name := range slices.Sorted(maps.Keys(o.Local)) {
			write(h, name, o.Local[name].Mode.String(), string(o.Local[name].Data))
		}
		write(h, o.Repository, string(o.Commit), o.Sum)
		for _, from := range slices.Sorted(maps.Keys(o.Paths)) {
			write(h, from, o.Paths[from])
		}
		for _, name := range slices.Sorted(maps.Keys(o.Over)) {
			write(h, "over", name, o.Over[name])
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func write(h hash.Hash, parts ...string) {
	for _, p := range parts {
		fmt.Fprintf(h, "%d:%s", len(p), p)
	}
}

// SHA256 returns a content's checksum in hex, as sha256sum prints it.
func SHA256(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}
