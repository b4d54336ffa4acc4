// Package builder finds or starts the BuildKit that builds an image. Settings and a platform go in, a client of a
// BuildKit that answers comes out.
package builder

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/containerd/log"
	"github.com/containerd/platforms"
	"github.com/hashicorp/go-version"
	"github.com/moby/buildkit/client"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/process"
)

// Settings say which BuildKit builds which platform, and where the files of the embedded one are.
type Settings struct {
	Builder  string            // auto (also ""), embedded, docker or an address
	Builders map[string]string // by platform, wins over Builder
	Host     string            // BUILDKIT_HOST, which auto takes first
	Emulate  bool              // build a platform under emulation where no builder has it natively

	TLS func(name string) ([]byte, error) // reads ca.pem, cert.pem and key.pem for tcp addresses; nil: without TLS

	Dir      string   // the embedded BuildKit's folder: program, state, log
	Tools    string   // tools/go.mod, which pins buildkitd; it may be missing
	Released Released // where that program comes from otherwise
	MaxCache int64    // bytes of build cache that are kept; 0 is 30 GiB

	Return time.Duration // see [Node.Back]; 0 is two minutes

	Environ []string // what the programs that it starts get; nil: the process's

	Say   func(format string, args ...any) // the story, before anything slow; may be nil
	Stage process.Stage                    // shows how far apt-get and the compiler are; may be nil
}

// defaultMaxCache bounds the embedded BuildKit's cache: two images with their compilers and node modules are some
// 6 GB, so it holds a few generations.
const defaultMaxCache = 30 << 30

// oldest is the first BuildKit without the known ways out of the build's state folder.
const oldest = "0.28.1"

// Builder hands out BuildKits by platform and ends those that it started. Its methods may be called from several
// goroutines.
type Builder struct {
	settings Settings

	mu    sync.Mutex
	nodes map[string]*Node // by what was asked for: a word or an address

	installed installedDaemon
}

// Node is a BuildKit that answers.
type Node struct {
	Client  *client.Client
	Kind    string // embedded, docker or remote
	Address string
	Version string
	Native  string   // the platform of its processor
	others  []string // what it can run besides, emulated platforms among them

	release   func() error
	returning time.Duration
}

// New returns a builder. It looks for a BuildKit only when one is asked for.
func New(s Settings) *Builder {
	_ = log.SetLevel("error") // the client's libraries warn, on stderr, of what is no concern of a builder's user
	if s.Say == nil {
		s.Say = func(string, ...any) {}
	}
	if s.Environ == nil {
		s.Environ = environ.Of(context.Background())
	}
	if s.Return <= 0 {
		s.Return = defaultReturn
	}
	if s.Released.sum == "" {
		s.Released.sum = buildkitd.ReleasedSum()
	}
	if s.MaxCache <= 0 {
		s.MaxCache = defaultMaxCache
	}
	return &Builder{settings: s, nodes: map[string]*Node{}}
}

// Node returns the BuildKit for a platform such as linux/amd64, starting one where the settings say so. A platform
// that it would have to emulate is refused unless the settings allow that.
func (b *Builder) Node(ctx context.Context, platform string) (*Node, error) {
	want, err := platforms.Parse(platform)
	if err != nil {
		return nil, fault.New(fault.Usage, "platform %q: %w", platform, err)
	}
	choice, ok := b.settings.Builders[platform]
	if !ok {
		choice = b.settings.Builder
	}
	n, err := b.open(ctx, choice)
	if err != nil {
		return nil, err
	}
	native, err := platforms.Parse(n.Native)
	if err != nil {
		return nil, fmt.Errorf("reading the platform of the builder at %s: %w", n.Address, err)
	}
	if platforms.Only(native).Match(want) {
		return n, nil
	}
	if !slices.Contains(n.others, platforms.FormatAll(platforms.Normalize(want))) {
		return nil, fault.New(fault.Usage, "no builder for %s: %s builds for %s", platform, n.Address, n.Native).
			WithHint("name one: builder = { %q = \"tcp://HOST:1234\" } in howdah.toml", platform)
	}
	if !b.settings.Emulate {
		return nil, fault.New(fault.Usage, "no native builder for %s: %s would emulate it", platform, n.Address).
			WithHint("name a native one under builder, or set emulate = true in howdah.toml (many times slower)")
	}
	return n, nil
}

// open returns the BuildKit of a choice, the same one for the same choice.
func (b *Builder) open(ctx context.Context, choice string) (*Node, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if choice == "" {
		choice = "auto"
	}
	if n := b.nodes[choice]; n != nil {
		return n, nil
	}
	n, err := b.find(ctx, choice)
	if err != nil {
		return nil, err
	}
	if err := n.ask(ctx); err != nil {
		return nil, errors.Join(err, n.close())
	}
	b.nodes[choice] = n
	return n, nil
}

// Close lets go of every BuildKit, and stops the embedded one unless somebody else still uses it.
func (b *Builder) Close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	var errs []error
	for _, n := range b.nodes {
		errs = append(errs, n.close())
	}
	clear(b.nodes)
	return errors.Join(errs...)
}

func (n *Node) close() error {
	err := n.Client.Close()
	if n.release != nil {
		err = errors.Join(err, n.release())
	}
	return err
}

// ask reads the version and the platforms of the BuildKit, and refuses one that is too old.
func (n *Node) ask(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, answerTime)
	defer cancel()
	info, err := n.Client.Info(ctx)
	if err != nil {
		return unreachable(n.Address, err)
	}
	n.Version = strings.TrimPrefix(info.BuildkitVersion.Version, "v")
	if v, err := version.NewVersion(n.Version); err == nil && !v.LessThan(version.Must(version.NewVersion("0.1.0"))) {
		if v.Core().LessThan(version.Must(version.NewVersion(oldest))) {
			return fault.New(fault.Usage, "the BuildKit at %s is %s, older than %s", n.Address, n.Version, oldest).
				WithHint("older ones let a build write outside its folder; update it, or set builder = \"embedded\"")
		}
	}
	workers, err := n.Client.ListWorkers(ctx)
	if err != nil {
		return unreachable(n.Address, err)
	}
	if len(workers) == 0 || len(workers[0].Platforms) == 0 {
		return fault.New(fault.Usage, "the BuildKit at %s has no worker", n.Address)
	}
	for i, p := range workers[0].Platforms {
		name := platforms.FormatAll(platforms.Normalize(p))
		if i == 0 {
			n.Native = name
		}
		n.others = append(n.others, name)
	}
	return nil
}

// answerTime is how long a BuildKit may take to answer; one behind ssh or in a cluster needs seconds.
const answerTime = 20 * time.Second

func unreachable(address string, err error) error {
	if errors.Is(err, context.Canceled) {
		return err
	}
	return fault.New(fault.Retry, "reaching the BuildKit at %s: %w", address, err).
		WithHint("[build] builder chooses another; this shows which one it is: %s", fault.Command{Target: "builder:status"})
}
