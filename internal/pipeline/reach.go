package pipeline

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/image"
)

// reach gives a build what it needs to reach packages from this machine: certificates and mirrors. All of it goes in as
// secrets of the build, so nothing of it is in a layer, nor decides what is built.
func (p *Pipeline) reach(spec *image.Spec) error {
	b := p.cfg.Build
	if b.CA.Abs != "" {
		data, err := os.ReadFile(b.CA.Abs)
		if err != nil {
			return fmt.Errorf("reading the certificates of [build] ca: %w", err)
		}
		spec.CA = data
	}
	for id, value := range map[string]string{"gem-mirror": b.GemMirror, "npm-registry": b.NPMRegistry, "debian-mirror": b.DebianMirror} {
		if value != "" {
			spec.Secrets[id] = []byte(value + "\n")
		}
	}
	if len(b.GitMirror) > 0 {
		var config strings.Builder
		for _, from := range slices.Sorted(maps.Keys(b.GitMirror)) {
			fmt.Fprintf(&config, "[url %q]\n\tinsteadOf = %q\n", b.GitMirror[from], from)
		}
		spec.Secrets["gitconfig"] = []byte(config.String())
	}
	return nil
}

// secretFiles are the files from which a plain docker build reads the same secrets.
func (p *Pipeline) secretFiles() map[string]string {
	if p.cfg.Build.CA.Abs == "" {
		return nil
	}
	return map[string]string{image.SecretCA: p.cfg.Build.CA.Abs}
}
