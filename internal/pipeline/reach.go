package pipeline

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
)

// reach gives a build what it needs to reach packages from this machine: certificates and mirrors. All of it goes in as
// secrets of the build, so nothing of it is in a layer, nor decides what is built.
func (p *Pipeline) reach(spec *image.Spec) error {
	b := p.cfg.Build
	if file := p.certificates(); file != "" {
		data, err := files.ReadNamed(file, files.MaxSmall)
		if err != nil {
			return fmt.Errorf("reading the certificates that builds trust: %w", err)
		}
		spec.CA = data
	}
	for id, value := range map[string]string{"gem-mirror": b.GemMirror, "npm-registry": b.NPMRegistry, "debian-mirror": b.DebianMirror} {
		if value != "" && !filepath.IsAbs(value) {
			spec.Secrets[id] = []byte(value + "\n")
		}
	}
	return nil
}

// secretFiles are the files from which a plain docker build reads the same secrets.
func (p *Pipeline) secretFiles() map[string]string {
	file := p.certificates()
	if file == "" {
		return nil
	}
	return map[string]string{image.SecretCA: file}
}

// certificates is the file of those that builds trust: [build] ca, else what this machine's own programs are told to
// trust, as behind a proxy that opens TLS. "" leaves a build with its base image's.
func (p *Pipeline) certificates() string {
	if file := p.cfg.Build.CA.Abs; file != "" {
		return file
	}
	return os.Getenv("SSL_CERT_FILE")
}
