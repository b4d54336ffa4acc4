package imagerun

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strconv"
)

// rootIsReadOnly succeeds where the root cannot be written.
const rootIsReadOnly = `while read -r _ at _ how _; do case "$at $how" in "/ ro" | "/ ro,"*) exit 0 ;; esac; done </proc/mounts
echo "the root can be written"; exit 1`

// readOnly starts both servers once more, from roots that cannot be written, as Kubernetes has them with
// readOnlyRootFilesystem: /tmp is the only volume.
func (s *Stack) readOnly(ctx context.Context) Check {
	c := Check{What: "both servers run from a read-only root, with /tmp as the only volume"}
	for _, server := range []struct {
		who, path string
		container container
	}{
		{"web", "/health", s.web}, {"streaming", "/api/v1/streaming/health", s.streaming},
	} {
		server.container.readOnly = true
		if err := s.serveReadOnly(ctx, server.container, server.who, server.path); err != nil {
			return checkOf(c.What, fmt.Errorf("%s: %w", server.who, err), "")
		}
	}
	c.OK, c.Says = true, "both answer"
	return c
}

// serveReadOnly starts a server, waits until it answers and ends it.
func (s *Stack) serveReadOnly(ctx context.Context, in container, who, path string) error {
	ctx, end := context.WithCancel(ctx)
	defer end()
	if out, err := s.output(in.command(ctx, s.env(who), "/bin/sh", "-c", rootIsReadOnly)); err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	port, err := freePort(ctx)
	if err != nil {
		return err
	}
	p := &program{cmd: in.command(ctx, s.env(who, "PORT="+strconv.Itoa(port), "WEB_CONCURRENCY=1", "MAX_THREADS=3"))}
	if err := s.start(p); err != nil {
		return err
	}
	err = waitFor(ctx, "http://127.0.0.1:"+strconv.Itoa(port)+path, p)
	end()
	_ = s.wait(p) // it was ended from outside
	return err
}

// shownVersion is the version in the JSON that a page is drawn from, where HTML has written its quotes.
var shownVersion = regexp.MustCompile(`(?:"|&quot;)version(?:"|&quot;):(?:"|&quot;)([^"&]+)(?:"|&quot;)`)

// about asks for the page that a browser shows under /about: what it is drawn from has the version.
func (s *Stack) about(ctx context.Context, version string) Check {
	c := Check{What: "the page /about shows " + version}
	if !s.mastodon {
		c.Skip, c.Says = true, "this tree has no such page"
		return c
	}
	code, body, err := get(ctx, s.Web()+"/about")
	if err != nil {
		return checkOf(c.What, err, "")
	}
	shown := shownVersion.FindSubmatch(body)
	switch {
	case code != http.StatusOK:
		c.Says = fmt.Sprintf("it answers %d", code)
	case shown == nil:
		c.Says = fmt.Sprintf("%d bytes without a version", len(body))
	default:
		c.OK, c.Says = string(shown[1]) == version, fmt.Sprintf("version %q in a page of %d bytes", shown[1], len(body))
	}
	return c
}
