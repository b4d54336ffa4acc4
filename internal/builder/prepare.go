package builder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/apt"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/scratch"
)

// prepare writes and installs what the supervisor needs, and returns its arguments.
func (b *Builder) prepare(ctx context.Context, h home) ([]string, error) {
	if err := CheckFreeDisk(h.dir); err != nil {
		return nil, err
	}
	program, err := b.program(ctx, h)
	if err != nil {
		return nil, err
	}
	runc, err := b.runc(ctx)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(h.in("buildkitd.toml"), []byte(b.config(h, runc)), 0o600); err != nil {
		return nil, fmt.Errorf("writing buildkitd's settings: %w", err)
	}
	return []string{program, h.in("buildkitd.toml"), h.in("buildkitd.pid"), h.in("alive"), h.cgroup()}, nil
}

// runc finds runc, installing Debian's where there is apt-get. It must have seccomp, as Debian's has.
func (b *Builder) runc(ctx context.Context) (string, error) {
	if path, ok := findRunc(); ok {
		return path, nil
	}
	missing := fault.New(fault.Usage, "the embedded BuildKit needs runc, which is not installed")
	b.settings.Say("installing Debian's runc with apt-get, which the embedded BuildKit needs")
	err := apt.Install(environ.With(ctx, b.daemonEnv()), b.settings.Stage, "runc")
	if errors.Is(err, apt.ErrNoApt) {
		return "", missing.WithHint("install runc with the system's package manager")
	} else if err != nil {
		return "", err
	}
	if path, ok := findRunc(); ok {
		return path, nil
	}
	return "", missing
}

// findRunc looks in PATH, and where Debian installs runc, which is not in everybody's PATH.
func findRunc() (string, bool) {
	if path, err := exec.LookPath("runc"); err == nil && filepath.IsAbs(path) {
		return path, true
	}
	for _, path := range []string{"/usr/sbin/runc", "/usr/bin/runc"} {
		if info, err := os.Stat(path); err == nil && info.Mode()&0o111 != 0 {
			return path, true
		}
	}
	return "", false
}

// daemonEnv returns what the daemon may know of our environment: how to find programs and reach registries. No
// credential is in it; those travel with each build.
func (b *Builder) daemonEnv() []string {
	env := []string{"HOME=/root"}
	path := environ.Get(b.settings.Environ, "PATH")
	if !strings.Contains(path, "/usr/sbin") {
		path += ":/usr/sbin:/sbin:/usr/bin:/bin"
	}
	env = append(env, "PATH="+path)
	for _, name := range []string{"SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy",
		"https_proxy", "no_proxy"} {
		if v, ok := environ.Lookup(b.settings.Environ, name); ok {
			env = append(env, name+"="+v)
		}
	}
	if dir, ok := scratch.System(); ok { // the run's own folder goes with the run, before the daemon
		env = append(env, "TMPDIR="+dir)
	}
	return env
}
