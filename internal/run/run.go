// Package run starts a release's images for real: two OCI layouts go in; a web and a streaming server, next to a
// PostgreSQL and a Redis of their own that accepts TLS only, come up on loopback, and the checks that they passed come
// out. It needs root on Linux, and leaves nothing behind.
package run

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/howdah/howdah/internal/fault"
)

// Options are what runs, and where.
type Options struct {
	Web, Streaming v1.Image
	Env            []string // of the stamp: what the published images have
	Dir            string   // a folder for the unpacked images, on a disk with room
	Say            func(format string, args ...any)
	Log            *os.File // what the programs print
}

// Check is one thing that was looked at.
type Check struct {
	What string `json:"what"`
	OK   bool   `json:"ok"`
	Says string `json:"says"`
	Skip bool   `json:"skipped,omitempty"` // the tree has not what it is about
}

// Stack is what runs.
type Stack struct {
	opt              Options
	dir              string
	web, streaming   container
	postgres, redis  int // ports
	webPort, wsPort  int
	caFile           string // on this machine
	closers          []func() error
	rails, realRails bool
}

// caInside is where the containers find the certificate that Redis' is signed with.
const caInside = "/etc/howdah-run-ca.pem"

// Start brings everything up; Close takes it down again.
func Start(ctx context.Context, opt Options) (_ *Stack, err error) {
	if os.Geteuid() != 0 {
		return nil, fault.New(fault.Usage, "running the images needs root on Linux").WithHint("or run them with Docker, from the registry")
	}
	if err := opt.install(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(opt.Dir, 0o755); err != nil {
		return nil, fault.New(fault.Other, "making %q: %w", opt.Dir, err)
	}
	s := &Stack{opt: opt}
	if s.dir, err = os.MkdirTemp(opt.Dir, "run-"); err != nil {
		return nil, fault.New(fault.Other, "making a folder: %w", err)
	}
	s.closers = append(s.closers, func() error { return os.RemoveAll(s.dir) })
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	if err := os.Chmod(s.dir, 0o755); err != nil {
		return nil, err
	}
	for _, port := range []*int{&s.postgres, &s.redis, &s.webPort, &s.wsPort} {
		if *port, err = freePort(ctx); err != nil {
			return nil, err
		}
	}
	opt.Say("unpacking both images")
	if s.web, err = unpack(ctx, opt.Web, filepath.Join(s.dir, "web")); err != nil {
		return nil, err
	}
	if s.streaming, err = unpack(ctx, opt.Streaming, filepath.Join(s.dir, "streaming")); err != nil {
		return nil, err
	}
	_, schema := os.Stat(filepath.Join(s.web.root, "opt/mastodon/db/schema.rb"))
	_, gems := os.Stat(filepath.Join(s.web.root, "opt/mastodon/config/environments/production.rb"))
	s.rails, s.realRails = schema == nil, gems == nil
	if err := s.startRedis(ctx); err != nil {
		return nil, err
	}
	if err := s.startPostgres(ctx); err != nil {
		return nil, err
	}
	return s, nil
}

// Close ends every program and removes what was unpacked.
func (s *Stack) Close() error {
	var errs []error
	for i := len(s.closers) - 1; i >= 0; i-- {
		errs = append(errs, s.closers[i]())
	}
	s.closers = nil
	return errors.Join(errs...)
}

// Web and Streaming are the addresses of the two servers.
func (s *Stack) Web() string       { return "http://127.0.0.1:" + strconv.Itoa(s.webPort) }
func (s *Stack) Streaming() string { return "http://127.0.0.1:" + strconv.Itoa(s.wsPort) }

// Serve starts both servers and waits until they answer.
func (s *Stack) Serve(ctx context.Context) error {
	web := s.web.command(ctx, s.env("PORT="+strconv.Itoa(s.webPort), "WEB_CONCURRENCY=1", "MAX_THREADS=3"), nil...)
	if err := s.start(web); err != nil {
		return err
	}
	streaming := s.streaming.command(ctx, s.env("PORT="+strconv.Itoa(s.wsPort)), nil...)
	if err := s.start(streaming); err != nil {
		return err
	}
	for what, address := range map[string]string{"web": s.Web() + "/health", "streaming": s.Streaming() + "/api/v1/streaming/health"} {
		if err := waitFor(ctx, address); err != nil {
			return fault.New(fault.Build, "the %s image does not come up: %w", what, err).WithHint("what it printed is in %s", s.opt.Log.Name())
		}
	}
	return nil
}

// start starts a program that Close ends.
func (s *Stack) start(cmd *exec.Cmd) error {
	cmd.Stdout, cmd.Stderr = s.opt.Log, s.opt.Log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting %s: %w", cmd.Path, err)
	}
	done := make(chan struct{})
	go func() {
		_ = cmd.Wait()
		close(done)
	}()
	s.closers = append(s.closers, func() error {
		_ = end(cmd)
		select {
		case <-done:
		case <-time.After(2 * time.Second):
			_ = kill(cmd)
			<-done
		}
		return nil
	})
	return nil
}

func freePort(ctx context.Context) (int, error) {
	l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("finding a free port: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
