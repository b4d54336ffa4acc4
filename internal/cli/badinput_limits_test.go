package cli_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestFileLimits gives each file its limit in bytes, at which no target says that it is too large, and a byte more, of
// which every target that reads it says so with exit 2: docs/safety.md has the numbers.
func TestFileLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("some 30 processes")
	}
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	b := newBench(t)
	build := []string{"image:build", "-dry", "-offline"}
	imported := []string{"patch:import", "from", "-dry", "-offline"}
	const web = "FROM ruby:3.3-slim-trixie\nARG GEM_PACKAGES\nARG LIBRARY_PACKAGES\nARG MEDIA_PACKAGES\n"
	patch := "Subject: long\n\n" + added("new.txt", "x\n")
	for _, file := range []struct {
		name  string // below the distribution's folder
		limit int
		text  string   // that it begins with; "" is what it has
		args  []string // of a target that reads it
		exit  int      // at the limit
	}{
		{"howdah.toml", 1 << 20, "", nil, 0},
		{"VERSION", 1 << 20, "", []string{"version:show", "-offline"}, 2}, // it has one line
		{"watch.lock", 1 << 20, "#", []string{"upstream:status", "-offline"}, 0},
		{"bases.lock", 1 << 20, pinnedBases, build, 0},
		{"docker/web.Dockerfile", 1 << 20, web, build, 0},
		{"docker/web.Dockerfile.dockerignore", 1 << 20, "#", build, 0},
		{"series.lock", 4 << 20, "upstream = \"" + landedCommits[0] + "\"\n", nil, 0},
		{"patches/series.toml", 4 << 20, "", nil, 0},
		{"patches/unlisted-icon.patch", 16 << 20, "", nil, 0},
		{"patches/overlays/elephant/" + firstOverlaid(t, b), 16 << 20, "", nil, 0},
		{"patches/resolutions/" + strings.Repeat("a", 40), 16 << 20, "x\n", nil, 0},
		{"../from", 16 << 20, patch, imported, 0},
	} {
		for more, end := range []string{"at its limit", "a byte beyond it"} {
			t.Run(file.name+" "+end, func(t *testing.T) {
				t.Parallel()
				text := file.text
				if text == "" {
					data, err := os.ReadFile(filepath.Join(b.mine, file.name))
					if err != nil {
						t.Fatal(err)
					}
					text = string(data)
				}
				size := file.limit + more
				switch {
				case strings.HasSuffix(file.name, ".patch"), file.name == "../from": // the rest is above the diff
					text = "X-Long: " + strings.Repeat("x", size-len(text)-9) + "\n" + text
				default:
					text += strings.Repeat("#"+strings.Repeat("x", 998)+"\n", 1+size/1000)[:size-len(text)]
				}
				c := badInput{name: file.name, args: file.args, files: map[string]any{file.name: text}}
				if strings.HasPrefix(file.name, "docker/") {
					for name, text := range map[string]string{"docker/web.Dockerfile": web,
						"docker/streaming.Dockerfile": "FROM node:24-trixie-slim\n", "bases.lock": pinnedBases} {
						if name != file.name {
							c.files[name] = text
						}
					}
				}
				code, out, _ := b.run(t, c)
				says := fmt.Sprintf("has %d bytes, at most %d are allowed", file.limit+1, file.limit)
				name := strings.TrimPrefix(file.name, "../")
				switch {
				case more == 0 && (code != file.exit || strings.Contains(out, "bytes, at most")):
					t.Errorf("exit %d, want %d\n%.1500s", code, file.exit, out)
				case more == 1 && (code != 2 || !strings.Contains(out, says) || !strings.Contains(out, name)):
					t.Errorf("exit %d, want 2 and %s: %q\n%.1500s", code, name, says, out)
				}
			})
		}
	}
}
