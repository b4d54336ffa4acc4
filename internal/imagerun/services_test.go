package imagerun

import (
	"os"
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
