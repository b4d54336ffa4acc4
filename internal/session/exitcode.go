package session

import (
	"errors"
	"runtime/debug"
	"strings"

	"github.com/howdah/howdah/internal/fault"
)

// reported is an error whose report was printed already: only its exit code is left.
type reported struct{ err *fault.Error }

func (s reported) Error() string { return s.err.Error() }

// Unwrap keeps the code and the cause reachable.
func (s reported) Unwrap() error { return s.err }

// Exit is the error of a report that was printed: it carries the exit code and is not printed again; nil for a code of
// 0.
func Exit(code fault.Code, err error) error {
	if code == fault.OK {
		return nil
	}
	if err == nil {
		err = errors.New("see the report")
	}
	return reported{&fault.Error{Code: code, Err: err}}
}

// Shown reports whether an error's report was printed.
func Shown(err error) bool {
	var s reported
	return errors.As(err, &s)
}

// ToolRelease is this program's version, such as v1.4.2; "" for a build of a checkout.
func ToolRelease() string {
	if info, ok := debug.ReadBuildInfo(); ok && strings.HasPrefix(info.Main.Version, "v") {
		return info.Main.Version
	}
	return ""
}

// ToolCommit is the commit that this program was made from; "" where it is not known.
func ToolCommit() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return s.Value
		}
	}
	return ""
}
