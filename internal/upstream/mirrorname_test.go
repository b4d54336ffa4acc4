package upstream

import (
	"strings"
	"testing"
)

// TestMirrorName: a login and a query are in a folder's name by its checksum only.
func TestMirrorName(t *testing.T) {
	plain := mirrorName("https://h.example/o/mastodon.git")
	if !strings.HasPrefix(plain, "mastodon-") || !strings.HasSuffix(plain, ".git") {
		t.Errorf("the name is %q", plain)
	}
	seen := map[string]bool{plain: true}
	for _, address := range []string{
		"https://h.example/o/mastodon.git?access_token=s3cret", "https://h.example/o/mastodon.git#s3cret",
		"https://h.example/?s3cret", "https://s3cret@h.example",
		"https://me:s3cret@h.example/o/mastodon.git", "/srv/mastodon.git?s3cret",
	} {
		name := mirrorName(address)
		if strings.Contains(name, "s3cret") {
			t.Errorf("%q is mirrored in %q", address, name)
		}
		if seen[name] {
			t.Errorf("%q shares its mirror", address)
		}
		seen[name] = true
	}
}
