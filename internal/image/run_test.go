package image_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/howdah/howdah/internal/builder"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/frontend"
	"github.com/howdah/howdah/internal/image"
)

// stepFolder is a folder with the program testdata/step in it, linked statically.
var stepFolder = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "howdah-step")
	if err != nil {
		return "", err
	}
	cmd := exec.Command("go", "build", "-o", filepath.Join(dir, "step"), "./testdata/step")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w: %s", err, out)
	}
	return dir, nil
})

// stepSpec is an image that runs steps of the test program.
func stepSpec(t *testing.T, steps ...string) image.Spec {
	t.Helper()
	dir, err := stepFolder()
	if err != nil {
		t.Fatal(err)
	}
	return runSpec(dir, steps...)
}

func runSpec(dir string, steps ...string) image.Spec {
	return image.Spec{
		Name: "stepping", Platforms: []string{"linux/amd64"}, Bases: map[string]string{"tools": dir},
		Dockerfile: frontend.Dockerfile{Name: "docker/steps.Dockerfile",
			Data: []byte("FROM scratch\nCOPY --from=tools /step /step\n" + strings.Join(steps, "\n") + "\n")},
	}
}

func TestMain(m *testing.M) {
	if dir := os.Getenv("HOWDAH_TEST_BUILD"); dir != "" {
		os.Exit(buildForever(dir))
	}
	code := m.Run()
	if dir, err := stepFolder(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// buildForever is a build that does not end, in a process that a test kills.
func buildForever(dir string) int {
	b := builder.New(builder.Settings{Builder: "embedded", Dir: dir, Tools: "../../tools/go.mod"})
	s := runSpec(os.Getenv("HOWDAH_TEST_STEP"), `RUN ["/step", "sleep", "`+os.Getenv("HOWDAH_TEST_MARK")+`"]`)
	_, err := image.BuildOne(context.Background(), b, s, filepath.Join(dir, "layout"), image.Progress{Out: os.Stderr})
	fmt.Fprintln(os.Stderr, err)
	return 1
}

func TestFailingStep(t *testing.T) {
	b := openBuilder(t)
	_, err := image.BuildOne(t.Context(), b, stepSpec(t, "", `RUN ["/step", "fail"]`),
		filepath.Join(t.TempDir(), "layout"), image.Progress{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != fault.Build || f.Line != 4 {
		t.Fatalf("got %v, want code 6 at line 4", err)
	}
	text := err.Error()
	for _, want := range []string{"docker/steps.Dockerfile:4: ", `building image "stepping"`, `RUN ["/step", "fail"]`,
		"exit code 42", "\n    | line 11\n", "\n    | line 30"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in the error:\n%s", want, text)
		}
	}
	if strings.Contains(text, "| line 10\n") {
		t.Errorf("more than the last 20 lines:\n%s", text)
	}
}

func TestSecretsLeaveNoTrace(t *testing.T) {
	b := openBuilder(t)
	const canary = "c4n4ry-of-this-test"
	s := stepSpec(t, `RUN --mount=type=secret,id=ca ["/step", "secret", "ca"]`,
		`RUN --mount=type=secret,id=token ["/step", "secret", "token"]`)
	s.CA, s.Secrets = []byte(canary+"-ca"), map[string][]byte{"token": []byte(canary)}
	s.Proxy = map[string]string{"HTTPS_PROXY": "http://" + canary + ".invalid:1"}
	dir := filepath.Join(t.TempDir(), "layout")
	first, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{})
	if err != nil {
		t.Fatal(err)
	}
	if list := files(t, dir); !strings.Contains(list, "length 644") {
		t.Errorf("the step did not run:\n%s", list)
	}
	if n := count(t, dir, canary); n != 0 {
		t.Errorf("the canary is %d times in the layout", n)
	}
	s.Secrets["token"], s.CA = []byte("another"), []byte("another")
	in, err := s.Inputs(t.Context(), "linux/amd64")
	if err != nil || in != first.Platforms[0].Inputs {
		t.Errorf("with other secrets the inputs are %s, %v", in, err)
	}
}

// TestMount: a folder takes the place of an empty stage while a step runs, and leaves nothing in the image.
func TestMount(t *testing.T) {
	b := openBuilder(t)
	s := stepSpec(t, `RUN --mount=type=bind,from=gems,target=/run/secrets ["/step", "secret", "a.gem"]`)
	s.Dockerfile.Data = append([]byte("FROM scratch AS gems\n"), s.Dockerfile.Data...)
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "a.gem"), []byte("c4n4ry-of-a-mirror"), 0o644); err != nil {
		t.Fatal(err)
	}
	s.Mounts = map[string]string{"gems": folder}
	dir := filepath.Join(t.TempDir(), "layout")
	if _, err := image.BuildOne(t.Context(), b, s, dir, image.Progress{}); err != nil {
		t.Fatal(err)
	}
	if list := files(t, dir); !strings.Contains(list, "length 644") || count(t, dir, "c4n4ry-of-a-mirror") != 0 {
		t.Errorf("the image holds\n%s", list)
	}
}

