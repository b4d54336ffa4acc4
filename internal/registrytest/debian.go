package registrytest

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// Debian starts Debian's docker-registry, a program of its own and of an older version, until the test ends, and gives
// its address. The test is skipped where it is not installed.
func Debian(t *testing.T) string {
	t.Helper()
	program, err := exec.LookPath("docker-registry")
	if err != nil {
		t.Skip("skipped: docker-registry is not installed (apt-get install docker-registry)")
	}
	dir := t.TempDir()
	address := free(t)
	config := filepath.Join(dir, "config.yml")
	text := fmt.Sprintf("version: 0.1\nlog: {level: error, accesslog: {disabled: true}}\n"+
		"storage: {filesystem: {rootdirectory: %q}, delete: {enabled: true}}\nhttp: {addr: %q}\n", dir, address)
	if err := os.WriteFile(config, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(program, "serve", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	wire := &http.Transport{DisableKeepAlives: true}
	for range 250 {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+address+"/v2/", nil)
		if err != nil {
			t.Fatal(err)
		}
		if resp, err := wire.RoundTrip(req); err == nil {
			resp.Body.Close()
			return address
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("docker-registry does not answer")
	return ""
}

// free returns an address that nobody listened at a moment ago.
func free(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
