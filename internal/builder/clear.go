package builder

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// clear removes what is left of a daemon that nobody may use any more: processes, mounts, sockets. If nothing is left,
// it does nothing.
func (h home) clear() error {
	if pid := h.pid(); pid > 0 && h.isOurs(pid) {
		_ = syscall.Kill(pid, syscall.SIGTERM)
		if !gone(pid, 1500*time.Millisecond) {
			_ = syscall.Kill(pid, syscall.SIGKILL)
			gone(pid, time.Second)
		}
	} else if pid > 0 && foreignProc() {
		ended(pid, 1500*time.Millisecond) // its supervisor ends it
	}
	h.killContainers()
	if err := h.unmount(); err != nil {
		return err
	}
	for _, name := range []string{h.socket(), h.logSocket(), h.in("alive"), h.in("buildkitd.pid"), h.in("up")} {
		if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("clearing after BuildKit: %w", err)
		}
	}
	return nil
}

// isOurs reports whether a process is this folder's daemon: process ids are used again.
func (h home) isOurs(pid int) bool {
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err == nil && bytes.Contains(line, []byte(h.in("buildkitd.toml")))
}

// gone waits until a process has ended; a zombie has.
func gone(pid int, within time.Duration) bool {
	for end := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return true
		}
		if time.Now().After(end) {
			return false
		}
	}
}

// killContainers ends what runs in the daemon's control group: runc's containers do not end with the daemon.
func (h home) killContainers() {
	var groups []string
	for _, pattern := range []string{"/sys/fs/cgroup/", "/sys/fs/cgroup/*/"} {
		found, _ := filepath.Glob(pattern + h.cgroup())
		groups = append(groups, found...)
	}
	for _, group := range groups {
		_ = filepath.WalkDir(group, func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.Name() != "cgroup.procs" {
				return nil //nolint:nilerr // groups go away while we look
			}
			data, _ := os.ReadFile(name)
			for field := range strings.FieldsSeq(string(data)) {
				var pid int
				if _, err := fmt.Sscan(field, &pid); err == nil && pid > 1 {
					_ = syscall.Kill(pid, syscall.SIGKILL)
				}
			}
			return nil
		})
	}
}

// unmount removes mounts below the state folder, the innermost first: a daemon that was killed leaves them, and
// whoever then empties the folder would empty what is mounted there.
func (h home) unmount() error {
	data, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return nil //nolint:nilerr // no /proc, no way to look
	}
	var points []string
	for line := range strings.Lines(string(data)) {
		fields := strings.Fields(line)
		if len(fields) > 1 {
			if point := unescape(fields[1]); strings.HasPrefix(point, h.in("state")+"/") {
				points = append(points, point)
			}
		}
	}
	for i := len(points) - 1; i >= 0; i-- {
		if err := syscall.Unmount(points[i], 2 /* MNT_DETACH */); err != nil {
			return fmt.Errorf("unmounting %q: %w", points[i], err)
		}
	}
	return nil
}

// unescape reads a path of /proc/mounts, in which white space is octal.
func unescape(s string) string {
	return strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`).Replace(s)
}
