//lint:file-ignore ST1005 Docker is a name

package builder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
)

// container builds where there is Docker and nothing else. It is kept between runs, and its volume, which has the same
// name, is the cache.
const container = "howdah-buildkit"

// containerImage is what the container is made from: the BuildKit that the client belongs to.
func containerImage() string { return "moby/buildkit:v" + buildkitd.Version() }

// dockerTime is how long Docker may take to answer with its version.
const dockerTime = 5 * time.Second

// noDocker returns why Docker cannot build here, in its own words, or nil.
func noDocker(ctx context.Context) error {
	asking, cancel := context.WithTimeout(ctx, dockerTime)
	defer cancel()
	cmd := dockerCommand(asking, "version", "--format", "{{.Server.Version}}")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return errors.New("Docker is not installed")
	case asking.Err() != nil && ctx.Err() == nil:
		return fmt.Errorf("Docker does not answer within %s", dockerTime)
	case err != nil && said.Len() > 0:
		return fmt.Errorf("Docker does not answer: %s", complaint(said.Bytes()))
	case err != nil:
		return fmt.Errorf("Docker does not answer: %w", err)
	case len(bytes.TrimSpace(out)) == 0:
		return errors.New("Docker does not answer: its daemon has no version")
	}
	return nil
}

// dockerHint returns what to do about a Docker that does not answer.
func dockerHint(why error) string {
	if strings.Contains(why.Error(), "permission denied") {
		return "let this user use Docker (sudo usermod -aG docker $USER, then log in again), or become root"
	}
	return "see `docker version`"
}

// imageThere reports whether the image is there already, so that nothing is pulled.
func imageThere(ctx context.Context) bool {
	return dockerCommand(ctx, "image", "inspect", containerImage()).Run() == nil
}

// containerNow returns the image of the container, "" if there is no container, and whether it runs.
func containerNow(ctx context.Context) (image string, running bool) {
	out, _ := dockerCommand(ctx, "inspect", "--type=container", "--format", "{{.Config.Image}} {{.State.Running}}",
		container).Output()
	image, state, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return image, state == "true"
}

// docker starts BuildKit as a container of Docker, in place of one of another version. Its network is the host's, so
// that mirrors on loopback are reached as they are from the embedded one.
func (b *Builder) docker(ctx context.Context) (*Node, error) {
	if why := noDocker(ctx); why != nil {
		return nil, fault.New(fault.Usage, "builder = \"docker\", but %w", why).WithHint("%s", dockerHint(why))
	}
	was, running := containerNow(ctx)
	ours := strings.HasSuffix(was, containerImage()) // podman, called docker, names the registry too
	if ours && running {
		return b.dial(ctx, "docker", "docker-container://"+container)
	}
	args := []string{"start", container}
	if !ours {
		if was != "" {
			b.settings.Say("replacing the Docker container %s, which is %s", container, was)
			if err := dockerDo(ctx, "rm", "--force", container); err != nil {
				return nil, err
			}
		}
		pulls := ""
		if !imageThere(ctx) {
			pulls = ": pulls " + containerImage() + ", some 100 MB"
		}
		b.settings.Say("starting BuildKit as the Docker container %s%s", container, pulls)
		args = []string{"run", "--detach", "--privileged", "--network=host", "--name=" + container,
			"--volume=" + container + ":/var/lib/buildkit", containerImage()}
	}
	if err := dockerDo(ctx, args...); err != nil {
		if !ours {
			_ = dockerDo(ctx, "rm", "--force", container) // made, but not started, it would be in the way of the next run
		}
		return nil, err
	}
	n, err := b.dial(ctx, "docker", "docker-container://"+container)
	if err != nil {
		return nil, err
	}
	waiting, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	if err := n.Client.Wait(waiting); err != nil {
		return nil, unreachable(n.Address, err)
	}
	return n, nil
}

// dockerCommand is a docker command in the run's environment, which says where its daemon is.
func dockerCommand(ctx context.Context, args ...string) *exec.Cmd {
	cmd := process.Command(ctx, "docker", args...)
	cmd.Env = environ.Of(ctx)
	return cmd
}

// dockerDo runs docker. Its error has docker's own words.
func dockerDo(ctx context.Context, args ...string) error {
	out, err := dockerCommand(ctx, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	return fault.New(fault.Retry, "starting BuildKit in Docker: %w: %s", err, complaint(out)).
		WithHint("try `docker %s`", strings.Join(args, " "))
}

// complaint returns the line of docker's output that has the error. It is neither the first, which may be about a pull,
// nor the last, which names its help.
func complaint(out []byte) string {
	said := strings.TrimSpace(string(out))
	for line := range strings.Lines(said) {
		if strings.Contains(line, "Error response from daemon") {
			return strings.TrimSpace(line)
		}
	}
	return said[strings.LastIndexByte(said, '\n')+1:]
}
