package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-version"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/roundtrip"
)

// Released is a buildkitd that is published with this program.
type Released struct {
	Address string // of the folder in which it is called buildkitd-linux-ARCH; "" where there is none
	sum     string // sha256, in hex; "" is buildkitd.ReleasedSum
}

// idle is how long a download may stand still.
const idle = time.Minute

// origin is where the embedded BuildKit's program comes from.
type origin int

const (
	made      origin = iota // it is in the builder's folder already
	compiled                // from the module that pins it, in a checkout of Howdah
	installed               // it is in PATH
	published               // it is in this program's release
	nowhere
)

// findProgram returns where the program of the embedded BuildKit comes from, and the path that it has or will have.
func (b *Builder) findProgram(ctx context.Context, h home) (origin, string) {
	program := h.in("buildkitd-" + buildkitd.Version())
	if info, err := os.Stat(program); err == nil && info.Mode().IsRegular() {
		return made, program
	}
	_, noCheckout := os.Stat(b.settings.Tools)
	_, noGo := exec.LookPath("go")
	if noCheckout == nil && noGo == nil {
		return compiled, program
	}
	if path, ok := b.installed.find(ctx, b); ok {
		return installed, path
	}
	if b.settings.Released.sum != "" && b.settings.Released.Address != "" {
		return published, program
	}
	return nowhere, ""
}

// program returns the path of the embedded BuildKit's program. If it is not there yet, it is compiled or downloaded.
func (b *Builder) program(ctx context.Context, h home) (program string, err error) {
	from, program := b.findProgram(ctx, h)
	switch from {
	case made, installed:
		return program, nil
	case compiled:
		err = b.compileInto(ctx, program)
	case published:
		err = b.download(ctx, program)
	default:
		return "", b.noProgram()
	}
	if err != nil {
		return "", err
	}
	old, _ := filepath.Glob(h.in("buildkitd-*"))
	for _, name := range old {
		if name != program {
			_ = os.Remove(name)
		}
	}
	return program, nil
}

// noProgram returns the error for a machine without a source for the embedded BuildKit's program; it names what is
// missing.
func (b *Builder) noProgram() error {
	missing := "this is not a checkout of Howdah, from which it is compiled, and the program is not a release, which " +
		"has it to download"
	if _, err := os.Stat(b.settings.Tools); err == nil {
		missing = "go, which compiles it, is not installed"
	}
	return fault.New(fault.Usage, "finding buildkitd %s for the embedded BuildKit: %s", buildkitd.Version(), missing).
		WithHint("%s", withoutProgram)
}

// withoutProgram is the hint for a machine without buildkitd.
const withoutProgram = "start Docker, put buildkitd of https://github.com/moby/buildkit/releases into PATH, " +
	"or set BUILDKIT_HOST"

// compileInto compiles buildkitd, once for each version.
func (b *Builder) compileInto(ctx context.Context, program string) error {
	b.settings.Say("building buildkitd %s, once: minutes, and some 200 MB of Go modules the first time",
		buildkitd.Version())
	part := program + ".part"
	if err := b.compile(ctx, part); err != nil {
		_ = os.Remove(part)
		return fault.New(fault.Build, "building buildkitd: %w", err)
	}
	if err := os.Rename(part, program); err != nil {
		return fmt.Errorf("building buildkitd: %w", err)
	}
	return nil
}

// installedDaemon is a buildkitd in PATH that is not older than builds need. It is asked for its version once.
type installedDaemon struct {
	once sync.Once
	path string // "": there is none
}

func (d *installedDaemon) find(ctx context.Context, b *Builder) (path string, ok bool) {
	d.once.Do(func() { d.path = b.askInstalled(ctx) })
	return d.path, d.path != ""
}

// askInstalled looks for buildkitd in PATH, and asks it for its version; "" if it cannot be used.
func (b *Builder) askInstalled(ctx context.Context) string {
	path, err := exec.LookPath("buildkitd")
	if err != nil || !filepath.IsAbs(path) {
		return ""
	}
	out, err := b.command(ctx, "", b.daemonEnv(), path, "--version").Output()
	if err != nil {
		return ""
	}
	for _, word := range strings.Fields(string(out)) { // buildkitd github.com/moby/buildkit v0.34.2 COMMIT
		if v, err := version.NewVersion(word); err == nil && strings.HasPrefix(word, "v") {
			if v.Core().LessThan(version.Must(version.NewVersion(oldest))) {
				b.settings.Say("not using %s, which is %s, older than %s", path, word, oldest)
				return ""
			}
			return path
		}
	}
	return ""
}

// download takes buildkitd from this program's release, if it has the checksum that this program knows.
func (b *Builder) download(ctx context.Context, program string) (err error) {
	address := b.settings.Released.Address + "/" + buildkitd.ReleasedName(runtime.GOARCH)
	b.settings.Say("downloading buildkitd %s, once: some 60 MB, from %s", buildkitd.Version(), b.settings.Released.Address)
	progress, end := b.settings.Stage.Begin("downloading buildkitd " + buildkitd.Version())
	defer func() { end(err) }()
	failed := func(err error) error {
		return fault.New(fault.Retry, "downloading %s: %w", address, err).WithHint("%s", withoutProgram)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return failed(err)
	}
	client := &http.Client{Transport: roundtrip.New(idle)}
	defer client.CloseIdleConnections()
	resp, err := client.Do(req)
	if err != nil {
		return failed(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return failed(errors.New("the server answers " + resp.Status))
	}
	return files.WriteFrom(program, func(f *os.File) error {
		sum := sha256.New()
		body := &counted{r: io.LimitReader(resp.Body, maxProgram), total: resp.ContentLength, progress: progress}
		if _, err := io.Copy(io.MultiWriter(f, sum), body); err != nil {
			return failed(err)
		}
		if got := hex.EncodeToString(sum.Sum(nil)); got != b.settings.Released.sum {
			return fault.New(fault.Build, "downloading %s: its checksum is %s, expected %s", address, got,
				b.settings.Released.sum).WithHint("somebody changed it; %s", withoutProgram)
		}
		return f.Chmod(0o755)
	})
}

// maxProgram is more than buildkitd has ever had, in bytes.
const maxProgram = 1 << 30

// counted shows how much of a download has come.
type counted struct {
	r           io.Reader
	done, total int64 // total is -1 where the server does not say it
	progress    func(format string, args ...any)
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.done += int64(n)
	if c.total > 0 {
		c.progress("%d of %d MB", c.done/1e6, c.total/1e6)
	} else {
		c.progress("%d MB", c.done/1e6)
	}
	return n, err
}
