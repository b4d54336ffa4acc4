package imagerun

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/howdah/howdah/internal/process"
)

// webHealth is what the health checks of web and sidekiq in Mastodon's own docker-compose.yml call.
const webHealth = "curl -s --noproxy localhost localhost:%d/health | grep -q OK && ps aux | grep -q '[p]uma'"

// composeHealth runs the health checks of Docker Compose inside the images: Mastodon's own in the web image, the one of
// our override in the streaming image.
func (s *Stack) composeHealth(ctx context.Context) Check {
	c := Check{What: "the health checks of Docker Compose pass"}
	var passed []string
	if s.mastodon { // a miniature's image has no curl
		// In the container that serves: its check looks for Puma among the processes.
		serves := strconv.Itoa(s.web.process("ruby").pid)
		out, err := s.output(process.Command(ctx, "nsenter", "--target="+serves, "--mount", "--pid", "--root", "--wd=/",
			"/bin/sh", "-c", fmt.Sprintf(webHealth, s.webPort)))
		if err != nil {
			return checkOf(c.What, fmt.Errorf("web: %w", err), out)
		}
		passed = append(passed, "web")
	}
	out, err := s.output(s.streaming.command(ctx, s.env("streaming"), s.opt.Health(strconv.Itoa(s.wsPort))...))
	if err != nil {
		return checkOf(c.What, fmt.Errorf("streaming: %w", err), out)
	}
	c.OK, c.Says = true, strings.Join(append(passed, "streaming"), ", ")
	return c
}
