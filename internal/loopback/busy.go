package loopback

import (
	"fmt"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Busy says that an address is in use, and by which process, if that one is this user's.
func Busy(at string) string {
	said := fmt.Sprintf("port %q is busy", at)
	pid := listensAt(portOf(at))
	if pid == "" {
		return said
	}
	name, err := os.ReadFile(filepath.Join("/proc", pid, "comm"))
	if err != nil {
		return said
	}
	said += fmt.Sprintf(": process %s has it, %s", pid, strings.TrimSpace(string(name)))
	if dir, err := os.Readlink(filepath.Join("/proc", pid, "cwd")); err == nil {
		said += " in " + dir
	}
	return said
}

// portOf returns the port of an address; 0 if it has none.
func portOf(at string) int {
	_, port, _ := net.SplitHostPort(at)
	n, _ := strconv.Atoi(port)
	return n
}

// listensAt returns the process that listens at a port; "" where /proc does not show it: proc_net(5).
func listensAt(port int) string {
	var sockets []string
	for _, table := range []string{"tcp", "tcp6"} {
		data, _ := os.ReadFile(filepath.Join("/proc/net", table))
		for line := range strings.Lines(string(data)) {
			const address, state, inode, listening = 1, 3, 9, "0A"
			f := strings.Fields(line)
			if len(f) > inode && f[state] == listening && strings.HasSuffix(f[address], fmt.Sprintf(":%04X", port)) {
				sockets = append(sockets, "socket:["+f[inode]+"]")
			}
		}
	}
	if len(sockets) == 0 {
		return ""
	}
	open, _ := filepath.Glob("/proc/[0-9]*/fd/*")
	for _, file := range open {
		if to, err := os.Readlink(file); err == nil && slices.Contains(sockets, to) {
			return strings.Split(file, "/")[2]
		}
	}
	return ""
}
