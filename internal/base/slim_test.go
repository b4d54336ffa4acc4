package base

import (
	"os"
	"path/filepath"
	"testing"
)

func TestSlim(t *testing.T) {
	root, outside := t.TempDir(), t.TempDir()
	for _, name := range []string{
		"usr/share/doc/bash/copyright", "usr/share/doc/bash/README", "usr/share/doc/bash/examples/one",
		"usr/share/man/man1/bash.1", "usr/share/zoneinfo/UTC", "etc/dpkg/dpkg.cfg.d/x", "etc/apt/apt.conf.d/x",
	} {
		write(t, filepath.Join(root, name))
	}
	write(t, filepath.Join(outside, "precious"))
	if err := os.Symlink(outside, filepath.Join(root, "usr/share/doc/link")); err != nil {
		t.Fatal(err)
	}
	if err := slim(root); err != nil {
		t.Fatal(err)
	}
	for name, stays := range map[string]bool{
		root + "/usr/share/doc/bash/copyright": true, root + "/usr/share/doc/bash/README": false,
		root + "/usr/share/doc/bash/examples": false,
		root + "/usr/share/man/man1":          false, root + "/usr/share/zoneinfo/UTC": true, outside + "/precious": true,
		root + "/etc/dpkg/dpkg.cfg.d/howdah-unsafe-io": true,
	} {
		if _, err := os.Lstat(name); (err == nil) != stays {
			t.Errorf("%s: there %v, want %v", name, err == nil, stays)
		}
	}
}

func write(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}
