package builder

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// home is the folder of one embedded BuildKit:
//
//	buildkitd-VERSION   the program, built once
//	buildkitd.toml      its settings, written at each start
//	buildkitd.log       its output, masked
//	alive               a FIFO that each user of the daemon holds open; when nobody does, the daemon ends
//	start.lock          held while one is started or stopped
//	users.lock          held, shared, by everyone who uses it
//	up                  exists after builder:up: the daemon outlives its users
//	state/              the daemon's root: cache, snapshots, content
type home struct{ dir string }

func (h home) in(name string) string { return filepath.Join(h.dir, name) }

// socket returns the path of the daemon's socket: in the folder or, if that is too long for a socket's address, in
// /run.
func (h home) socket() string {
	const longest = 100 // sun_path has 108 bytes
	if s := h.in("buildkitd.sock"); len(s) <= longest {
		return s
	}
	return filepath.Join("/run", h.cgroup()+".sock")
}

// logSocket returns where the process that masks the log listens: commands send it their secrets.
func (h home) logSocket() string { return h.socket() + ".log" }

// cgroup returns the control group of the daemon's containers, by which leftovers are found.
func (h home) cgroup() string {
	sum := sha256.Sum256([]byte(h.dir))
	return "howdah-" + hex.EncodeToString(sum[:6])
}

// pid reads the daemon's process id; 0 if it is not known.
func (h home) pid() int {
	data, err := os.ReadFile(h.in("buildkitd.pid"))
	if err != nil {
		return 0
	}
	pid, _ := strconv.Atoi(strings.TrimSpace(string(data)))
	return pid
}

// embedded returns the embedded BuildKit, started if it does not run.
func (b *Builder) embedded(ctx context.Context) (*Node, error) {
	if err := canEmbed(); err != nil {
		return nil, err
	}
	h, err := b.home()
	if err != nil {
		return nil, err
	}
	release, err := b.start(ctx, h)
	if err != nil {
		return nil, err
	}
	n, err := b.dial(ctx, "embedded", "unix://"+h.socket())
	if err != nil {
		_ = release()
		return nil, err
	}
	n.release = release
	return n, nil
}

func (b *Builder) home() (home, error) {
	dir := b.settings.Dir
	if !filepath.IsAbs(dir) {
		return home{}, fmt.Errorf("finding the builder's folder: %q is not an absolute path", dir)
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return home{}, fmt.Errorf("making the builder's folder: %w", err)
	}
	dir, err := filepath.EvalSymlinks(dir)
	if err != nil { // mounts and processes show the real path
		return home{}, fmt.Errorf("finding the builder's folder: %w", err)
	}
	return home{dir}, nil
}

// config returns the daemon's configuration: the state folder, the host's network, no other worker, and a garbage
// collection that is bounded by bytes, since the default keeps a fifth of the disk free whatever the disk.
func (b *Builder) config(h home, runc string) string {
	const minFree = 2 << 30
	return fmt.Sprintf(`# written by Howdah at each start
root = %q

[log]
  format = "text"

[grpc]
  address = [%q]

[cdi]
  disabled = true

[history]
  maxAge = "24h"
  maxEntries = 50

[worker.containerd]
  enabled = false

[worker.oci]
  enabled = true
  binary = %q
  networkMode = "host"
  defaultCgroupParent = %q
  gc = true
  [[worker.oci.gcpolicy]]
    all = true
    reservedSpace = %d
    maxUsedSpace = %d
    minFreeSpace = %d
`, h.in("state"), "unix://"+h.socket(), runc, "/"+h.cgroup(), b.settings.MaxCache/4, b.settings.MaxCache, minFree)
}
