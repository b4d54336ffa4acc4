package cli_test

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/miniature"
)

// machine is a BuildKit in a network namespace of its own, which stands for another machine.
type machine struct {
	t       *testing.T
	name    string // of the namespace
	address string
	dir     string // its certificates, its settings and its state
	daemon  *exec.Cmd
}

// newMachine makes the n-th machine; the test is skipped where this one may not.
func newMachine(t *testing.T, n int, tls string) *machine {
	t.Helper()
	m := &machine{t: t, name: fmt.Sprintf("howdah-%d-%d", os.Getpid(), n), dir: t.TempDir()}
	t.Cleanup(m.unmount)
	subnet := fmt.Sprintf("10.%d.%d.%d", 200+os.Getpid()%50, os.Getpid()/50%250, 4*n)
	ip := func(args ...string) {
		t.Helper()
		if out, err := exec.CommandContext(t.Context(), "ip", args...).CombinedOutput(); err != nil {
			t.Skipf("skipped: this machine makes no network namespaces: ip %s: %v %s", strings.Join(args, " "), err, out)
		}
	}
	host := func(i int) string { return subnet[:strings.LastIndex(subnet, ".")+1] + fmt.Sprint(4*n+i) }
	ip("netns", "add", m.name)
	t.Cleanup(func() { _ = exec.Command("ip", "netns", "delete", m.name).Run() })
	outer, inner := fmt.Sprintf("hwd%da%d", n, os.Getpid()%100000), fmt.Sprintf("hwd%db%d", n, os.Getpid()%100000)
	ip("link", "add", outer, "type", "veth", "peer", "name", inner, "netns", m.name)
	ip("address", "add", host(1)+"/30", "dev", outer)
	ip("link", "set", outer, "up")
	ip("-n", m.name, "address", "add", host(2)+"/30", "dev", inner)
	ip("-n", m.name, "link", "set", inner, "up")
	ip("-n", m.name, "link", "set", "lo", "up")
	m.address = "tcp://" + host(2) + ":1234"
	settings := fmt.Sprintf("root = %q\n[grpc]\n  address = [%q]\n  [grpc.tls]\n    ca = %q\n    cert = %q\n"+
		"    key = %q\n[worker.oci]\n  networkMode = \"host\"\n  gc = false\n[worker.containerd]\n  enabled = false\n"+
		"[cdi]\n  disabled = true\n",
		filepath.Join(m.dir, "state"), m.address, filepath.Join(tls, "ca.pem"), filepath.Join(tls, "cert.pem"),
		filepath.Join(tls, "key.pem"))
	if err := os.WriteFile(filepath.Join(m.dir, "buildkitd.toml"), []byte(settings), 0o600); err != nil {
		t.Fatal(err)
	}
	return m
}

// start starts the BuildKit and waits until it listens.
func (m *machine) start(program string) {
	m.t.Helper()
	m.daemon = exec.Command("nsenter", "--net=/run/netns/"+m.name, program, "--config",
		filepath.Join(m.dir, "buildkitd.toml"))
	var said bytes.Buffer
	m.daemon.Stdout, m.daemon.Stderr, m.daemon.WaitDelay = &said, &said, time.Second // steps may outlive it
	if err := m.daemon.Start(); err != nil {
		m.t.Fatal(err)
	}
	m.t.Cleanup(m.kill)
	at := strings.TrimPrefix(m.address, "tcp://")
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(100 * time.Millisecond) {
		if c, err := net.DialTimeout("tcp", at, time.Second); err == nil {
			c.Close()
			return
		}
	}
	m.kill()
	m.t.Fatalf("no BuildKit at %s:\n%s", m.address, said.String())
}

// kill ends the BuildKit as a power cut would.
func (m *machine) kill() {
	_ = m.daemon.Process.Kill()
	_ = m.daemon.Wait()
}

// unmount takes down what a killed BuildKit left mounted.
func (m *machine) unmount() {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		m.t.Error(err)
	}
	lines := strings.Split(string(mounts), "\n")
	slices.Reverse(lines)
	for _, line := range lines {
		if at := strings.Fields(line); len(at) > 4 && strings.HasPrefix(at[4], m.dir+"/") {
			if out, err := exec.Command("umount", "--lazy", at[4]).CombinedOutput(); err != nil {
				m.t.Errorf("umount %s: %v %s", at[4], err, out)
			}
		}
	}
}

