package builder

import (
	"context"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/moby/buildkit/client"
	_ "github.com/moby/buildkit/client/connhelper/dockercontainer" // docker-container://
	_ "github.com/moby/buildkit/client/connhelper/kubepod"         // kube-pod://
	_ "github.com/moby/buildkit/client/connhelper/nerdctlcontainer"
	_ "github.com/moby/buildkit/client/connhelper/podmancontainer"
	_ "github.com/moby/buildkit/client/connhelper/ssh"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
)

// find opens the BuildKit that a choice names.
func (b *Builder) find(ctx context.Context, choice string) (*Node, error) {
	kind, address, err := b.resolve(ctx, choice)
	if err != nil {
		return nil, err
	}
	switch kind {
	case "embedded":
		return b.embedded(ctx)
	case "docker":
		return b.docker(ctx)
	}
	return b.dial(ctx, kind, address)
}

// Needs returns what the builder would install, compile or pull here before the first build, in words. It is an error
// if no BuildKit can be used.
func (b *Builder) Needs(ctx context.Context) ([]string, error) {
	kind, _, err := b.resolve(ctx, b.settings.Builder)
	if err != nil {
		return nil, err
	}
	var needs []string
	switch kind {
	case "embedded":
		if err := canEmbed(); err != nil {
			return nil, err
		}
		switch from, _ := b.findProgram(ctx, home{b.settings.Dir}); from {
		case compiled:
			needs = append(needs, "builds BuildKit from its Go module: some 200 MB of modules, one to three minutes")
		case published:
			needs = append(needs, "downloads BuildKit, some 60 MB, from "+b.settings.Released.Address)
		case nowhere:
			return nil, b.noProgram()
		}
		if _, ok := findRunc(); !ok {
			needs = append(needs, "installs runc from Debian's packages")
		}
	case "docker":
		if !imageThere(ctx) {
			needs = append(needs, "pulls "+containerImage()+", some 100 MB, into Docker")
		}
	}
	return needs, nil
}

// resolve turns a choice into a kind and, for a remote one, its address. Auto takes, in this order: BUILDKIT_HOST; a
// socket that answers; as root on Linux the embedded BuildKit; Docker.
func (b *Builder) resolve(ctx context.Context, choice string) (kind, address string, err error) {
	switch choice {
	case "embedded", "docker":
		return choice, "", nil
	case "auto", "":
	default:
		return "remote", choice, nil
	}
	if b.settings.Host != "" {
		return "remote", b.settings.Host, nil
	}
	for _, socket := range b.sockets() {
		if answers(ctx, socket) {
			return "remote", "unix://" + socket, nil
		}
	}
	cannot := canEmbed()
	if cannot == nil {
		return "embedded", "", nil
	}
	why := noDocker(ctx)
	if why == nil {
		return "docker", "", nil
	}
	hint := "run as root on Linux, start Docker, or set BUILDKIT_HOST"
	switch {
	case strings.Contains(why.Error(), "permission denied"):
		hint = dockerHint(why)
	case os.Geteuid() == 0 && !mayMount():
		hint = "start the container with --privileged, start Docker, or set BUILDKIT_HOST"
	}
	return "", "", fault.New(fault.Usage, "no BuildKit: BUILDKIT_HOST is not set, no socket answers, %w, %w", cannot, why).
		WithHint("%s", hint)
}

// sockets returns where a system's own BuildKit listens.
func (b *Builder) sockets() []string {
	out := []string{"/run/buildkit/buildkitd.sock"}
	if dir := environ.Get(b.settings.Environ, "XDG_RUNTIME_DIR"); dir != "" {
		out = append(out, filepath.Join(dir, "buildkit", "buildkitd.sock"))
	}
	return out
}

// answers reports whether a BuildKit answers at a socket; a stale socket refuses at once.
func answers(ctx context.Context, socket string) bool {
	if _, err := os.Stat(socket); err != nil {
		return false
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	c, err := client.New(ctx, "unix://"+socket)
	if err != nil {
		return false
	}
	defer c.Close()
	_, err = c.Info(ctx)
	return err == nil
}

// dial connects to an address; it does not wait for an answer.
func (b *Builder) dial(ctx context.Context, kind, address string) (*Node, error) {
	u, err := url.Parse(address)
	if err != nil || u.Scheme == "" {
		return nil, fault.New(fault.Usage, "%q is not the address of a BuildKit", address).
			WithHint("unix://, tcp://, ssh://, docker-container://, podman-container:// or kube-pod://")
	}
	var opts []client.ClientOpt
	if b.settings.TLS != nil && u.Scheme == "tcp" {
		if opts, err = b.certified(ctx, u.Hostname()); err != nil {
			return nil, err
		}
	}
	c, err := client.New(ctx, address, opts...)
	if err != nil {
		return nil, fault.New(fault.Usage, "opening the BuildKit at %s: %w", address, err)
	}
	return &Node{Client: c, Kind: kind, Address: address, returning: b.settings.Return}, nil
}

// canEmbed returns why the embedded BuildKit cannot run here, or nil.
func canEmbed() error {
	if runtime.GOOS != "linux" {
		return fault.New(fault.Usage, "the embedded BuildKit needs Linux")
	}
	if os.Geteuid() != 0 {
		return fault.New(fault.Usage, "the embedded BuildKit needs root").
			WithHint("run it as root; where Docker runs, or BUILDKIT_HOST is set, it is not needed")
	}
	if !mayMount() {
		return fault.New(fault.Usage, "the embedded BuildKit mounts file systems, which this container does not allow").
			WithHint("start the container with --privileged, or set BUILDKIT_HOST to a BuildKit elsewhere")
	}
	return nil
}
