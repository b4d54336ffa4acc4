package build

import (
	"path/filepath"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/session"
)

// stages begins stages of a run, in which packages below show what their programs report.
func stages(s *session.Session) process.Stage {
	return func(name string) (func(format string, args ...any), func(error)) {
		stage := s.Story.Stage(name)
		return stage.Progress, stage.Close
	}
}

// Builder is the BuildKit that howdah.toml names; nothing is started before something is built.
func Builder(s *session.Session) *builder.Builder {
	b := s.Config.Build
	return builder.New(builder.Settings{
		Builder: b.Builder, Builders: b.Builders, Host: s.Getenv("BUILDKIT_HOST"), TLS: b.TLS.Abs, Emulate: b.Emulate,
		Dir: s.Config.Cache.In("buildkit"), Tools: filepath.Join(s.Dir, "tools", "go.mod"), MaxCache: s.Config.Cache.Max,
		Environ: s.Environ, Say: s.Term.Sayf, Stage: stages(s),
	})
}
