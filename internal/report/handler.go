package report

import (
	"context"
	"log/slog"
	"strings"
)

// Handler tells a package's log lines as part of the story: "warning: retrying (registry=ghcr.io after=2s)".
type Handler struct {
	t     *Terminal
	level slog.Leveler
	with  []slog.Attr
	group string
}

var _ slog.Handler = (*Handler)(nil)

// NewHandler logs to t from a level on.
func NewHandler(t *Terminal, level slog.Leveler) *Handler { return &Handler{t: t, level: level} }

// Enabled implements slog.Handler.
func (h *Handler) Enabled(_ context.Context, level slog.Level) bool { return level >= h.level.Level() }

// Handle implements slog.Handler.
func (h *Handler) Handle(_ context.Context, r slog.Record) error {
	var pairs []string
	for _, a := range h.with {
		pairs = flatten(pairs, "", a)
	}
	r.Attrs(func(a slog.Attr) bool {
		pairs = flatten(pairs, h.group, a)
		return true
	})
	text := r.Message
	if len(pairs) > 0 {
		text += " (" + strings.Join(pairs, " ") + ")"
	}
	var p Page
	switch {
	case r.Level >= slog.LevelError:
		p.add(red.of("error: "), say("%s", text))
	case r.Level >= slog.LevelWarn:
		p.add(yellow.of("warning: "), say("%s", text))
	case r.Level >= slog.LevelInfo:
		p.add(say("%s", text))
	default:
		p.add(dim.of("debug: %s", text))
	}
	h.t.Say(p)
	return nil
}

// flatten gives "key=value" of an attribute, those of a group each.
func flatten(pairs []string, group string, a slog.Attr) []string {
	value := a.Value.Resolve()
	if value.Kind() == slog.KindGroup {
		if a.Key != "" {
			group += a.Key + "."
		}
		for _, inner := range value.Group() {
			pairs = flatten(pairs, group, inner)
		}
		return pairs
	}
	if a.Equal(slog.Attr{}) {
		return pairs
	}
	return append(pairs, group+a.Key+"="+quote(value.String()))
}

// WithAttrs implements slog.Handler.
func (h *Handler) WithAttrs(attrs []slog.Attr) slog.Handler {
	c := *h
	c.with = append(c.with[:len(c.with):len(c.with)], slog.Attr{Key: strings.TrimSuffix(h.group, "."), Value: slog.GroupValue(attrs...)})
	return &c
}

// WithGroup implements slog.Handler.
func (h *Handler) WithGroup(name string) slog.Handler {
	if name == "" {
		return h
	}
	c := *h
	c.group += name + "."
	return &c
}
