package distribution

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/howdah/howdah/internal/transaction"
)

// TestWorkflow writes the workflow of a new distribution: it releases by schedule where HOWDAH_SCHEDULE is on, checks
// where it is not, keeps its schedule on, and actionlint finds nothing in it.
func TestWorkflow(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "mine")
	if _, err := Write(request(dir), transaction.Writer{Places: []string{dir}}); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ".github", "workflows", "howdah.yml")
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	jobs := map[string]string{}
	name := ""
	for line := range strings.Lines(string(data)) {
		if key, _, ok := strings.Cut(line, ":"); ok && strings.HasPrefix(key, "  ") && !strings.HasPrefix(key, "   ") {
			name = strings.TrimSpace(key)
		}
		jobs[name] += line
	}
	for job, wants := range map[string][]string{
		"schedule":        {"cron:"},
		"scheduled-check": {"if: github.event_name == 'schedule' && vars.HOWDAH_SCHEDULE != 'on'"},
		"release": {"github.event_name == 'schedule' && vars.HOWDAH_SCHEDULE == 'on'",
			"github.event_name == 'workflow_dispatch' ||", "release: true"},
		"keep": {"actions: write", "actions/workflows/howdah.yml/enable"},
	} {
		for _, want := range wants {
			if !strings.Contains(jobs[job], want) {
				t.Errorf("job %s lacks %q:\n%s", job, want, jobs[job])
			}
		}
	}
	lint := exec.CommandContext(t.Context(), "go", "tool", "-modfile=tools/go.mod", "actionlint", "-shellcheck=",
		"-pyflakes=", file)
	lint.Dir = filepath.Join("..", "..")
	if out, err := lint.CombinedOutput(); err != nil && strings.Contains(string(out), "howdah.yml:") {
		t.Errorf("actionlint: %v\n%s", err, out)
	} else if err != nil {
		t.Skipf("actionlint cannot be run here: %v\n%s", err, out)
	}
}
