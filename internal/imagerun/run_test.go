package imagerun

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/howdah/howdah/internal/term"
)

// The test binary is also what the test's images run: named `serve` it is a server, named otherwise it does nothing.
func TestMain(m *testing.M) {
	switch filepath.Base(os.Args[0]) {
	case "ruby-serve", "node":
		if len(os.Args) > 1 {
			os.Exit(1) // it is to be a program that it is not
		}
		serve()
	case "abandon":
		abandon(os.Args[1:])
	case "tini":
		fmt.Println("bootsnap hit: 95\nbootsnap miss: 5")
	default:
		os.Exit(m.Run())
	}
}

func serve() {
	fmt.Println("the server was given", os.Getenv("GIVEN"))
	http.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/v2/instance" {
			_ = json.NewEncoder(w).Encode(map[string]any{
				"version":       "4.6.0+test." + os.Getenv("STAMP"),
				"configuration": map[string]any{"statuses": map[string]any{"max_characters": 512}},
			})
			return
		}
		fmt.Fprintln(w, "OK")
	})
	err := http.ListenAndServe(net.JoinHostPort(os.Getenv("BIND"), os.Getenv("PORT")), nil)
	fmt.Println(err)
	os.Exit(1)
}

func TestStack(t *testing.T) {
	stack, log := start(t, "/usr/bin/node")
	if c := stack.Prepare(t.Context()); !c.OK {
		t.Fatalf("Prepare: %+v", c)
	}
	if err := stack.Serve(t.Context()); err != nil {
		t.Fatalf("Serve: %v\n%s", err, log())
	}
	dir := stack.dir
	checks := map[string]Check{}
	for _, c := range stack.Checks(t.Context(), "4.6.0+test.1a2b3c4d5") {
		checks[c.What] = c
	}
	for what, says := range map[string]string{
		"/health answers": "200 OK",
		"/api/v2/instance shows 4.6.0+test.1a2b3c4d5": `version "4.6.0+test.1a2b3c4d5", max_characters 512`,
		"the web server runs as user 991":             "is user 991's",
		"the streaming server runs as user 991":       "is user 991's",
		"the first start uses Bootsnap's cache":       "of 100 files 95 were valid",
		"the web image has no Node.js":                "none among",
	} {
		if c := checks[what]; !c.OK || !strings.Contains(c.Says, says) {
			t.Errorf("%s: %+v, want %q", what, c, says)
		}
	}
	for what, says := range map[string]string{
		"jemalloc is loaded in the Ruby process that serves":                             "has not mapped it",
		"streaming talks to a Redis that accepts TLS only":                               "web 0, streaming 0",
		"the streaming image has neither Ruby nor a compiler":                            "/usr/lib/gcc-12 is there",
		"a WebSocket client with a token receives an event published in Redis, over TLS": "",
	} {
		if c := checks[what]; c.OK || c.Skip || !strings.Contains(c.Says, says) {
			t.Errorf("%s passes: %+v", what, c)
		}
	}
	if c := checks["both servers run from a read-only root, with /tmp as the only volume"]; !c.OK {
		t.Errorf("%+v", c)
	}
	if c := stack.composeHealth(t.Context()); !c.OK || c.Says != "streaming" {
		t.Errorf("%+v", c)
	}
	stack.opt.Env = append(stack.opt.Env, "HEALTH=3")
	want := "streaming: exit status 3: asked " + strconv.Itoa(stack.wsPort)
	if c := stack.composeHealth(t.Context()); c.OK || c.Says != want {
		t.Errorf("a health check that fails: %+v", c)
	}
	begin := time.Now()
	if err := stack.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("closing took %s", took)
	}
	if left := processesBelow(t, dir); len(left) > 0 {
		t.Errorf("processes outlive the run: %s", left)
	}
	if text := log(); strings.Contains(text, given) || strings.Count(text, "the server was given ***\n") < 2 {
		t.Errorf("the log is not masked:\n%s", text)
	}
	if _, err := os.Stat(dir); !os.IsNotExist(err) {
		t.Errorf("the folder outlives the run: %v", err)
	}
}

// A server that ends at once is an error at once, and a run that is cancelled ends within two seconds.
func TestServeFails(t *testing.T) {
	stack, _ := start(t, "/usr/bin/tini")
	err := stack.Serve(t.Context())
	if err == nil || !strings.Contains(err.Error(), "the streaming image does not start: it exited") {
		t.Errorf("Serve: %v", err)
	}
}

func TestCancel(t *testing.T) {
	stack, _ := start(t, "/usr/bin/node")
	ctx, cancel := context.WithCancelCause(t.Context())
	because := fmt.Errorf("the test says so")
	time.AfterFunc(300*time.Millisecond, func() { cancel(because) })
	slow := stack.web.command(ctx, nil, "/bin/sh", "-c", "trap '' TERM; sleep 60 & wait; sleep 60")
	begin := time.Now()
	if err := slow.Run(); err == nil {
		t.Error("a cancelled command ends well")
	}
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("it took %s to cancel", took)
	}
	time.Sleep(50 * time.Millisecond) // the kernel takes the rest of the namespace down
	if left := processesBelow(t, stack.web.root); len(left) > 0 {
		t.Errorf("processes outlive the command: %s", left)
	}
}

// given is a secret that the servers print.
const given = "s3cret-of-the-servers"

