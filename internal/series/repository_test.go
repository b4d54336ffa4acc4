package series

import (
	"strings"
	"testing"
)

// TestCheckRepository: an address with a credential is refused, and the error does not repeat the credential.
func TestCheckRepository(t *testing.T) {
	for _, address := range []string{
		"https://h.example/x.git", "ssh://git@h.example/x", "file:///srv/x", "git@h.example:x", "/srv/x",
	} {
		if err := checkRepository(address); err != nil {
			t.Errorf("%q is refused: %v", address, err)
		}
	}
	for _, address := range []string{
		"https://h.example/x.git?access_token=s3cret", "https://h.example/x.git#s3cret", "https://s3cret@h.example/x",
		"https://u:s3cret@h.example/x",
		"ssh://git:s3cret@h.example/x", "ssh://git@h.example/x?s3cret",
	} {
		if err := checkRepository(address); err == nil || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%q: %v", address, err)
		}
	}
}
