// Package imagerun starts a release's images for real: two OCI layouts go in; a web and a streaming server, next to a
// PostgreSQL and a Redis of their own that accepts TLS only, come up on loopback, and the checks that they passed come
// out. It needs root on Linux, and leaves nothing behind.
package imagerun

import (
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strconv"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/lock"
	"github.com/howdah/howdah/internal/process"
)

// Options are what runs, and where.
type Options struct {
	Web, Streaming v1.Image
	Env            []string // of the stamp: what the published images have
	Dir            string   // a folder for the unpacked images, on a disk with room
	Say            func(format string, args ...any)
	Stage          process.Stage              // shows how far apt-get is; may be nil
	Log            *os.File                   // what the programs print
	LogName        string                     // where a person reads it
	Health         func(port string) []string // the health check of the streaming service in compose.yaml
}

// Check is one thing that was looked at.
type Check struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Skip bool   `json:"skipped,omitempty"` // the tree has not what it is about
}

type Stack struct {
	opt             Options
	dir             string
	held            *lock.Lock
	sweeper         *sweeper
	web, streaming  container
	postgres, redis int // ports
	webPort, wsPort int
	caFile          string // on this machine
	secrets         []string
	programs        []*program
	token           string // of an account that may read and write
	first           string // what the first program of the web image printed
	mastodon        bool   // the web image holds Mastodon itself, not a miniature
}

// caInside is where the containers find the certificate that Redis' is signed with.
const caInside = "/etc/howdah-run-ca.pem"

// Start unpacks the images and brings up what they need; Close takes everything down again.
func Start(ctx context.Context, opt Options) (_ *Stack, err error) {
	if os.Geteuid() != 0 {
		return nil, fault.New(fault.Usage, "running the images needs root on Linux").
			WithHint("or run them with Docker, from the registry")
	}
	if err := opt.install(ctx); err != nil {
		return nil, err
	}
	s := &Stack{opt: opt}
	if s.secrets, err = secrets(); err != nil {
		return nil, fault.New(fault.Other, "making secrets: %w", err)
	}
	if s.sweeper, err = startSweeper(); err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := s.makeDir(); err != nil {
		return nil, fault.New(fault.Other, "making a folder: %w", err)
	}
	for _, port := range []*int{&s.postgres, &s.redis, &s.webPort, &s.wsPort} {
		if *port, err = freePort(ctx); err != nil {
			return nil, fault.New(fault.Retry, "finding a free port: %w", err)
		}
	}
	if s.web, err = unpack(ctx, opt.Web, filepath.Join(s.dir, "web")); err != nil {
		return nil, err
	}
	if s.streaming, err = unpack(ctx, opt.Streaming, filepath.Join(s.dir, "streaming")); err != nil {
		return nil, err
	}
	_, err = os.Stat(s.web.path("opt/mastodon/config/environments/production.rb"))
	s.mastodon = err == nil
	if err := s.startRedis(ctx); err != nil {
		return nil, err
	}
	if err := s.startPostgres(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// makeDir creates the folder that all is in, under its real name: it is compared with that of running processes.
func (s *Stack) makeDir() error {
	if err := os.MkdirAll(s.opt.Dir, 0o755); err != nil {
		return err
	}
	real, err := filepath.EvalSymlinks(s.opt.Dir)
	if err != nil {
		return err
	}
	if err := clearOld(real); err != nil {
		return err
	}
	if s.dir, err = os.MkdirTemp(real, "run-"); err != nil {
		return err
	}
	if s.held, err = lock.Take(filepath.Join(s.dir, inUse), "image:run"); err != nil {
		return err
	}
	if err := s.sweeper.remove(s.dir); err != nil {
		return err
	}
	return os.Chmod(s.dir, 0o755) // PostgreSQL's user and the images' come by
}

// Close ends every program and has what was unpacked removed; it returns within some three seconds, done or not.
func (s *Stack) Close() error {
	if s.sweeper == nil {
		return nil // closed already
	}
	err := errors.Join(s.stop(), s.sweeper.close())
	select {
	case <-s.sweeper.done:
	default:
		s.opt.Say("removing the unpacked images in %s in the background", s.dir)
	}
	if s.held != nil {
		err = errors.Join(err, s.held.Release())
	}
	s.sweeper = nil
	return err
}

// Web and Streaming are the addresses of the two servers.
func (s *Stack) Web() string       { return "http://127.0.0.1:" + strconv.Itoa(s.webPort) }
func (s *Stack) Streaming() string { return "http://127.0.0.1:" + strconv.Itoa(s.wsPort) }

// Serve starts both servers and waits until they answer.
func (s *Stack) Serve(ctx context.Context) error {
	web := s.web.command(ctx, s.env("web", "PORT="+strconv.Itoa(s.webPort), "WEB_CONCURRENCY=1", "MAX_THREADS=3"))
	streaming := s.streaming.command(ctx, s.env("streaming", "PORT="+strconv.Itoa(s.wsPort)))
	for _, server := range []struct {
		name, address string
		program       *program
	}{
		{"web", s.Web() + "/health", &program{cmd: web}},
		{"streaming", s.Streaming() + "/api/v1/streaming/health", &program{cmd: streaming}},
	} {
		err := s.start(server.program)
		if err == nil {
			err = waitFor(ctx, server.address, server.program)
		}
		if err != nil {
			return fault.New(fault.Build, "the %s image does not start: %w", server.name, err).
				WithHint("what it printed is in %s", s.opt.LogName)
		}
	}
	return nil
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
