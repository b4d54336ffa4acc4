package builder

import (
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// mayMount reports whether this process may mount file systems: root may, but in most containers not.
func mayMount() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var has [2]unix.CapUserData // 64 bits in two halves
	if unix.Capget(&header, &has[0]) != nil {
		return true // the mount itself will fail
	}
	return has[0].Effective&(1<<unix.CAP_SYS_ADMIN) != 0
}

// foreignProc reports whether /proc shows the processes of another PID namespace than ours, as after `unshare --pid`
// without a mount of its own. runc finds no process there.
func foreignProc() bool {
	link, err := os.Readlink("/proc/self")
	return err == nil && link != strconv.Itoa(os.Getpid())
}

// apart starts the supervisor in a session of its own, so that Ctrl-C does not reach it. If /proc is foreign, it gets
// mounts of its own too, so that it can mount the right one.
func apart() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{Setsid: true}
	if foreignProc() {
		attr.Unshareflags = syscall.CLONE_NEWNS
	}
	return attr
}

// ended waits until a process has ended that /proc does not show.
func ended(pid int, within time.Duration) {
	for end := time.Now().Add(within); syscall.Kill(pid, 0) == nil && time.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
}
