package daemonlog

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/howdah/howdah/internal/secret"
	"github.com/howdah/howdah/internal/term"
)

// TestMain lets the test's own binary be a program that panics.
func TestMain(m *testing.M) {
	if how := os.Getenv("DAEMONLOG_PANIC"); how != "" {
		panicAs(how)
	}
	os.Exit(m.Run())
}

// panicAs panics in a goroutine with secrets that became known in different ways, or ends without a panic.
func panicAs(how string) {
	secrets := term.NewSecrets()
	ctx := secret.With(context.Background(), secrets)
	stderr, err := Stderr()
	if err != nil {
		os.Exit(99)
	}
	stop, err := MaskPanics(ctx, stderr)
	if err != nil {
		os.Exit(99)
	}
	switch how {
	case "at once":
		secrets.Add("f1rst-canary-value", "s3cond-canary-value")
	case "one after the other":
		secrets.Add("f1rst-canary-value")
		for i := range 200 {
			secrets.Add(fmt.Sprintf("an0ther-value-%d", i))
		}
		secrets.Add("s3cond-canary-value")
	case "no process":
		limit := syscall.Rlimit{Cur: 4, Max: 4}
		if syscall.Setrlimit(syscall.RLIMIT_NOFILE, &limit) != nil {
			os.Exit(99)
		}
		secrets.Add("f1rst-canary-value", "s3cond-canary-value")
	case "after the end":
		secrets.Add("f1rst-canary-value", "s3cond-canary-value")
		log.Print("meanwhile f1rst-canary-value")
		fmt.Fprintln(stderr, "beside it")
		stop()
		fmt.Fprintln(os.Stderr, "afterwards")
		os.Exit(0)
	}
	go panic("with f1rst-canary-value and s3cond-canary-value")
	select {}
}

// TestPanic lets programs panic; a secret that is known when they do is not in what they print.
func TestPanic(t *testing.T) {
	for how, want := range map[string]string{
		"at once":             "panic: with *** and ***\n\ngoroutine ",
		"one after the other": "panic: with *** and ***\n\ngoroutine ",
		"no secret":           "panic: with f1rst-canary-value and s3cond-canary-value\n\ngoroutine ",
		"no process":          "",
		"after the end":       "meanwhile ***\nafterwards\n",
	} {
		cmd := exec.CommandContext(t.Context(), os.Args[0])
		cmd.Env = append(os.Environ(), "DAEMONLOG_PANIC="+how)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		err := cmd.Run()
		if cmd.ProcessState == nil {
			t.Fatal(err)
		}
		code := 2
		if how == "after the end" {
			code = 0
		}
		said := strings.Replace(out.String(), "beside it\n", "", 1)
		if cmd.ProcessState.ExitCode() != code || !strings.Contains(said, want) || want == "" && said != "" ||
			how != "no secret" && strings.Contains(said, "canary") {
			t.Errorf("%s: exit %d, want %d and %q:\n%s", how, cmd.ProcessState.ExitCode(), code, want, &out)
		}
	}
}
