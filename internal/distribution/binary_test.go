package distribution

import (
	"crypto/sha256"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The workflow's script takes a release's binary only with the checksum that the caller gave: another one ends the job,
// and whatever is missing leaves the job to compile the tool.
func TestBinaryByChecksum(t *testing.T) {
	for _, program := range []string{"bash", "curl", "sha256sum"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	name := "howdah-" + runtime.GOOS + "-" + runtime.GOARCH
	text := "#!/bin/sh\necho it runs\n"
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1.4.0/"+name {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, text)
	}))
	defer server.Close()
	right := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte(text)), name)
	wrong := fmt.Sprintf("%x  %s\n", sha256.Sum256([]byte("another")), name)
	elsewhere := fmt.Sprintf("%x  howdah-plan9-mips\n", sha256.Sum256([]byte(text)))
	for _, c := range []struct {
		what, tag, checksums, says string
		taken, fails               bool
	}{
		{what: "right", tag: "v1.4.0", checksums: elsewhere + right, taken: true, says: name + ": OK"},
		{what: "wrong", tag: "v1.4.0", checksums: wrong, fails: true, says: "::error::"},
		{what: "a checksum of another binary", tag: "v1.4.0", checksums: elsewhere, says: "::notice::"},
		{what: "half a line", tag: "v1.4.0", checksums: right[10:], says: "::notice::"},
		{what: "no checksums", tag: "v1.4.0", says: "::notice::"},
		{what: "no such release", tag: "v9.9.9", checksums: right, says: "::warning::"},
		{what: "no tag", checksums: right},
	} {
		dir := t.TempDir()
		if err := os.Mkdir(filepath.Join(dir, "bin"), 0o755); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "bash", "../../.github/actions/tool/binary.sh")
		cmd.Env = append(os.Environ(), "TAG="+c.tag, "CHECKSUMS="+c.checksums, "FROM="+server.URL, "RUNNER_TEMP="+dir,
			"GITHUB_OUTPUT="+filepath.Join(dir, "output"), "NO_PROXY=127.0.0.1", "no_proxy=127.0.0.1")
		out, err := cmd.CombinedOutput()
		if (err != nil) != c.fails || !strings.Contains(string(out), c.says) {
			t.Errorf("%s: %v, want %q in:\n%s", c.what, err, c.says, out)
		}
		output, _ := os.ReadFile(filepath.Join(dir, "output"))
		ran, _ := exec.CommandContext(t.Context(), filepath.Join(dir, "bin", "howdah")).Output()
		if c.taken != (string(output) == "taken=true\n") || c.taken != (string(ran) == "it runs\n") {
			t.Errorf("%s: output %q, the binary says %q", c.what, output, ran)
		}
	}
}
