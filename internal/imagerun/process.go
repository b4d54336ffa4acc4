package imagerun

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

// running is a process of a container, as /proc has it. The zero value is one that was not found.
type running struct {
	pid  int
	uid  string
	maps string
}

// process finds the youngest process of the container that runs the program: of Puma's, the one that serves.
func (c container) process(program string) (found running) {
	roots, _ := filepath.Glob("/proc/[0-9]*/root")
	for _, link := range roots {
		dir := filepath.Dir(link)
		pid, err := strconv.Atoi(filepath.Base(dir))
		if at, e := os.Readlink(link); err != nil || e != nil || at != c.root || pid < found.pid {
			continue
		}
		exe, _ := os.Readlink(filepath.Join(dir, "exe"))
		if !strings.HasPrefix(filepath.Base(exe), program) {
			continue
		}
		status, _ := os.ReadFile(filepath.Join(dir, "status"))
		maps, _ := os.ReadFile(filepath.Join(dir, "maps"))
		found = running{pid: pid, maps: string(maps)}
		if m := realUser.FindSubmatch(status); m != nil {
			found.uid = string(m[1])
		}
	}
	return found
}

var (
	realUser    = regexp.MustCompile(`(?m)^Uid:\t(\d+)`)
	jemallocLib = regexp.MustCompile(`/\S*libjemalloc\S*`)
)

func (p running) unprivileged(who string) Check {
	c := Check{What: who + " runs as user 991", OK: p.uid == "991",
		Says: fmt.Sprintf("process %d is user %s's", p.pid, p.uid)}
	if p.pid == 0 {
		c.Says = "its process was not found"
	}
	return c
}

func (p running) jemalloc() Check {
	c := Check{What: "jemalloc is loaded in the Ruby process that serves"}
	switch lib := jemallocLib.FindString(p.maps); {
	case p.pid == 0:
		c.Says = "its process was not found"
	case lib == "":
		c.Says = fmt.Sprintf("process %d has not mapped it", p.pid)
	default:
		c.OK, c.Says = true, fmt.Sprintf("process %d has mapped %s", p.pid, filepath.Base(lib))
	}
	return c
}

// anonymousCode is how many bytes of executable memory come from no file: what a compiler at run time wrote.
func anonymousCode(maps string) (bytes uint64) {
	for line := range strings.Lines(maps) {
		f := strings.Fields(line)
		if len(f) < 5 || !strings.Contains(f[1], "x") || f[4] != "0" || len(f) > 5 && !strings.HasPrefix(f[5], "[anon:") {
			continue
		}
		from, to, _ := strings.Cut(f[0], "-")
		a, errA := strconv.ParseUint(from, 16, 64)
		b, errB := strconv.ParseUint(to, 16, 64)
		if errA == nil && errB == nil && b > a {
			bytes += b - a
		}
	}
	return bytes
}