// start makes two images out of this test's own binary and a shell, and starts their stack.
func start(t *testing.T, streaming string) (*Stack, func() string) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Skip("running images needs root")
	}
	if postgresBin() == "" {
		t.Skip("there is no PostgreSQL: apt-get install postgresql")
	}
	for _, program := range []string{"redis-server", "redis-cli", "unshare"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("there is no %s", program)
		}
	}
	dir := t.TempDir()
	log, err := os.Create(filepath.Join(dir, "log"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { log.Close() })
	pipe, end, err := term.NewSecrets(given).Pipe(log)
	if err != nil {
		t.Fatal(err)
	}
	stack, err := Start(t.Context(), Options{
		Web: testImage(t, "/usr/bin/ruby-serve", []string{"usr/bin/ruby-serve", "usr/bin/tini"}, nil),
		Streaming: testImage(t, streaming, []string{"usr/bin/node", "usr/bin/tini"},
			map[string]string{"usr/lib/gcc-12": "#!/bin/sh\n", "usr/share/doc/ruby": "no program"}),
		Env: []string{"STAMP=1a2b3c4d5", "GIVEN=" + given}, Dir: filepath.Join(dir, "run"), Say: t.Logf, Log: pipe,
		Health: func(port string) []string { return []string{"/bin/sh", "-c", "echo asked " + port + "; exit $HEALTH"} },
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stack.Close() })
	return stack, func() string {
		if err := end(); err != nil {
			t.Error(err)
		}
		data, _ := os.ReadFile(log.Name())
		return string(data)
	}
}

// testImage is an image of a shell, of this binary under some names, and of other files; those with a #! are programs.
func testImage(t *testing.T, entrypoint string, binaries []string, files map[string]string) v1.Image {
	t.Helper()
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string][]byte{"etc/passwd": []byte("root:x:0:0::/:/bin/sh\nmastodon:x:991:991::/:/bin/sh\n")}
	for _, name := range binaries {
		all[name] = self
	}
	for name, content := range files {
		all[name] = []byte(content)
	}
	for _, program := range []string{"/bin/sh", "/bin/sleep", "/proc/self/exe"} {
		for _, name := range append(libraries(t, program), program) {
			if name != "/proc/self/exe" {
				if all[strings.TrimPrefix(name, "/")], err = os.ReadFile(name); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, data := range all {
		mode := int64(0o755)
		if strings.HasPrefix(name, "usr/share/") || strings.HasPrefix(name, "etc/") {
			mode = 0o644
		}
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: mode, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(b.Bytes())), nil
	})
	if err != nil {
		t.Fatal(err)
	}
	img, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		t.Fatal(err)
	}
	img,
		err = mutate.Config(img, v1.Config{User: "mastodon", Entrypoint: []string{entrypoint},
		Env: []string{"PATH=/usr/bin:/bin"}})
	if err != nil {
		t.Fatal(err)
	}
	return img
}

var library = regexp.MustCompile(`(/\S+) \(0x`)

// libraries are what a program is linked to; none when it is static.
func libraries(t *testing.T, program string) (names []string) {
	t.Helper()
	if real, err := filepath.EvalSymlinks(program); err == nil {
		program = real
	}
	out, err := exec.CommandContext(t.Context(), "ldd", program).CombinedOutput()
	if err != nil && !strings.Contains(string(out), "not a dynamic executable") {
		t.Fatalf("ldd %s: %v: %s", program, err, out)
	}
	for _, m := range library.FindAllStringSubmatch(string(out), -1) {
		names = append(names, m[1])
	}
	return names
}

// processesBelow are the processes whose root or working folder is in dir.
func processesBelow(t *testing.T, dir string) (found []string) {
	t.Helper()
	links, err := filepath.Glob("/proc/[0-9]*/[rc][ow][od]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, link := range links {
		if at, err := os.Readlink(link); err == nil && strings.HasPrefix(at, dir) {
			found = append(found, link+" in "+at)
		}
	}
	return found
}

func TestAnonymousCode(t *testing.T) {
	const maps = `55d0c0a00000-55d0c0a21000 r-xp 00001000 fe:00 1234 /usr/local/bin/ruby
7f1100000000-7f1100010000 r-xp 00000000 00:00 0
7f1100010000-7f1108000000 ---p 00000000 00:00 0
7f1200000000-7f1200001000 rwxp 00000000 00:00 0 [anon:Ruby:rb_yjit_reserve_addr_space]
7ffc00000000-7ffc00002000 r-xp 00000000 00:00 0 [vdso]
`
	if n := anonymousCode(maps); n != 0x11000 {
		t.Errorf("%#x bytes, want 0x11000", n)
	}
	if n := anonymousCode(""); n != 0 {
		t.Errorf("%d bytes in nothing", n)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"ruby", "ruby3.3", "irb", "gcc", "gcc-12", "x86_64-linux-gnu-gcc-12", "g++", "cc", "ld",
		"as", "make", "bundle", "bundler"} {
		if !compilers.MatchString(name) {
			t.Errorf("%s is not seen", name)
		}
	}
	for _, name := range []string{"rubyish", "node", "basename", "makeinfo", "cccc", "bash", "gemstone", "old"} {
		if compilers.MatchString(name) {
			t.Errorf("%s is taken for Ruby or a compiler", name)
		}
	}
	if !nodes.MatchString("node") || nodes.MatchString("nodeinfo") || nodes.MatchString("yarn") {
		t.Error("Node.js is not told from others")
	}
}
