package imagerun

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/howdah/howdah/internal/apt"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
)

// install installs what is missing from Debian's packages, and says so. It starts no service of theirs.
func (o Options) install(ctx context.Context) error {
	var missing []string
	for _, need := range [][2]string{{"redis-server", "redis-server"}, {"redis-cli", "redis-tools"},
		{"unshare", "util-linux"}, {"tar", "tar"}} {
		if _, err := exec.LookPath(need[0]); err != nil {
			missing = append(missing, need[1])
		}
	}
	if postgresBin() == "" {
		missing = append(missing, "postgresql")
	}
	if len(missing) == 0 {
		return nil
	}
	what := strings.Join(missing, ", ")
	o.Say("installing from Debian: %s", what)
	defer forbidServices()()
	if err := apt.Install(ctx, o.Stage, missing...); errors.Is(err, apt.ErrNoApt) {
		return fault.New(fault.Usage, "%s is missing, and %w", what, err)
	} else if err != nil {
		return err
	}
	return o.disable(ctx, missing)
}

// services are the units that begin to run with the machine once their packages are installed.
var services = map[string]string{"redis-server": "redis-server", "postgresql": "postgresql"}

// disable keeps the services of packages that were just installed from starting with the machine: this program starts
// servers of its own, and ends them.
func (o Options) disable(ctx context.Context, installed []string) error {
	for _, name := range installed {
		unit, ok := services[name]
		if !ok {
			continue
		}
		for _, args := range [][]string{{"deb-systemd-helper", "disable", unit + ".service"},
			{"update-rc.d", unit, "disable"}} {
			if _, err := exec.LookPath(args[0]); err != nil {
				continue // without init-system-helpers nothing starts services
			}
			cmd := detach(process.Command(ctx, args[0], args[1:]...))
			cmd.Env = append(environ.Of(ctx), "DPKG_MAINTSCRIPT_PACKAGE="+name) // else deb-systemd-helper refuses to run
			if out, err := cmd.CombinedOutput(); err != nil {
				return fault.New(fault.Other, "keeping the service %s from starting with the machine: %w: %s", unit, err,
					bytes.TrimSpace(out)).WithHint("systemctl disable %s", unit)
			}
		}
	}
	return nil
}

// forbidServices keeps packages from starting services while they are installed, Debian's own way; the result undoes
// it.
func forbidServices() func() {
	const policy = "/usr/sbin/policy-rc.d"
	f, err := os.OpenFile(policy, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o755)
	if err != nil {
		return func() {} // the machine has a policy of its own
	}
	_, _ = f.WriteString("#!/bin/sh\nexit 101\n")
	_ = f.Close()
	return func() { _ = os.Remove(policy) }
}

// postgresBin is the folder of PostgreSQL's newest programs, "" when there are none.
func postgresBin() string {
	newest, best := "", 0
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	for _, f := range found {
		dir := filepath.Dir(f)
		if major, err := strconv.Atoi(filepath.Base(filepath.Dir(dir))); err == nil && major > best {
			newest, best = dir, major
		}
	}
	return newest
}

// startPostgres creates a cluster of our own and serves it on loopback. PostgreSQL refuses to be root.
func (s *Stack) startPostgres(ctx context.Context) error {
	account, err := user.Lookup("postgres")
	if err != nil {
		return fmt.Errorf("making a database: %w", err)
	}
	uid, err := strconv.Atoi(account.Uid)
	if err != nil {
		return err
	}
	gid, err := strconv.Atoi(account.Gid)
	if err != nil {
		return err
	}
	data := postgresDir(s.dir)
	if err := errors.Join(s.sweeper.remove(data), os.Mkdir(data, 0o700)); err != nil {
		return fmt.Errorf("making a database: %w", err)
	}
	if err := os.Chown(data, uid, gid); err != nil {
		return err
	}
	as := func(program string, args ...string) *exec.Cmd {
		cmd := detach(process.Command(ctx, filepath.Join(postgresBin(), program), args...))
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
		cmd.Dir, cmd.Env = data, []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LANG=C.UTF-8", "HOME=" + data}
		return cmd
	}
	if out, err := s.output(as("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8",
		"--no-sync", data)); err != nil {
		return fmt.Errorf("making a database: %w: %s", err, out)
	}
	p := &program{
		cmd: as("postgres", "-D", data, "-p", strconv.Itoa(s.postgres), "-c", "listen_addresses=127.0.0.1", "-c",
			"unix_socket_directories=", "-c", "fsync=off"),
		signal: syscall.SIGINT, // on SIGTERM it would wait until its clients have gone
	}
	if err := s.start(p); err != nil {
		return err
	}
	if err := waitPort(ctx, s.postgres, p); err != nil {
		return fmt.Errorf("starting PostgreSQL: %w", err)
	}
	return nil
}

