// Package environ carries a run's environment, a list of "NAME=value", in a context. Programs that the run starts,
// such as git, get this environment instead of the process's.
package environ

import (
	"context"
	"errors"
	"os"
	"os/user"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
)

// key is where a context has its environment.
type key struct{}

// With returns a context whose programs get this environment.
func With(ctx context.Context, environ []string) context.Context {
	return context.WithValue(ctx, key{}, slices.Clip(environ))
}

// Of returns the context's environment; the caller may append to it. A context without one, as in tests, has the
// process's. A run's context always has one; TestEdges lists who else may make a context.
func Of(ctx context.Context) []string {
	if environ, ok := ctx.Value(key{}).([]string); ok {
		return environ
	}
	return os.Environ()
}

// Lookup returns the value of a variable; of a repeated name the last counts, as in programs.
func Lookup(environ []string, name string) (string, bool) {
	for _, kv := range slices.Backward(environ) {
		if key, value, ok := strings.Cut(kv, "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// Get returns the value of a variable, or "".
func Get(environ []string, name string) string {
	value, _ := Lookup(environ, name)
	return value
}

// CacheDir returns the user's folder for caches, as os.UserCacheDir does for the process's environment. Without HOME,
// as under cron, it is in the account's home folder.
func CacheDir(environ []string) (string, error) {
	if dir := Get(environ, "XDG_CACHE_HOME"); dir != "" && runtime.GOOS != "darwin" {
		if !filepath.IsAbs(dir) {
			return "", errors.New("XDG_CACHE_HOME is not an absolute path")
		}
		return dir, nil
	}
	home := Get(environ, "HOME")
	if home == "" {
		account, err := user.Current()
		if err != nil {
			return "", err
		}
		if home = account.HomeDir; home == "" {
			return "", errors.New("HOME is not set, and the account has no folder")
		}
	}
	if runtime.GOOS == "darwin" {
		return filepath.Join(home, "Library", "Caches"), nil
	}
	return filepath.Join(home, ".cache"), nil
}
