package cli

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/target"
)

func TestEveryTargetHasWork(t *testing.T) {
	for _, x := range target.All() {
		if _, err := workOf(x); err != nil {
			t.Error(err)
		}
	}
	if len(bindings) != len(target.All()) {
		t.Errorf("%d bindings for %d targets", len(bindings), len(target.All()))
	}
}

func TestMistakesAreFoundFirst(t *testing.T) {
	var out, story bytes.Buffer
	dir := t.TempDir()
	p := Process{stdout: &out, stderr: &story, dir: dir, now: time.Now(),
		environ: []string{"HOWDAH_CONFIG=" + filepath.Join(dir, "missing.toml")}}
	value := "nonsense"
	if code := p.Run(t.Context(), target.Release, nil, []target.Given{{Name: "accept", Value: &value}}); code != 2 {
		t.Errorf("exit %d", code)
	}
	if !strings.Contains(story.String(), `unknown value of -accept: "nonsense"`) ||
		strings.Contains(story.String(), "missing.toml") || out.Len() > 0 {
		t.Errorf("printed %q, %q", story.String(), out.String())
	}
	story.Reset()
	if code := p.Run(t.Context(), target.Release, nil, nil); code != 2 ||
		!strings.Contains(story.String(), "missing.toml: ") {
		t.Errorf("exit %d, %q", code, story.String())
	}
}

// A run that ends leaves the lock to the next; two at once do not both get it.
func TestLock(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"howdah.toml": "name = \"test\"\npatches = [\"patches\"]\n[upstream]\nurl = \"https://example.org/mastodon.git\"\n",
		"VERSION":     "4.6.0\n", "patches/series.toml": "",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var out, story bytes.Buffer
	p := Process{stdout: &out, stderr: &story, dir: dir, now: time.Now(),
		environ: []string{"HOWDAH_CONFIG=" + filepath.Join(dir, "howdah.toml")}}
	before := bindings
	defer func() { bindings = before }()
	inner := 0
	bindings = []binding{{target: target.PublishResume,
		work: func(ctx context.Context, s *session.Session, _ target.Options) error {
			if s.Config.Name != "test" {
				t.Errorf("the distribution is %q", s.Config.Name)
			}
			if inner == 0 {
				inner = p.Run(ctx, target.PublishResume, nil, nil)
			}
			return nil
		}}}
	for range 2 {
		if code := p.Run(t.Context(), target.PublishResume, nil, nil); code != 0 || inner != 75 {
			t.Errorf("exit %d, within it %d: %s", code, inner, story.String())
		}
	}
}

func TestTargetsThatReportReportMistakes(t *testing.T) {
	for _, b := range bindings {
		if (b.mistake != nil) != b.target.Reports {
			t.Errorf("%s: Reports is %t, and a mistake is reported: %t", b.target.Name, b.target.Reports, b.mistake != nil)
		}
	}
}
