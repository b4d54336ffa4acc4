package build

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/session"
)

// Builder returns the BuildKit that howdah.toml names. It is started when something is built.
func Builder(s *session.Session) *builder.Builder {
	b := s.Config.Build
	return builder.New(builder.Settings{
		Builder: b.Builder, Builders: b.Builders, Host: s.Getenv("BUILDKIT_HOST"), TLS: certificatesOf(s), Emulate: b.Emulate,
		Dir: s.Config.Cache.In("buildkit"), Tools: filepath.Join(s.Dir, "tools", "go.mod"), MaxCache: s.Config.Cache.Max,
		Released: released(), Environ: s.Environ, Say: s.Term.Sayf, Stage: s.Stages(),
	})
}

// WarnWithoutBuilder says, before anything is fetched, that no BuildKit can be used here: then only images of other
// machines can be released. It starts nothing, and asks no builder elsewhere.
func WarnWithoutBuilder(ctx context.Context, s *session.Session) {
	settings := s.Config.Build
	if !slices.ContainsFunc(settings.Platforms, func(platform string) bool { return settings.Builders[platform] == "" }) {
		return // each has its own builder elsewhere
	}
	kit := Builder(s)
	defer kit.Close()
	if _, err := kit.Needs(ctx); err != nil {
		s.Term.Warnf("nothing can be built here, only what other machines built can be released: %v", err)
	}
}

// released is where the release of this program is; nowhere for one that was compiled from a checkout.
func released() builder.Released {
	if v := session.ToolRelease(); v != "" {
		return builder.Released{Address: "https://github.com/howdah/howdah/releases/download/" + v}
	}
	return builder.Released{}
}

// certificatesOf reads the files of [build] tls; nil if it is not set.
func certificatesOf(s *session.Session) func(name string) ([]byte, error) {
	folder := s.Config.Build.TLS
	if folder.Abs == "" {
		return nil
	}
	var warned sync.Once
	return func(name string) ([]byte, error) {
		file := config.Path{Name: filepath.Join(folder.Name, name), Abs: filepath.Join(folder.Abs, name)}
		data, err := s.Config.ReadNamed(file, files.MaxSmall)
		if about, statErr := os.Stat(file.Abs); name == "key.pem" && err == nil && statErr == nil &&
			about.Mode().Perm()&0o004 != 0 {
			warned.Do(func() {
				s.Term.Warnf("every user of this machine can read the private key %q: chmod 600 %[1]s", file.Name)
			})
		}
		return data, err
	}
}

// progress returns where a build shows its steps: on the terminal's console, or else as lines of the story. The caller
// calls back when the build is over, so that the stages are drawn again.
func progress(s *session.Session) (show image.Progress, back func()) {
	console, back, ok := s.Term.Console()
	if ok {
		return image.Progress{Console: console}, back
	}
	return image.Progress{Out: s.Story.Writer()}, back
}
