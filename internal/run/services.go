package run

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/howdah/howdah/internal/fault"
)

// install installs what is missing from Debian's packages, and says so.
func (o Options) install(ctx context.Context) error {
	var missing []string
	for _, need := range [][2]string{{"redis-server", "redis-server"}, {"redis-cli", "redis-tools"}} {
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
	if _, err := exec.LookPath("apt-get"); err != nil {
		return fault.New(fault.Usage, "%s is missing, and this is no Debian to install it from", strings.Join(missing, ", "))
	}
	o.Say("installing from Debian: %s", strings.Join(missing, ", "))
	for _, args := range [][]string{{"update", "-qq"}, append([]string{"install", "-qq", "-y", "--no-install-recommends"}, missing...)} {
		cmd := exec.CommandContext(ctx, "apt-get", args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fault.New(fault.Retry, "installing %s: %w\n%s", strings.Join(missing, ", "), err, bytes.TrimSpace(out))
		}
	}
	return nil
}

// postgresBin is the folder of PostgreSQL's newest programs, "" when there are none.
func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if len(found) == 0 {
		return ""
	}
	return filepath.Dir(found[len(found)-1])
}

// startPostgres makes a cluster of our own and serves it on loopback.
func (s *Stack) startPostgres(ctx context.Context) error {
	bin, data := postgresBin(), filepath.Join(s.dir, "postgres")
	if err := os.Mkdir(data, 0o700); err != nil {
		return err
	}
	if out, err := exec.CommandContext(ctx, "chown", "postgres", data).CombinedOutput(); err != nil {
		return fmt.Errorf("making a database: %w: %s", err, out)
	}
	as := func(program string, args ...string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "runuser", append([]string{"-u", "postgres", "--", filepath.Join(bin, program)}, args...)...)
		cmd.Dir = data
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		cmd.Cancel = func() error { return end(cmd) }
		return cmd
	}
	if out, err := as("initdb", "--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync", data).CombinedOutput(); err != nil {
		return fmt.Errorf("making a database: %w: %s", err, out)
	}
	if err := s.start(as("postgres", "-D", data, "-p", strconv.Itoa(s.postgres), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories="+data, "-c", "fsync=off")); err != nil {
		return err
	}
	return waitPort(ctx, s.postgres)
}

// startRedis makes a certificate of our own and serves Redis over TLS only.
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
		filepath.Join(s.web.root, caInside): ca, filepath.Join(s.streaming.root, caInside): ca,
	} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			return err
		}
	}
	cmd := exec.CommandContext(ctx, "redis-server", "--port", "0", "--tls-port", strconv.Itoa(s.redis), "--bind", "127.0.0.1", "--save", "", "--dir", dir,
		"--tls-cert-file", filepath.Join(dir, "cert.pem"), "--tls-key-file", filepath.Join(dir, "key.pem"), "--tls-ca-cert-file", s.caFile, "--tls-auth-clients", "no")
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return end(cmd) }
	if err := s.start(cmd); err != nil {
		return err
	}
	return waitPort(ctx, s.redis)
}

// redisCLI asks Redis over TLS.
func (s *Stack) redisCLI(ctx context.Context, args ...string) (string, error) {
	all := append([]string{"--tls", "--cacert", s.caFile, "-h", "localhost", "-p", strconv.Itoa(s.redis)}, args...)
	out, err := exec.CommandContext(ctx, "redis-cli", all...).CombinedOutput()
	return string(out), err
}

// certificates makes an authority and a certificate for localhost, good for a day.
func certificates() (ca, cert, key []byte, err error) {
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "howdah run"}, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	caKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	caDER, err := x509.CreateCertificate(rand.Reader, authority, authority, &caKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, nil, err
	}
	leaf := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "localhost"}, NotBefore: authority.NotBefore, NotAfter: authority.NotAfter,
		DNSNames: []string{"localhost"}, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	leafKey, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, nil, nil, err
	}
	der, err := x509.CreateCertificate(rand.Reader, leaf, authority, &leafKey.PublicKey, caKey)
	if err != nil {
		return nil, nil, nil, err
	}
	keyDER, err := x509.MarshalECPrivateKey(leafKey)
	block := func(kind string, data []byte) []byte { return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: data}) }
	return block("CERTIFICATE", caDER), block("CERTIFICATE", der), block("EC PRIVATE KEY", keyDER), err
}

// env is what a production server needs to boot, beside what the stamp says.
func (s *Stack) env(more ...string) []string {
	database := fmt.Sprintf("postgresql://postgres@127.0.0.1:%d/mastodon", s.postgres)
	out := []string{
		"LOCAL_DOMAIN=howdah.example", "SINGLE_USER_MODE=false", "BIND=127.0.0.1", "RAILS_LOG_TO_STDOUT=1", "LOG_LEVEL=warn",
		"DB_HOST=127.0.0.1", "DB_PORT=" + strconv.Itoa(s.postgres), "DB_USER=postgres", "DB_NAME=mastodon", "DB_PASS=", "DATABASE_URL=" + database,
		"REDIS_URL=rediss://localhost:" + strconv.Itoa(s.redis) + "/0", "ES_ENABLED=false", "TRUSTED_PROXY_IP=127.0.0.1/32",
		"SSL_CERT_FILE=" + caInside, "NODE_EXTRA_CA_CERTS=" + caInside,
	}
	out = append(out, secrets()...)
	return append(append(out, s.opt.Env...), more...)
}

// secrets are fixed for a run: nothing outlives it.
var secrets = func() func() []string {
	random := func(n int) string {
		b := make([]byte, n)
		_, _ = rand.Read(b) // never fails
		return hex.EncodeToString(b)
	}
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		panic(err) // the machine has no randomness
	}
	private, _ := key.Bytes()
	public, _ := key.PublicKey.Bytes()
	list := []string{
		"SECRET_KEY_BASE=" + random(64), "OTP_SECRET=" + random(64), "ACTIVE_RECORD_ENCRYPTION_DETERMINISTIC_KEY=" + random(16),
		"ACTIVE_RECORD_ENCRYPTION_KEY_DERIVATION_SALT=" + random(16), "ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY=" + random(16),
		"VAPID_PRIVATE_KEY=" + base64.RawURLEncoding.EncodeToString(private), "VAPID_PUBLIC_KEY=" + base64.RawURLEncoding.EncodeToString(public),
	}
	return func() []string { return list }
}()
