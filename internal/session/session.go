// Package session is what one run of a target works with: its distribution, the terminal that it reports to, the clock,
// the environment and the working folder. cli makes one; whatever works below takes from it, and writes nothing into
// it.
package session

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/howdah/howdah/internal/config"
	"github.com/howdah/howdah/internal/credential"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/github"
	"github.com/howdah/howdah/internal/process"
	"github.com/howdah/howdah/internal/target"
	"github.com/howdah/howdah/internal/term"
	"github.com/howdah/howdah/internal/transaction"
)

// Session is one run of one target: what it was given, and where it writes.
type Session struct {
	Target  target.Target
	Config  *config.Config // nil where the target needs no distribution
	Term    *term.Terminal
	Story   *term.Story
	Caller  target.Caller
	Now     time.Time // the run's one moment, in the machine's zone
	Environ []string  // "NAME=value"; of a repeated name the last counts
	Dir     string    // the working folder, absolute
	Run     string    // hash of target, arguments and folder: finds an interrupted run of this command
	Stdout  io.Writer // for what a program of the project's own prints; reports go through Term

	Credentials *credential.Chain // of registries, for publishing and for bases

	Step transaction.Step // nil but in tests, which end a run between two operations of the disk
}

// Getenv is the value of a variable, or "".
func (s *Session) Getenv(name string) string {
	return environ.Get(s.Environ, name)
}

// Stages begins stages of the run, in which packages below show how far their programs are.
func (s *Session) Stages() process.Stage {
	return func(name string) (func(format string, args ...any), func(error)) {
		stage := s.Story.Stage(name)
		return stage.Progress, stage.Close
	}
}

// Path is a path that a person typed, absolute.
func (s *Session) Path(typed string) string {
	if filepath.IsAbs(typed) {
		return typed
	}
	return filepath.Join(s.Dir, typed)
}

// InCI reports whether the run is part of a CI job, as the variables CI and GITHUB_ACTIONS say.
func (s *Session) InCI() bool { return term.InCI(s.Environ) }

// New refuses a folder that exists already, as a person typed it: what is to become one is not overwritten.
func (s *Session) New(typed string) error {
	_, err := os.Lstat(s.Path(typed))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.New(fault.Usage, "making the folder: %w", err)
	}
	return fault.New(fault.Usage, "%s exists already", typed).
		WithHint("name a folder that does not exist yet: Howdah overwrites nothing")
}

// GitHub is the GitHub Actions step that the run belongs to, if any.
func (s *Session) GitHub() github.Actions {
	return github.ActionsOf(s.Environ, s.Term.Secrets()).In(s.Dir)
}

// Distribution is "mini in ../mine": the distribution's name and its folder, with which every report begins.
func (s *Session) Distribution() string {
	folder := s.Config.Place()
	if folder == "." {
		folder = "this folder"
	}
	return s.Config.Name + " in " + folder
}

// Line is a command as the caller would type it.
func (s *Session) Line(t target.Target, args ...string) string {
	return s.Caller.Line(t.Command(args...))
}

// With is the session with another distribution, for a target that makes its own.
func (s *Session) With(c *config.Config) *Session {
	other := *s
	other.Config = c
	return &other
}

// Write writes one file beside howdah.toml, whole or not at all.
func (s *Session) Write(name string, data []byte) error {
	return s.Writer().Put(s.Target.Name, []transaction.Change{{Path: s.Config.In(name), Data: data}})
}
