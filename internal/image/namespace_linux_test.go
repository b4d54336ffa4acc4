package image_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestInPIDNamespace runs builds, and the end of a daemon under one, in a PID namespace whose /proc is still that of
// the machine, as some sandboxes leave it.
func TestInPIDNamespace(t *testing.T) {
	openBuilder(t) // skips where there is none
	inside := "-test.run=^(TestDaemonDies|TestFailingStep)$"
	cmd := exec.CommandContext(t.Context(), os.Args[0], inside, "-test.v", "-test.timeout=2m")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID}
	out, err := cmd.CombinedOutput()
	if err != nil && strings.Contains(err.Error(), "operation not permitted") {
		t.Skipf("no new PID namespace here: %v", err)
	}
	if err != nil || strings.Contains(string(out), "--- SKIP") {
		t.Errorf("%v\n%s", err, out)
	}
}