func TestCancelEndsTheStep(t *testing.T) {
	b := openBuilder(t)
	mark := "mark-cancel-" + filepath.Base(t.TempDir())
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		waitFor(t, mark, true, 60*time.Second)
		cancel()
	}()
	_, err := image.BuildOne(ctx, b, stepSpec(t, `RUN ["/step", "sleep", "`+mark+`"]`),
		filepath.Join(t.TempDir(), "layout"), image.Progress{})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want cancelled", err)
	}
	waitFor(t, mark, false, 2*time.Second)
}

// TestDaemonDies: the end of the daemon under a build is told as such, and dir is as it was.
func TestDaemonDies(t *testing.T) {
	b := openBuilder(t)
	mark := "mark-daemon-" + filepath.Base(t.TempDir())
	if _, err := b.Node(t.Context(), "linux/amd64"); err != nil {
		t.Fatal(err)
	}
	pid := daemonPID(t, b)
	go func() {
		waitFor(t, mark, true, 60*time.Second)
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}()
	dir := filepath.Join(t.TempDir(), "layout")
	_, err := image.BuildOne(t.Context(), b, stepSpec(t, `RUN ["/step", "sleep", "`+mark+`"]`), dir, image.Progress{})
	if fault.CodeOf(err) != fault.Build || !strings.Contains(fault.HintOf(err).String(), "builder:status") {
		t.Errorf("got %v (hint %q)", err, fault.HintOf(err).String())
	}
	waitFor(t, mark, false, 3*time.Second)
	if left, _ := filepath.Glob(dir + "*"); len(left) > 0 {
		t.Errorf("left %s", left)
	}
}

// TestKillLeavesNothing kills a building process with SIGKILL: daemon and step end too, and the next build works.
func TestKillLeavesNothing(t *testing.T) {
	openBuilder(t) // skips where there is none
	step, err := stepFolder()
	if err != nil {
		t.Fatal(err)
	}
	dir, mark := buildkitDir(t), "mark-kill-"+filepath.Base(t.TempDir())
	cmd := exec.Command(os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), "HOWDAH_TEST_BUILD="+dir, "HOWDAH_TEST_STEP="+step, "HOWDAH_TEST_MARK="+mark)
	var said bytes.Buffer
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitFor(t, mark, true, 60*time.Second)
	if t.Failed() {
		t.Fatal(said.String())
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	waitFor(t, mark, false, 3*time.Second)
	waitFor(t, filepath.Join(dir, "buildkitd.toml"), false, 3*time.Second)

	b := builder.New(builder.Settings{Builder: "embedded", Dir: dir, Tools: "../../tools/go.mod", Say: t.Logf})
	defer b.Close()
	if _, err := image.BuildOne(t.Context(), b, runSpec(step, `RUN ["/step", "write", "/x", "y"]`),
		filepath.Join(t.TempDir(), "layout"), image.Progress{}); err != nil {
		t.Errorf("after the kill: %v", err)
	}
}

// waitFor waits until a process with the text in its command line is there, or is gone.
func waitFor(t *testing.T, text string, there bool, within time.Duration) {
	t.Helper()
	began := time.Now()
	for ; time.Since(began) < within; time.Sleep(20 * time.Millisecond) {
		if (len(processes(text)) > 0) == there {
			t.Logf("%s %v after %s", text, there, time.Since(began).Round(time.Millisecond))
			return
		}
	}
	t.Errorf("after %s: processes with %q: %v", within, text, processes(text))
}

func processes(text string) (pids []string) {
	lines, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, name := range lines {
		data, err := os.ReadFile(name)
		if err == nil && bytes.Contains(data, []byte(text)) && !bytes.Contains(data, []byte("-test.")) {
			pids = append(pids, strings.Split(name, "/")[2]+" "+string(bytes.ReplaceAll(data, []byte{0}, []byte(" "))))
		}
	}
	return pids
}
