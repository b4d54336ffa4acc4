package cli_test

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"fmt"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/status"
)

// certified is a distribution's howdah.toml with a builder over tcp, and the three files of its [build] tls.
func certified(t *testing.T, b *bench, address string) map[string]any {
	t.Helper()
	dir := t.TempDir()
	writeCertificates(t, dir, address)
	files := map[string]any{}
	for _, name := range []string{"ca.pem", "cert.pem", "key.pem"} {
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		files["tls/"+name] = string(data)
	}
	config, err := os.ReadFile(filepath.Join(b.mine, "howdah.toml"))
	if err != nil {
		t.Fatal(err)
	}
	others := regexp.MustCompile(`(?m)^builder = .*\n`).ReplaceAllString(string(config), "")
	files["howdah.toml"] = strings.Replace(others, "[build]\n",
		fmt.Sprintf("[build]\nbuilder = %q\ntls = \"tls\"\n", address), 1)
	return files
}

// keyLines are the lines of private keys that are secret.
func keyLines(keys string) []string {
	return slices.DeleteFunc(strings.Fields(keys), func(line string) bool { return len(line) < 20 })
}

// echoKey is a builder over TLS that answers everything with the key that its user has, in several forms.
func echoKey(t *testing.T) (address string, learn func(files map[string]any)) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return "tcp://" + listener.Addr().String(), func(files map[string]any) {
		cert, key := []byte(files["tls/cert.pem"].(string)), files["tls/key.pem"].(string)
		pair, err := tls.X509KeyPair(cert, []byte(key))
		if err != nil {
			t.Fatal(err)
		}
		ours := x509.NewCertPool()
		ours.AppendCertsFromPEM(cert)
		server := grpc.NewServer(grpc.Creds(credentials.NewTLS(&tls.Config{Certificates: []tls.Certificate{pair},
			ClientCAs: ours, ClientAuth: tls.RequireAndVerifyClientCert, MinVersion: tls.VersionTLS12})),
			grpc.UnknownServiceHandler(func(any, grpc.ServerStream) error {
				return status.Errorf(codes.PermissionDenied, "your key is %s, or %q, or %s, or %s", key, key,
					strings.Join(keyLines(key), ""), base64.StdEncoding.EncodeToString([]byte(key)))
			}))
		go func() { _ = server.Serve(listener) }()
		t.Cleanup(server.Stop)
	}
}

// TestCertificates: files of [build] tls that are no certificates are refused with exit 2, by name; a key that others
// may read is warned of; and no line of the key is printed, also where the builder gives it back.
// With -short it takes each third of them.
func TestCertificates(t *testing.T) {
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	b := newBench(t)
	address, learn := echoKey(t)
	good := certified(t, b, address)
	learn(good)
	key := good["tls/key.pem"].(string)
	for i, c := range []struct {
		name  string
		files map[string]any
		mode  os.FileMode // of key.pem
		exit  int
		says  string
	}{
		{"the builder gives the key back", nil, 0o600, 75, "your key is ***"},
		{"others may read the key", nil, 0o604, 75,
			`every user of this machine can read the private key "mine/tls/key.pem"`},
		{"everybody may read the key", nil, 0o644, 75, `chmod 600 mine/tls/key.pem`},
		{"the group may read the key", nil, 0o640, 75, "your key is ***"},
		{"no certificate of an authority", map[string]any{"tls/ca.pem": "none\n"}, 0o600, 2, "ca.pem has no certificate"},
		{"an empty certificate", map[string]any{"tls/cert.pem": ""}, 0o600, 2, "cert.pem with key.pem"},
		{"an empty key", map[string]any{"tls/key.pem": ""}, 0o600, 2, "cert.pem with key.pem"},
		{"another key", map[string]any{"tls/key.pem": certified(t, b, address)["tls/key.pem"]}, 0o600, 2,
			"private key does not match public key"},
		{"a damaged key", map[string]any{"tls/key.pem": strings.Replace(key, "M", "N", 1)}, 0o600, 2,
			"cert.pem with key.pem"},
		{"a key cut off", map[string]any{"tls/key.pem": key[:len(key)/2]}, 0o600, 2, "cert.pem with key.pem"},
		{"a key in the certificate's place", map[string]any{"tls/cert.pem": key}, 0o600, 2, "cert.pem with key.pem"},
		{"a key with a passphrase", map[string]any{"tls/key.pem": "-----BEGIN ENCRYPTED PRIVATE KEY-----\n" +
			base64Std(strings.Repeat("encrypted ", 9)) + "\n-----END ENCRYPTED PRIVATE KEY-----\n"},
			0o600, 2, "without a passphrase"},
		{"a key of more than a mebibyte", map[string]any{"tls/key.pem": key + strings.Repeat("#\n", 1<<19)}, 0o600, 2,
			"mine/tls/key.pem: the file has "},
		{"no key", map[string]any{"tls/key.pem": nil}, 0o600, 2, "mine/tls/key.pem: reading the file: no such file"},
		{"no folder", map[string]any{"tls/key.pem": nil, "tls/cert.pem": nil, "tls/ca.pem": nil, "tls": nil}, 0o600, 2,
			`mine/howdah.toml:`},
	} {
		if testing.Short() && i%3 != 0 {
			continue
		}
		t.Run(c.name, func(t *testing.T) {
			input := badInput{name: c.name, files: map[string]any{}, args: []string{"builder:status"}}
			maps.Copy(input.files, good)
			maps.Copy(input.files, c.files)
			secret := key
			if other, ok := input.files["tls/key.pem"].(string); ok {
				secret += other
			}
			input.make = func(_ *bench, dir string) error {
				if input.files["tls/key.pem"] == nil {
					return os.RemoveAll(filepath.Join(dir, "mine", "tls", "key.pem"))
				}
				return os.Chmod(filepath.Join(dir, "mine", "tls", "key.pem"), c.mode)
			}
			if c.name == "no folder" {
				input.make = func(_ *bench, dir string) error { return os.RemoveAll(filepath.Join(dir, "mine", "tls")) }
			}
			code, out, _ := b.run(t, input)
			if code != c.exit || !strings.Contains(out, c.says) ||
				strings.Contains(out, "every user of this machine") != (c.mode&0o004 != 0) {
				t.Errorf("exit %d, want %d and %q\n%s", code, c.exit, c.says, out)
			}
			for _, line := range keyLines(secret) {
				if strings.Contains(out, line[:20]) || strings.Contains(out, line[len(line)-20:]) {
					t.Errorf("a line of the key is printed:\n%s", out)
				}
			}
		})
	}
}