// startRedis creates a certificate of our own and serves Redis over TLS only. Each server has a name of its own
// there, so that Redis says which of them are connected.
func (s *Stack) startRedis(ctx context.Context) error {
	dir := filepath.Join(s.dir, "redis")
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	ca, cert, key, err := certificates()
	if err != nil {
		return fmt.Errorf("making a certificate: %w", err)
	}
	s.caFile = filepath.Join(dir, "ca.pem")
	for name, data := range map[string][]byte{
		s.caFile: ca, filepath.Join(dir, "cert.pem"): cert, filepath.Join(dir, "key.pem"): key,
		s.web.path(caInside): ca, s.streaming.path(caInside): ca,
	} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	args := []string{
		"--port", "0", "--tls-port", strconv.Itoa(s.redis), "--bind", "127.0.0.1", "--save", "", "--dir", dir,
		"--tls-cert-file", filepath.Join(dir, "cert.pem"), "--tls-key-file", filepath.Join(dir, "key.pem"),
		"--tls-ca-cert-file", s.caFile, "--tls-auth-clients", "no",
	}
	for _, name := range []string{"web", "streaming"} {
		args = append(args, "--user", name, "on", ">"+redisPassword, "~*", "&*", "+@all")
	}
	p := &program{cmd: detach(process.Command(ctx, "redis-server", args...))}
	if err := s.start(p); err != nil {
		return err
	}
	if err := waitPort(ctx, s.redis, p); err != nil {
		return fmt.Errorf("starting Redis: %w", err)
	}
	return nil
}

// redisPassword guards nothing: it is there because clients send a name only together with one.
const redisPassword = "howdah"

// redisCLI asks Redis over TLS.
func (s *Stack) redisCLI(ctx context.Context, args ...string) (string, error) {
	all := append([]string{"--tls", "--cacert", s.caFile, "-h", "localhost", "-p", strconv.Itoa(s.redis)}, args...)
	out, err := process.Command(ctx, "redis-cli", all...).CombinedOutput()
	return string(out), err
}

// env is what a production server needs to boot, beside what the stamp says; who is web or streaming.
func (s *Stack) env(who string, more ...string) []string {
	database := fmt.Sprintf("postgresql://postgres@127.0.0.1:%d/mastodon", s.postgres)
	out := []string{
		"LOCAL_DOMAIN=" + domain, "SINGLE_USER_MODE=false", "BIND=127.0.0.1", "RAILS_LOG_TO_STDOUT=1", "LOG_LEVEL=warn",
		"DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(s.postgres), "DB_USER=postgres", "DB_NAME=mastodon", "DB_PASS=",
		"DATABASE_URL=" + database,
		fmt.Sprintf("REDIS_URL=rediss://%s:%s@localhost:%d/0", who, redisPassword, s.redis), "ES_ENABLED=false",
		"TRUSTED_PROXY_IP=127.0.0.1/32",
		"SSL_CERT_FILE=" + caInside, "NODE_EXTRA_CA_CERTS=" + caInside,
	}
	return slices.Concat(out, s.secrets, s.opt.Env, more)
}

// secrets returns the secrets that Mastodon needs to boot. They are random, since nothing outlives the run.
func secrets() ([]string, error) {
	random := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		return hex.EncodeToString(b)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	private, err := key.Bytes()
	if err != nil {
		return nil, err
	}
	public, err := key.PublicKey.Bytes()
	if err != nil {
		return nil, err
	}
	return []string{
		"SECRET_KEY_BASE=" + random(64), "OTP_SECRET=" + random(64),
		"ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY=" + random(16),
		"ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT=" + random(16), "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY=" + random(16),
		"VAPID_PRIVATE_KEY=" + base64.RawURLEncoding.EncodeToString(private),
		"VAPID_PUBLIC_KEY=" + base64.RawURLEncoding.EncodeToString(public),
	}, nil
}
