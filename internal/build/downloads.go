package build

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
)

// downloads are what a build needs to download packages from this machine: certificates and mirrors. They are passed as
// build secrets, so they are in no layer and do not affect the inputs.
type downloads struct {
	ca      []byte
	secrets map[string][]byte
}

func downloadsOf(s *session.Session) (downloads, error) {
	d := downloads{secrets: map[string][]byte{}}
	b := s.Config.Build
	if file := certificates(s); file != "" {
		from := config.Path{Name: file, Abs: s.Path(file)}
		if b.CA.Abs != "" {
			from = b.CA
		}
		data, err := s.Config.ReadNamed(from, files.MaxSmall)
		if err != nil {
			return d, fmt.Errorf("reading the certificates that builds trust: %w", err)
		}
		d.ca = data
	}
	for id, value := range map[string]string{"gem-mirror": b.GemMirror, "npm-registry": b.NPMRegistry,
		"debian-mirror": b.DebianMirror} {
		if value != "" && !filepath.IsAbs(value) {
			d.secrets[id] = []byte(value + "\n")
		}
	}
	return d, nil
}

// secretFiles returns, by id, the files from which a plain docker build reads the same secrets.
func secretFiles(s *session.Session) map[string]string {
	file := certificates(s)
	if file == "" {
		return nil
	}
	return map[string]string{image.SecretCA: file}
}

// certificates returns the file of certificates that builds trust: [build] ca, or else the one that this machine's
// programs are set to trust, as behind a proxy that opens TLS. With "", a build uses its base image's.
func certificates(s *session.Session) string {
	if file := s.Config.Build.CA.Abs; file != "" {
		return file
	}
	if file := s.Getenv("SSL_CERT_FILE"); file != "" {
		return file
	}
	return debianBundle("/")
}

// debianBundle returns Debian's file of all certificates below a root folder, if somebody has added some of their
// own, as update-ca-certificates does; otherwise "".
func debianBundle(root string) string {
	added, err := filepath.Glob(filepath.Join(root, "usr/local/share/ca-certificates", "*.crt"))
	if err != nil || len(added) == 0 {
		if added, err = filepath.Glob(filepath.Join(root, "usr/local/share/ca-certificates", "*", "*.crt")); err != nil ||
			len(added) == 0 {
			return ""
		}
	}
	bundle := filepath.Join(root, "etc/ssl/certs/ca-certificates.crt")
	if about, err := os.Stat(bundle); err != nil || !about.Mode().IsRegular() {
		return ""
	}
	return bundle
}