// TestTwoBuilders builds two platforms on two BuildKits that are reached over TLS. One is killed in mid-build, comes
// back, and is killed again: it is named, tried once more, and the run ends with exit 6 and what to do. The same
// command then ends well. While it is away it is named before anything starts.
func TestTwoBuilders(t *testing.T) {
	if os.Getenv("HOWDAH_TEST_BUILDERS") == "" {
		t.Skip("skipped: starts BuildKit in two network namespaces: set HOWDAH_TEST_BUILDERS=1")
	}
	if runtime.GOARCH != "amd64" || os.Geteuid() != 0 {
		t.Skip("skipped: two BuildKits in network namespaces need root on an amd64 processor, which runs one program " +
			"for both platforms")
	}
	for _, program := range []string{"ip", "nsenter", "runc", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("skipped: %s is not installed", program)
		}
	}
	dir, buildkitd := t.TempDir(), buildkitdProgram(t)
	tls := filepath.Join(dir, "tls")
	near, far := newMachine(t, 1, tls), newMachine(t, 2, tls)
	writeCertificates(t, tls, near.address, far.address)
	mark := fmt.Sprintf("mark-two-%d-", os.Getpid())
	config := steppingDistribution(t, dir, mark)
	near.start(buildkitd)
	image := func() (*exec.Cmd, *bytes.Buffer) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		t.Cleanup(cancel)
		cmd := exec.CommandContext(ctx, compiled(t), "image:build")
		cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGQUIT) } // it says what it waits for
		var said bytes.Buffer
		cmd.Stdout, cmd.Stderr, cmd.WaitDelay = &said, &said, 10*time.Second
		cmd.Env = append(os.Environ(), "HOWDAH_CONFIG="+config,
			"HOWDAH_PATCHES="+filepath.Join(filepath.Dir(config), "changes"),
			"HOWDAH_CACHE="+filepath.Join(dir, "cache"), "HOWDAH_TLS="+tls,
			"HOWDAH_PLATFORMS=linux/amd64,linux/386", "HOWDAH_BUILDER=linux/amd64="+near.address+",linux/386="+far.address,
			"CI=true", "GITHUB_OUTPUT=", "GITHUB_STEP_SUMMARY=")
		return cmd, &said
	}
	expect := func(cmd *exec.Cmd, said *bytes.Buffer, code int, words ...string) {
		t.Helper()
		if got := cmd.ProcessState.ExitCode(); got != code {
			t.Fatalf("exit %d, expected %d:\n%s", got, code, said)
		}
		for _, word := range words {
			if !strings.Contains(said.String(), word) {
				t.Errorf("%q is not in what it said:\n%s", word, said)
			}
		}
	}

	cmd, said := image()
	_ = cmd.Run()
	expect(cmd, said, 75, "reaching the BuildKit at "+far.address, "builder:status")
	if strings.Contains(said.String(), "RUN") {
		t.Errorf("something was built:\n%s", said)
	}

	far.start(buildkitd)
	cmd, said = image()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		waitForStep(t, mark, said)
		far.kill()
		endSteps(t, mark, syscall.SIGKILL)
		far.start(buildkitd)
	}
	_ = cmd.Wait()
	expect(cmd, said, 6, "the BuildKit at "+far.address+" for linux/386 went away in mid-build, and once more when it "+
		"was tried again", "builder:status", "the same command")
	if left, _ := filepath.Glob(filepath.Join(filepath.Dir(config), "dist", "images", "*")); len(left) > 0 {
		t.Errorf("left %s", left)
	}

	cmd, said = image()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitForStep(t, mark, said)
	endSteps(t, mark, syscall.SIGTERM)
	_ = cmd.Wait()
	expect(cmd, said, 0)
}

