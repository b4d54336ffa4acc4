package imagerun

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestInstallLeavesNoServices installs with programs that only write down how they were called: apt may remove nothing,
// and the services of what was installed do not start with the machine.
func TestInstallLeavesNoServices(t *testing.T) {
	if postgresBin() != "" {
		t.Log("PostgreSQL is installed here: only Redis is asked for")
	}
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	for _, name := range []string{"apt-get", "deb-systemd-helper", "update-rc.d"} {
		text := "#!/bin/sh\necho \"${0##*/} $*\" >>" + log + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
	if os.Geteuid() == 0 {
		t.Log("as root the policy against services is written and removed again")
	}
	var said []string
	o := Options{Say: func(format string, args ...any) { said = append(said, format) }}
	if err := o.install(t.Context()); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	calls := string(data)
	for _, want := range []string{"apt-get install -qq -y --no-remove ",
		"deb-systemd-helper disable redis-server.service\n", "update-rc.d redis-server disable\n"} {
		if !strings.Contains(calls, want) {
			t.Errorf("%q was not run, but\n%s", want, calls)
		}
	}
	if strings.Contains(calls, "postgresql") != (postgresBin() == "") {
		t.Errorf("PostgreSQL is installed here: %t, and was called\n%s", postgresBin() != "", calls)
	}
	if len(said) != 1 {
		t.Errorf("said %q", said)
	}
}

// TestServicesDoNotStart asks Debian's own deb-systemd-helper, in a folder of the test's: a service that its package
// has enabled is not enabled afterwards.
func TestServicesDoNotStart(t *testing.T) {
	helper, err := exec.LookPath("deb-systemd-helper")
	if err != nil {
		t.Skip("deb-systemd-helper is not installed: it is Debian's")
	}
	root := t.TempDir()
	unit := filepath.Join(root, "lib", "systemd", "system", "redis-server.service")
	if err := os.MkdirAll(filepath.Dir(unit), 0o755); err != nil {
		t.Fatal(err)
	}
	text := "[Service]\nExecStart=/bin/true\n[Install]\nWantedBy=multi-user.target\n"
	if err := os.WriteFile(unit, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DPKG_ROOT", root)
	enable := exec.CommandContext(t.Context(), helper, "enable", "redis-server.service")
	enable.Env = append(os.Environ(), "DPKG_MAINTSCRIPT_PACKAGE=redis-server")
	if out, err := enable.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	link := filepath.Join(root, "etc", "systemd", "system", "multi-user.target.wants", "redis-server.service")
	if _, err := os.Lstat(link); err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir() // without update-rc.d, which looks at the machine's own folders
	if err := os.Symlink(helper, filepath.Join(bin, "deb-systemd-helper")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", bin)
	if err := (Options{}).disable(t.Context(), []string{"redis-server"}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Lstat(link); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s is still there: %v", link, err)
	}
}
