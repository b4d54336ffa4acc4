package ship

import (
	"fmt"
	"sync"

	"github.com/howdah/howdah/internal/registry"
	"github.com/howdah/howdah/internal/term"
)

// transfer sums the uploads and read-backs that a client reports, for the open stage.
type transfer struct {
	mu       sync.Mutex
	stage    *term.Stage
	bytes    int64
	uploaded int
	present  int
	verified int
	tagged   int
}

// show sets the stage that shows progress, and resets the sums.
func (t *transfer) show(s *term.Stage) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.stage = s
	if s != nil {
		t.bytes, t.uploaded, t.present, t.verified, t.tagged = 0, 0, 0, 0, 0
	}
}

func (t *transfer) event(e registry.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch e.What {
	case registry.Sent, registry.Read:
		t.bytes += e.Bytes
	case registry.Uploaded, registry.Mounted:
		t.uploaded++
	case registry.Present:
		t.present++
	case registry.Verified:
		t.verified++
	case registry.Tagged:
		t.tagged++
	case registry.Waiting:
		if t.stage != nil {
			t.stage.Progress("%s: waiting for %s", e.Registry, e.Name)
		}
		return
	}
	if t.stage != nil {
		t.stage.Bytes(t.bytes, 0)
	}
}

// said returns the result for the stage that ends.
func (t *transfer) said() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{t.uploaded, "uploaded"}, {t.present, "there already"}, {t.verified, "verified"}, {t.tagged, "tagged"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	text := ""
	for i, part := range parts {
		if i > 0 {
			text += ", "
		}
		text += part
	}
	if t.bytes > 0 {
		text += " (" + term.Size(t.bytes) + ")"
	}
	return text
}
