package loopback

import (
	"fmt"
	"net"
	"os"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/fault"
)

// TestNextPort starts registries where others have the ports.
func TestNextPort(t *testing.T) {
	start := func(dir string, at ...string) *Server {
		t.Helper()
		s, err := Start(t.Context(), dir, at...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Close() })
		return s
	}
	one, two := t.TempDir(), t.TempDir()
	first := start(one, "127.0.0.1:0")
	spare, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	free := spare.Addr().String()
	if err := (port{spare}).Close(); err != nil {
		t.Fatal(err)
	}
	second := start(two, first.Address(), free)
	if second.Shared() || second.Address() != free {
		t.Errorf("beside another distribution: at %s, shared %t; want %s", second.Address(), second.Shared(), free)
	}
	if again := start(two, first.Address(), free); !again.Shared() || again.Address() != free {
		t.Errorf("once more: at %s, shared %t", again.Address(), again.Shared())
	}
	if again := start(one, first.Address(), free); !again.Shared() || again.Address() != first.Address() {
		t.Errorf("the first once more: at %s, shared %t", again.Address(), again.Shared())
	}
	if !Served(t.Context(), two, first.Address(), free) || Served(t.Context(), t.TempDir(), first.Address(), free) {
		t.Error("Served mistakes one folder for another")
	}
	_, err = Start(t.Context(), t.TempDir(), first.Address(), free)
	hint := fmt.Sprintf("HOWDAH_PORT=%d", portOf(free)+1)
	if fault.CodeOf(err) != fault.Retry || !strings.Contains(err.Error(), first.Address()) ||
		!strings.Contains(fault.HintOf(err).String(), hint) {
		t.Errorf("both busy: %v, hint %s; want %s", err, fault.HintOf(err), hint)
	}
}

func TestBusy(t *testing.T) {
	if _, err := os.Stat("/proc/net/tcp"); err != nil {
		t.Skip("skipped: no /proc here")
	}
	for _, network := range []string{"127.0.0.1:0", "[::1]:0", "0.0.0.0:0"} {
		l, err := net.Listen("tcp", network)
		if err != nil {
			t.Logf("%s: %v", network, err)
			continue
		}
		said := Busy(l.Addr().String())
		if want := fmt.Sprintf("is busy: process %d has it, loopback", os.Getpid()); !strings.Contains(said, want) {
			t.Errorf("%s: %q, want %q", network, said, want)
		}
		l.Close()
	}
	if said := Busy("127.0.0.1:1"); !strings.HasSuffix(said, "is busy") {
		t.Errorf("nobody's: %q", said)
	}
}
