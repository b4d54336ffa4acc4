package builder

import (
	"context"
	"os/exec"
	"strings"
	"time"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
)

// container builds where there is Docker and nothing else. It is kept between runs, and its volume, which has the same
// name, is the cache.
const container = "howdah-buildkit"

// containerImage is what the container is made from: the BuildKit that the client belongs to.
func containerImage() string { return "moby/buildkit:v" + Version() }

func dockerAnswers(ctx context.Context) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	out, err := dockerCommand(ctx, "version", "--format", "{{.Server.Version}}").Output()
	return err == nil && len(strings.TrimSpace(string(out))) > 0
}

// imageThere says that nothing has to be pulled.
func imageThere(ctx context.Context) bool {
	return dockerCommand(ctx, "image", "inspect", containerImage()).Run() == nil
}

// containerNow is the image that the container was made from, "" where there is none, and whether it runs.
func containerNow(ctx context.Context) (image string, running bool) {
	out, _ := dockerCommand(ctx, "inspect", "--type=container", "--format", "{{.Config.Image}} {{.State.Running}}",
		container).Output()
	image, state, _ := strings.Cut(strings.TrimSpace(string(out)), " ")
	return image, state == "true"
}

// docker starts BuildKit as a container of Docker, in place of one of another version. Its network is the host's, so
// that mirrors on loopback are reached as they are from the embedded one.
func (b *Builder) docker(ctx context.Context) (*Node, error) {
	if !dockerAnswers(ctx) {
		return nil, fault.New(fault.Usage, "builder = \"docker\", but Docker does not answer").
			WithHint("see `docker version`")
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
	cmd := exec.CommandContext(ctx, "docker", args...)
	cmd.Env = environ.Of(ctx)
	return cmd
}

// dockerDo runs docker, whose own words are the error.
func dockerDo(ctx context.Context, args ...string) error {
	out, err := dockerCommand(ctx, args...).CombinedOutput()
	if err == nil {
		return nil
	}
	return fault.New(fault.Retry, "starting BuildKit in Docker: %w: %s", err, complaint(out)).
		WithHint("try `docker %s`", strings.Join(args, " "))
}

// complaint is the line of docker's output that says what is wrong: it is neither the first, which may be about a pull,
// nor the last, which leads to its help.
func complaint(out []byte) string {
	said := strings.TrimSpace(string(out))
	for line := range strings.Lines(said) {
		if strings.Contains(line, "Error response from daemon") {
			return strings.TrimSpace(line)
		}
	}
	return said[strings.LastIndexByte(said, '\n')+1:]
}
