package image

import (
	"context"
	"errors"
	"fmt"
	"strings"

	gatewaypb "github.com/moby/buildkit/frontend/gateway/pb"
	"github.com/moby/buildkit/solver/errdefs"

	"github.com/howdah/howdah/internal/apt"
	"github.com/howdah/howdah/internal/fault"
)

// explain converts BuildKit's error to a fault: the Dockerfile's line, the step, the last lines of its output.
func (s Spec) explain(ctx context.Context, err error, w *watch) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("building image %q: %w", s.Name, cause)
	}
	step, log := w.failed()
	text := err.Error()
	f := fault.New(fault.Build, "building image %q: %w", s.Name, err)
	var gone *lost
	switch {
	case errors.As(err, &gone):
		return gone.fault(s.Name)
	case contains(text, "no space left on device", "disk quota exceeded"):
		f = f.WithHint("the disk is full; this empties Howdah's own caches: %s",
			fault.Command{Target: "cache:prune", Args: []string{"-all"}})
	case contains(text, "401 Unauthorized", "403 Forbidden", "insufficient_scope", "authorization failed",
		"pull access denied"):
		f.Code = fault.Auth
		f = f.WithHint("set DOCKERHUB_USERNAME and DOCKERHUB_TOKEN, or docker login; or build base images without a pull: %s",
			fault.Command{Target: "base:build"})
	case contains(text, "failed to resolve source metadata", "failed to do request", "failed to copy: httpReadSeeker"):
		f.Code = fault.Retry
		f = f.WithHint("a base image cannot be reached; this builds base images from packages, without a pull: %s",
			fault.Command{Target: "base:build"})
	case contains(text, "failed to mount") && contains(text, "operation not permitted", "permission denied"):
		f = f.WithHint("the builder may not mount file systems: start its container with --privileged, or name another " +
			"builder with BUILDKIT_HOST")
	case wentAway(err):
		f = f.WithHint("the BuildKit went away; see its state: %s", fault.Command{Target: "builder:status"})
	case step != nil:
		var exit *gatewaypb.ExitError
		how := step.Error
		if errors.As(err, &exit) {
			how = fmt.Sprintf("exit code %d", exit.ExitCode)
		}
		f = fault.New(fault.Build, "building image %q: %s: %s%s", s.Name, beginning(step.Name), how, quote(log))
		said := strings.Join(log, "\n")
		if hint := apt.Hint(said); hint != "" {
			f = f.WithHint("%s", hint)
		} else if contains(said, untrusted...) {
			f = f.WithHint("the certificate is of a proxy, it seems: name the file of its CA in ca under [build], or in " +
				"HOWDAH_CA")
		} else if contains(said, unreachable...) {
			f = f.WithHint("the builder cannot reach that address: try again later, or name a mirror under [build]: " +
				"debian_mirror, gem_mirror, npm_registry or git_mirror")
		}
	}
	if line := s.line(err); line > 0 {
		f = f.At(s.Dockerfile.Name, line)
	}
	return f
}

// untrusted is what npm, Ruby, curl, git, yarn and Go print of a certificate whose CA they do not know.
var untrusted = []string{"SELF_SIGNED_CERT_IN_CHAIN", "UNABLE_TO_VERIFY_LEAF_SIGNATURE",
	"UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "self-signed certificate", "self signed certificate",
	"unable to get local issuer certificate", "certificate verify failed",
	"server certificate verification failed", "certificate signed by unknown authority"}

// unreachable is what git, curl, Ruby, npm, yarn and Go print of an address that they cannot reach.
var unreachable = []string{"Could not resolve host", "getaddrinfo", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT",
	"ECONNREFUSED", "Network is unreachable", "No route to host", "Connection timed out", "Connection refused",
	"Failed to open TCP connection", "no such host"}

// beginning shortens a step's name, which for a RUN has its whole script.
func beginning(step string) string {
	const most = 100
	if r := []rune(step); len(r) > most {
		return string(r[:most]) + "…"
	}
	return step
}

// quote returns a step's last lines, to follow the message, without empty ones.
func quote(lines []string) string {
	var b strings.Builder
	for _, line := range lines {
		if line = strings.TrimRight(line, "\r "); line != "" {
			b.WriteString("\n    | " + line)
		}
	}
	return b.String()
}

// line returns the Dockerfile's line that an error names, or 0.
func (s Spec) line(err error) int {
	for _, source := range errdefs.Sources(err) {
		if source.Info != nil && source.Info.Filename == s.Dockerfile.Base() && len(source.Ranges) > 0 {
			return int(source.Ranges[0].Start.Line)
		}
	}
	return 0
}

func contains(text string, any ...string) bool {
	for _, part := range any {
		if strings.Contains(text, part) {
			return true
		}
	}
	return false
}
