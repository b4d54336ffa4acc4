package report

import (
	"path/filepath"
	"regexp"
	"strings"
)

// Caller is how this run was called, so that a printed command can be typed as it stands.
type Caller struct {
	Program string // "go tool mage", or a compiled binary as it was typed
	Config  string // HOWDAH_CONFIG as it was set, or ""
}

// mageCache is the name under which mage keeps what it compiles: a hash.
var mageCache = regexp.MustCompile(`^[0-9a-f]{40,64}(\.exe)?$`)

// CallerOf tells the caller from os.Args[0] and the value of HOWDAH_CONFIG. `go run magefile.go` makes every
// failure exit 1, so what it called is named as `go tool mage` too.
func CallerOf(arg0, config string) Caller {
	base := filepath.Base(arg0)
	if arg0 == "" || mageCache.MatchString(base) || base == "mage" || base == "magefile" || strings.HasSuffix(base, ".test") {
		return Caller{"go tool mage", config}
	}
	if filepath.IsAbs(arg0) && strings.Contains(arg0, string(filepath.Separator)+"go-build") {
		return Caller{"go tool mage", config}
	}
	return Caller{quote(arg0), config}
}

// Line is a command as the caller would type it.
func (c Caller) Line(target string, args ...string) string {
	var b strings.Builder
	if c.Config != "" {
		b.WriteString("HOWDAH_CONFIG=" + quote(c.Config) + " ")
	}
	b.WriteString(c.program() + " " + target)
	for _, arg := range args {
		b.WriteString(" " + quote(arg))
	}
	return b.String()
}

func (c Caller) program() string {
	if c.Program == "" {
		return "go tool mage"
	}
	return c.Program
}

var bare = regexp.MustCompile(`^[A-Za-z0-9_@%+=:,./-]+$`)

// quote makes one word of s for a POSIX shell.
func quote(s string) string {
	if bare.MatchString(s) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
