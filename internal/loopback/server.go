// Package loopback is a registry on this machine, for releases that go to no other. A folder goes in, its store; an
// address on loopback at which it is served comes out.
package loopback

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"syscall"
	"time"

	"github.com/distribution/distribution/v3/configuration"
	"github.com/distribution/distribution/v3/registry/handlers"
	_ "github.com/distribution/distribution/v3/registry/storage/driver/filesystem" // the store
	"github.com/sirupsen/logrus"

	"github.com/howdah/howdah/internal/address"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/goroutine"
)

// Server is a registry on this machine, its store a folder. It is distribution's own registry, the one that
// most others are made of, so what works here works there.
type Server struct {
	address string
	shared  bool // another process serves the same folder
	http    *http.Server
	app     *handlers.App
	done    <-chan error
}

// markHeader tells whose store a registry on loopback serves.
const markHeader = "Howdah-Store"

// Start serves the folder dir until Close, at the first free one of some loopback addresses such as "127.0.0.1:5050".
// If another process serves that folder at one of them already, the server is that one. If all are busy otherwise, the
// error is fault.Retry, about the first.
func Start(ctx context.Context, dir string, at ...string) (*Server, error) {
	for _, a := range at {
		if host, _, err := net.SplitHostPort(a); err != nil || !address.IsLoopback(host) {
			return nil, fault.New(fault.Usage, "%q is not a loopback address; this registry has no passwords, so it "+
				"serves this machine only", a)
		}
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.New(fault.Other, "making the registry's folder: %w", err)
	}
	mark := markOf(dir)
	for _, a := range at[1:] {
		if served(ctx, a, mark) {
			return &Server{address: a, shared: true}, nil
		}
	}
	for _, a := range at {
		listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a)
		switch {
		case errors.Is(err, syscall.EADDRINUSE) && served(ctx, a, mark):
			return &Server{address: a, shared: true}, nil
		case errors.Is(err, syscall.EADDRINUSE):
			continue
		case err != nil:
			return nil, fault.New(fault.Other, "serving the registry: %w", err)
		}
		return serve(ctx, dir, mark, listener)
	}
	return nil, fault.New(fault.Retry, "serving the registry: %s", Busy(at[0])).
		WithHint("stop what listens there, or choose another port: HOWDAH_PORT=%d", portOf(at[len(at)-1])+1)
}

// serve serves the folder dir at a listener.
func serve(ctx context.Context, dir, mark string, listener net.Listener) (*Server, error) {
	app, err := newApp(ctx, dir)
	if err != nil {
		listener.Close()
		return nil, err
	}
	s := &Server{address: listener.Addr().String(), app: app}
	s.http = &http.Server{ReadHeaderTimeout: 30 * time.Second,
		Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set(markHeader, mark)
			app.ServeHTTP(w, r)
		})}
	s.done = goroutine.Start(func() error {
		if err := s.http.Serve(port{listener}); !errors.Is(err, http.ErrServerClosed) {
			return err
		}
		return nil
	})
	return s, nil
}

// port is a listener whose port is free once it is closed: a program that is being started has a copy of every open
// file until it is executed, so closing ours may leave the port busy.
type port struct{ net.Listener }

// Close frees the port.
func (p port) Close() error {
	if l, ok := p.Listener.(syscall.Conn); ok {
		if raw, err := l.SyscallConn(); err == nil {
			_ = raw.Control(func(fd uintptr) { _ = syscall.Shutdown(int(fd), syscall.SHUT_RDWR) })
		}
	}
	return p.Listener.Close()
}

// Serve serves until ctx ends. ready is called once it does.
func Serve(ctx context.Context, dir string, ready func(*Server), at ...string) error {
	s, err := Start(ctx, dir, at...)
	if err != nil {
		return err
	}
	if s.shared {
		return fault.New(fault.Retry, "another process serves %q at %s already", dir, s.address).
			WithHint("stop that process, or run this when it has ended")
	}
	ready(s)
	<-ctx.Done()
	return s.Close()
}

// Address is where the server listens, HOST:PORT.
func (s *Server) Address() string { return s.address }

// Shared reports whether another process serves.
func (s *Server) Shared() bool { return s.shared }

// Close stops serving: what is on its way may end within two seconds.
func (s *Server) Close() error {
	if s.shared {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	if err := s.http.Shutdown(ctx); err != nil {
		s.http.Close()
	}
	return errors.Join(<-s.done, s.app.Shutdown())
}

// newApp makes distribution's handler over a folder. It panics on what it does not like.
func newApp(ctx context.Context, dir string) (app *handlers.App, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fault.New(fault.Other, "opening the registry's store %q: %v", dir, p)
		}
	}()
	logrus.SetOutput(io.Discard) // the library logs every request to stderr
	c := &configuration.Configuration{
		Version: configuration.CurrentVersion,
		Storage: configuration.Storage{
			"filesystem":  configuration.Parameters{"rootdirectory": dir, "maxthreads": 100},
			"delete":      configuration.Parameters{"enabled": true},
			"maintenance": configuration.Parameters{"uploadpurging": map[any]any{"enabled": false}},
		},
		Catalog: configuration.Catalog{MaxEntries: 1000},
		Tags:    configuration.Tags{MaxTags: 1000},
	}
	c.HTTP.RelativeURLs = true
	c.HTTP.Secret = markOf(dir) // signs the state of uploads: a new process goes on with the old one's
	return handlers.NewApp(ctx, c), nil
}

func markOf(dir string) string {
	sum := sha256.Sum256([]byte("howdah store " + dir))
	return hex.EncodeToString(sum[:16])
}

// Served reports whether a process serves the folder dir at one of these loopback addresses.
func Served(ctx context.Context, dir string, at ...string) bool {
	return slices.ContainsFunc(at, func(a string) bool { return served(ctx, a, markOf(dir)) })
}

// served reports whether a registry with our mark answers.
func served(ctx context.Context, address, mark string) bool {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, fmt.Sprintf("http://%s/v2/", address), nil)
	if err != nil {
		return false
	}
	t := &http.Transport{DisableKeepAlives: true}
	resp, err := t.RoundTrip(req)
	if err != nil {
		return false
	}
	resp.Body.Close()
	return resp.Header.Get(markHeader) == mark
}