// steppingDistribution is a distribution of the miniature, both of whose images run a program that, on 386 only, sleeps
// until SIGTERM. It keeps no state: a BuildKit that is killed may lose what its cache mounts hold.
func steppingDistribution(t *testing.T, dir, mark string) string {
	t.Helper()
	up, err := cli.WriteUpstream(filepath.Join(dir, "miniature", "mastodon.git"))
	mine := filepath.Join(dir, "mine")
	if err == nil {
		err = miniature.WriteDistribution(mine, up.Dir, up)
	}
	overlay := filepath.Join(mine, "changes", "overlays", "step", "vendor")
	if err == nil {
		err = os.MkdirAll(overlay, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
	step := exec.CommandContext(t.Context(), "go", "build", "-ldflags=-s -w", "-o", filepath.Join(overlay, "step"),
		"../image/testdata/step")
	step.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64") // not every kernel runs programs for 386
	if out, err := step.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	files := map[string]string{
		"changes/series.toml": "[[change]]\nname = \"step\"\nwhy = \"A program that waits.\"\noverlay = \"step\"\n",
	}
	for _, role := range []string{"web", "streaming"} {
		files["docker/"+role+".Dockerfile"] = "FROM scratch\nARG TARGETARCH\nCOPY --chmod=755 vendor/step /step\n" +
			"RUN [\"/step\", \"wait\", \"" + mark + role + "\"]\n"
	}
	for name, text := range files {
		err := os.MkdirAll(filepath.Dir(filepath.Join(mine, name)), 0o755)
		if err == nil {
			err = os.WriteFile(filepath.Join(mine, name), []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	config := filepath.Join(mine, "howdah.toml")
	data, err := os.ReadFile(config)
	if err != nil {
		t.Fatal(err)
	}
	before, _, found := strings.Cut(string(data), "args = {") // those of the miniature's own Dockerfiles
	if !found {
		t.Fatal("the miniature's howdah.toml has no args")
	}
	if err := os.WriteFile(config, []byte(before), 0o644); err != nil {
		t.Fatal(err)
	}
	return config
}

// buildkitdProgram is the BuildKit of the pinned module, compiled once a machine.
func buildkitdProgram(t *testing.T) string {
	t.Helper()
	cache, err := os.UserCacheDir()
	if err != nil {
		t.Skip(err)
	}
	program := filepath.Join(cache, "howdah-test", "buildkitd-"+buildkitd.Version())
	if _, err := os.Stat(program); err != nil {
		cmd := exec.CommandContext(t.Context(), "go", "build", "-o", program, "github.com/moby/buildkit/cmd/buildkitd")
		cmd.Dir = "../../tools"
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
	}
	return program
}

// sleeping are the processes of builds for 386 that have the mark among their arguments.
func sleeping(mark string) (pids []int) {
	names, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil || !bytes.HasPrefix(data, []byte("/step\x00")) || !bytes.Contains(data, []byte(mark)) {
			continue
		}
		environ, err := os.ReadFile(filepath.Join(filepath.Dir(name), "environ"))
		var pid int
		if err == nil && bytes.Contains(environ, []byte("TARGETARCH=386\x00")) {
			if _, err := fmt.Sscanf(name, "/proc/%d/", &pid); err == nil {
				pids = append(pids, pid)
			}
		}
	}
	return pids
}

// waitForStep waits until the builds of both images sleep.
func waitForStep(t *testing.T, mark string, said *bytes.Buffer) {
	t.Helper()
	for range 1800 {
		if len(sleeping(mark)) == 2 {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("%d of 2 builds came to their step within three minutes:\n%s", len(sleeping(mark)), said)
}

// endSteps ends the steps that sleep: what a killed BuildKit left running, or with SIGTERM well.
func endSteps(t *testing.T, mark string, how os.Signal) {
	t.Helper()
	for range 600 {
		all := sleeping(mark)
		if len(all) == 0 {
			return
		}
		for _, pid := range all {
			if p, err := os.FindProcess(pid); err == nil {
				_ = p.Signal(how)
			}
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatalf("a step does not end on %s", how)
}

// writeCertificates writes ca.pem, cert.pem and key.pem for the hosts of addresses, good for both sides.
func writeCertificates(t *testing.T, dir string, addresses ...string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "builders"}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(24 * time.Hour), IsCA: true, BasicConstraintsValid: true,
		KeyUsage:    x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign,
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	for _, address := range addresses {
		host, _, err := net.SplitHostPort(strings.TrimPrefix(address, "tcp://"))
		if err != nil {
			t.Fatal(err)
		}
		template.IPAddresses = append(template.IPAddresses, net.ParseIP(host))
	}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalECPrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, block := range map[string]*pem.Block{
		"ca.pem": {Type: "CERTIFICATE", Bytes: cert}, "cert.pem": {Type: "CERTIFICATE", Bytes: cert},
		"key.pem": {Type: "EC PRIVATE KEY", Bytes: secret},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}
