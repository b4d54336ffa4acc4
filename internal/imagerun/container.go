package imagerun

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/mutate"

	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/process"
)

// container is an unpacked image. It runs in a mount and a process namespace of its own, in its own root, as the
// image's user, on this machine's network: so every program of it ends with the first.
type container struct {
	root       string
	env        []string
	entrypoint []string
	cmd        []string
	dir        string
	user       string // UID:GID
	readOnly   bool   // nothing but /tmp can be written
}

// unpack writes an image's finished file system below root.
func unpack(ctx context.Context, img v1.Image, root string) (container, error) {
	config, err := img.ConfigFile()
	if err != nil {
		return container{}, fmt.Errorf("reading the image: %w", err)
	}
	if err := os.MkdirAll(root, 0o755); err != nil {
		return container{}, err
	}
	layers := mutate.Extract(img)
	defer layers.Close()
	tar := process.Command(ctx, "tar", "--extract", "--preserve-permissions", "--numeric-owner", "--directory="+root)
	tar.Stdin = layers
	if out, err := tar.CombinedOutput(); err != nil {
		return container{}, fmt.Errorf("unpacking the image: %w: %s", err, out)
	}
	c := config.Config
	out := container{root: root, env: c.Env, entrypoint: c.Entrypoint, cmd: c.Cmd, dir: c.WorkingDir}
	if out.dir == "" {
		out.dir = "/"
	}
	// A container runtime brings this file; no image has one.
	if err := os.WriteFile(out.path("etc/hosts"), []byte("127.0.0.1 localhost\n"), 0o644); err != nil {
		return container{}, fmt.Errorf("unpacking the image: %w", err)
	}
	out.user, err = out.ids(c.User)
	return out, err
}

// path is a file of the image on this machine.
func (c container) path(name string) string { return filepath.Join(c.root, name) }

// ids is an image's user as numbers, by the image's own accounts.
func (c container) ids(user string) (string, error) {
	user, group, _ := strings.Cut(user, ":")
	if user == "" {
		user = "0"
	}
	accounts, err := files.Read(c.root, "etc/passwd", files.MaxSmall)
	if err != nil {
		return "", fmt.Errorf("looking for user %q: %w", user, err)
	}
	uid, gid := "", "0"
	if _, err := strconv.Atoi(user); err == nil {
		uid = user
	}
	for line := range strings.Lines(string(accounts)) {
		if f := strings.Split(line, ":"); len(f) > 3 && (f[0] == user || f[2] == user) {
			uid, gid = f[2], f[3]
			break
		}
	}
	if _, err := strconv.Atoi(group); err == nil {
		gid = group
	}
	if uid == "" {
		return "", fmt.Errorf("the image has no user %q", user)
	}
	return uid + ":" + gid, nil
}

// inside sets up /proc, /dev and /tmp, enters the root and runs a command there. What the image says of PATH and of
// libraries to preload counts only inside: unshare, mount and chroot are this machine's.
const inside = `set -e
root=$1 user=$2 dir=$3 read_only=$4; shift 4
mkdir -p "$root/proc" "$root/dev" "$root/tmp"
if [ "$read_only" = true ]; then mount --bind "$root" "$root"; cd "$root"; fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount -t tmpfs -o mode=1777 tmpfs "$root/tmp"
if [ "$read_only" = true ]; then mount -o remount,bind,ro "$root"; fi
exec chroot --userspec="$user" "$root" /bin/sh -c '
	if [ -n "$1" ]; then export PATH="$1"; fi
	if [ -n "$2" ]; then export LD_PRELOAD="$2"; fi
	shift 2; cd "$0" && exec "$@"' "$dir" "$@"`

// command is the image's own command, or another one, with more environment. It inherits nothing of this process's.
func (c container) command(ctx context.Context, env []string, args ...string) *exec.Cmd {
	if len(args) == 0 {
		args = slices.Concat(c.entrypoint, c.cmd)
	}
	var path, preload string
	outer := []string{"HOME=" + c.dir}
	for _, kv := range c.env {
		switch name, value, _ := strings.Cut(kv, "="); name {
		case "PATH":
			path = value
		case "LD_PRELOAD":
			preload = value
		default:
			outer = append(outer, kv)
		}
	}
	enter := []string{"--mount", "--pid", "--fork", "--kill-child", "/bin/sh", "-c", inside, "sh", c.root, c.user, c.dir,
		strconv.FormatBool(c.readOnly), path, preload}
	cmd := process.Command(ctx, "unshare", append(enter, args...)...)
	cmd.Env = slices.Concat([]string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}, outer, env)
	return detach(cmd)
}
