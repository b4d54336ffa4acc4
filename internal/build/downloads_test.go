package build

import (
	"os"
	"path/filepath"
	"testing"
)

// TestDebianBundle takes the machine's bundle of certificates only where somebody has added to it.
func TestDebianBundle(t *testing.T) {
	root := t.TempDir()
	bundle := filepath.Join(root, "etc/ssl/certs/ca-certificates.crt")
	added := filepath.Join(root, "usr/local/share/ca-certificates")
	for _, dir := range []string{filepath.Dir(bundle), filepath.Join(added, "company")} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct{ write, want string }{
		{"", ""},
		{bundle, ""},
		{filepath.Join(added, "README"), ""},
		{filepath.Join(added, "company", "proxy.crt"), bundle},
		{filepath.Join(added, "other.crt"), bundle},
	} {
		if step.write != "" {
			if err := os.WriteFile(step.write, nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if got := debianBundle(root); got != step.want {
			t.Errorf("with %s: %q, want %q", step.write, got, step.want)
		}
	}
	if err := os.Remove(bundle); err != nil {
		t.Fatal(err)
	}
	if got := debianBundle(root); got != "" {
		t.Errorf("without the bundle: %q", got)
	}
}
