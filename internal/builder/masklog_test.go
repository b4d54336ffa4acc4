package builder_test

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// TestLogIsMasked has a secret written to the daemon's log, as BuildKit does with a registry's answer: once the daemon
// has ended, the log has stars in its place, whether the last user or builder:down ended the daemon.
func TestLogIsMasked(t *testing.T) {
	const canary = "c4n4ry-in-the-log"
	ctx := secret.With(t.Context(), term.NewSecrets(canary))
	for _, up := range []bool{false, true} {
		s := settings(t)
		b := builder.New(s)
		if up {
			if err := b.Up(ctx); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Node(ctx, runtime.GOOS+"/"+runtime.GOARCH); err != nil {
			t.Fatal(err)
		}
		logs, err := filepath.Glob(filepath.Join(s.Dir, "buildkitd.log"))
		if err != nil || len(logs) != 1 {
			t.Fatal(logs, err)
		}
		f, err := os.OpenFile(logs[0], os.O_APPEND|os.O_WRONLY, 0)
		if err != nil {
			t.Fatal(err)
		}
		_, err = f.WriteString("level=error msg=\"denied: " + canary + "\"\nlevel=error msg=\"Bearer dG9rZW4tb2Y\"\n")
		if err != nil || f.Close() != nil {
			t.Fatal(err)
		}
		if err := b.Close(); err != nil {
			t.Fatal(err)
		}
		if up {
			if err := b.Down(ctx); err != nil {
				t.Fatal(err)
			}
		}
		data, err := os.ReadFile(logs[0])
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(data, []byte(canary)) || !strings.Contains(string(data), "denied: ***") ||
			!strings.Contains(string(data), "Bearer ***") {
			t.Errorf("up %v: %s", up, data)
		}
	}
}
