package admin

import (
	"context"
	"strings"

	"github.com/howdah/howdah/internal/build"
	"github.com/howdah/howdah/internal/session"
	"github.com/howdah/howdah/internal/term"
)

// BuilderUp runs builder:up: it starts the embedded BuildKit, which then runs until builder:down.
func BuilderUp(ctx context.Context, s *session.Session) error {
	b := build.Builder(s)
	defer b.Close()
	if err := b.Up(ctx); err != nil {
		return err
	}
	return BuilderStatus(ctx, s)
}

// BuilderDown runs builder:down: it stops the embedded BuildKit.
func BuilderDown(ctx context.Context, s *session.Session) error {
	b := build.Builder(s)
	defer b.Close()
	if err := b.Down(ctx); err != nil {
		return err
	}
	s.Term.Answerf("the embedded BuildKit is down")
	return nil
}

// BuilderStatus runs builder:status: it prints which BuildKit is used, and its state.
func BuilderStatus(ctx context.Context, s *session.Session) error {
	b := build.Builder(s)
	defer b.Close()
	status, err := b.Status(ctx)
	if err != nil {
		return err
	}
	state := "not running: started when something is built"
	if status.Running {
		state = "running"
	}
	s.Term.Answerf("%s · %s BuildKit, %s", s.Distribution(), status.Kind, state)
	cache := ""
	if status.Running || status.Kind == "embedded" {
		cache = term.Size(status.Bytes)
	}
	for _, row := range [][2]string{
		{"address", status.Address}, {"version", status.Version}, {"platforms", strings.Join(status.Platforms, " ")},
		{"runc", status.Runc},
		{"folder", status.Dir}, {"cache", cache},
	} {
		if row[1] != "" {
			s.Term.Answerf("  %-10s %s", row[0], row[1])
		}
	}
	return nil
}
