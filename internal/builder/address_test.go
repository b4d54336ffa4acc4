package builder_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
)

// TestMain is also the programs that BuildKit's client runs to reach one elsewhere: docker, podman, ssh and kubectl,
// which here all lead to the socket HOWDAH_TEST_SOCKET.
func TestMain(m *testing.M) {
	socket := os.Getenv("HOWDAH_TEST_SOCKET")
	if socket == "" {
		os.Exit(m.Run())
	}
	log, err := os.OpenFile(os.Getenv("HOWDAH_TEST_LOG"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		os.Exit(1)
	}
	line := strings.Join(append([]string{filepath.Base(os.Getenv("HOWDAH_TEST_NAME"))}, os.Args[1:]...), " ")
	io.WriteString(log, line+"\n")
	log.Close()
	switch {
	case strings.HasSuffix(line, "dial-stdio"):
		os.Exit(pipe(socket))
	case strings.HasPrefix(line, "docker version") && os.Getenv("HOWDAH_TEST_DENIED") != "":
		fmt.Fprintln(os.Stderr, "permission denied while trying to connect to the Docker daemon socket at "+
			"unix:///var/run/docker.sock")
		os.Exit(1)
	case strings.HasPrefix(line, "docker version"):
		io.WriteString(os.Stdout, "28.0.0\n")
	case strings.HasPrefix(line, "docker image inspect"):
		os.Exit(1)
	case strings.HasPrefix(line, "docker inspect"):
		data, _ := os.ReadFile(os.Getenv("HOWDAH_TEST_LOG"))
		if i := strings.LastIndex(string(data), "docker run"); i >= 0 {
			call, _, _ := strings.Cut(string(data[i:]), "\n")
			fmt.Println(call[strings.LastIndexByte(call, ' ')+1:], "true")
		} else if old := os.Getenv("HOWDAH_TEST_OLD"); old != "" {
			fmt.Println(old)
		} else {
			os.Exit(1)
		}
	case strings.HasPrefix(line, "docker run") && os.Getenv("HOWDAH_TEST_REFUSED") != "":
		fmt.Fprintln(os.Stderr, "Unable to find image locally\n"+
			"docker: Error response from daemon: no space left on device\n\nRun 'docker run --help' for more information")
		os.Exit(125)
	}
	os.Exit(0)
}

func pipe(socket string) int {
	c, err := net.Dial("unix", socket)
	if err != nil {
		return 1
	}
	go func() {
		io.Copy(c, os.Stdin)
		c.(*net.UnixConn).CloseWrite()
	}()
	io.Copy(os.Stdout, c)
	return 0
}

// elsewhere puts the programs into PATH and returns the file in which they write how they were called.
func elsewhere(t *testing.T, socket string) string {
	t.Helper()
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	for _, name := range []string{"docker", "podman", "ssh", "kubectl", "nerdctl"} {
		script := "#!/bin/sh\nHOWDAH_TEST_NAME=" + name + " HOWDAH_TEST_SOCKET=" + socket + " HOWDAH_TEST_LOG=" + log +
			" exec " + os.Args[0] + ` "$@"` + "\n"
		if err := os.WriteFile(filepath.Join(dir, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":"+os.Getenv("PATH"))
	return log
}

func socketOf(t *testing.T) string {
	t.Helper()
	s := settings(t)
	b := builder.New(s)
	node(t, b)
	t.Cleanup(func() {
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	})
	return filepath.Join(s.Dir, "buildkitd.sock")
}

func TestEveryKindOfAddress(t *testing.T) {
	log := elsewhere(t, socketOf(t))
	for address, call := range map[string]string{
		"docker-container://one":    "docker exec -i one buildctl dial-stdio",
		"podman-container://two":    "podman exec -i two buildctl dial-stdio",
		"nerdctl-container://three": "nerdctl exec -i three buildctl dial-stdio",
		"kube-pod://four?namespace=build": "kubectl --context= --namespace=build exec --container= -i four -- buildctl " +
			"dial-stdio",
		"ssh://me@five": "ssh -l me -- five buildctl dial-stdio",
	} {
		b := builder.New(builder.Settings{Builder: address})
		if n := node(t, b); n.Address != address || n.Native != "linux/amd64" {
			t.Errorf("%s: %+v", address, n)
		}
		if err := b.Close(); err != nil {
			t.Errorf("%s: %v", address, err)
		}
		data, _ := os.ReadFile(log)
		if !strings.Contains(string(data), call) {
			t.Errorf("%s: %q was not run, but\n%s", address, call, data)
		}
	}
}

// TestDocker: where only Docker is, a container is started once, after saying so, and used again.
func TestDocker(t *testing.T) {
	log := elsewhere(t, socketOf(t))
	var said []string
	for range 2 {
		b := builder.New(builder.Settings{Builder: "docker",
			Say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }})
		if n := node(t, b); n.Kind != "docker" || n.Address != "docker-container://howdah-buildkit" {
			t.Errorf("%+v", n)
		}
		if st, err := b.Status(t.Context()); err != nil || !st.Running || st.Kind != "docker" {
			t.Errorf("status %+v, %v", st, err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
	}
	data, _ := os.ReadFile(log)
	run := "docker run --detach --privileged --network=host --name=howdah-buildkit " +
		"--volume=howdah-buildkit:/var/lib/buildkit moby/buildkit:v" + buildkitd.Version()
	if strings.Count(string(data), "docker run") != 1 || !strings.Contains(string(data), run) {
		t.Errorf("docker was called as\n%s", data)
	}
	if len(said) != 1 || !strings.Contains(said[0], "pulls") {
		t.Errorf("said %q", said)
	}
}

// TestDockerOld: a container of another BuildKit makes room, running or not.
func TestDockerOld(t *testing.T) {
	for _, state := range []string{"true", "false"} {
		t.Setenv("HOWDAH_TEST_OLD", "moby/buildkit:v0.1.0 "+state)
		log := elsewhere(t, socketOf(t))
		var said []string
		b := builder.New(builder.Settings{Builder: "docker",
			Say: func(format string, args ...any) { said = append(said, fmt.Sprintf(format, args...)) }})
		node(t, b)
		data, _ := os.ReadFile(log)
		if rm, run := strings.Index(string(data), "docker rm --force howdah-buildkit\n"),
			strings.Index(string(data), "docker run "); rm < 0 || run < rm {
			t.Errorf("docker was called as\n%s", data)
		}
		if len(said) != 2 || !strings.Contains(said[0], "which is moby/buildkit:v0.1.0") {
			t.Errorf("said %q", said)
		}
	}
}

// TestDockerDenied: a user who may not use Docker reads what Docker says of it, and how to become one who may.
func TestDockerDenied(t *testing.T) {
	t.Setenv("HOWDAH_TEST_DENIED", "1")
	elsewhere(t, socketOf(t))
	b := builder.New(builder.Settings{Builder: "docker", Say: t.Logf})
	_, err := b.Node(t.Context(), "linux/amd64")
	if fault.CodeOf(err) != fault.Usage || !strings.Contains(err.Error(), "permission denied while trying to connect") ||
		!strings.Contains(fault.HintOf(err).String(), "usermod -aG docker") {
		t.Errorf("got %v, hint %q", err, fault.HintOf(err))
	}
}

// TestDockerRefuses: the daemon's own words are the error, and what it made is taken away.
func TestDockerRefuses(t *testing.T) {
	t.Setenv("HOWDAH_TEST_REFUSED", "1")
	log := elsewhere(t, socketOf(t))
	b := builder.New(builder.Settings{Builder: "docker", Say: t.Logf})
	_, err := b.Node(t.Context(), "linux/amd64")
	if fault.CodeOf(err) != fault.Retry ||
		!strings.HasSuffix(err.Error(), "docker: Error response from daemon: no space left on device") {
		t.Errorf("%v", err)
	}
	if data, _ := os.ReadFile(log); !strings.Contains(string(data), "docker rm --force howdah-buildkit") {
		t.Errorf("docker was called as\n%s", data)
	}
}

// TestTLS: over tcp both sides show certificates; without ours there is no connection.
func TestTLS(t *testing.T) {
	socket, dir := socketOf(t), t.TempDir()
	ca, cert := certificates(t, dir)
	listener, err := tls.Listen("tcp", "127.0.0.1:0", &tls.Config{
		Certificates: []tls.Certificate{cert}, ClientCAs: ca, ClientAuth: tls.RequireAndVerifyClientCert,
		NextProtos: []string{"h2"}, MinVersion: tls.VersionTLS12,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	go func() {
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			up, err := net.Dial("unix", socket)
			if err != nil {
				c.Close()
				return
			}
			go func() { io.Copy(up, c); up.Close() }()
			go func() { io.Copy(c, up); c.Close() }()
		}
	}()
	address := "tcp://" + listener.Addr().String()
	b := builder.New(builder.Settings{Builder: address, TLS: func(name string) ([]byte, error) {
		return os.ReadFile(filepath.Join(dir, name))
	}})
	node(t, b)
	if err := b.Close(); err != nil {
		t.Error(err)
	}
	bare := builder.New(builder.Settings{Builder: address})
	if _, err := bare.Node(t.Context(), "linux/amd64"); fault.CodeOf(err) != fault.Retry {
		t.Errorf("without certificates: %v", err)
	}
}

// certificates writes ca.pem, cert.pem and key.pem for 127.0.0.1, good for both sides.
func certificates(t *testing.T, dir string) (*x509.CertPool, tls.Certificate) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "builder"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter:    time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certPEM := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})
	keyPEM := pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: raw})
	for name, data := range map[string][]byte{"ca.pem": certPEM, "cert.pem": certPEM, "key.pem": keyPEM} {
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(certPEM)
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	if err != nil {
		t.Fatal(err)
	}
	return pool, pair
}
