// Package environ is a run's environment: a list of "NAME=value" goes in, carried by a context to whatever starts a
// program below, so that git and the other programs get the run's environment and not the process's.
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

// Of is the context's environment; the caller may append to it. A context without one, as a test has, stands for the
// process's: a run's own context always has one, and TestEdges lists who may make a context besides.
func Of(ctx context.Context) []string {
	if environ, ok := ctx.Value(key{}).([]string); ok {
		return environ
	}
	return os.Environ()
}

// Lookup is the value of a variable; of a repeated name the last counts, as it does for the programs that are started.
func Lookup(environ []string, name string) (string, bool) {
	for _, kv := range slices.Backward(environ) {
		if key, value, ok := strings.Cut(kv, "="); ok && key == name {
			return value, true
		}
	}
	return "", false
}

// Get is the value of a variable, or "".
func Get(environ []string, name string) string {
	value, _ := Lookup(environ, name)
	return value
}

// CacheDir is the user's folder for caches, as os.UserCacheDir finds it in the process's environment. Without HOME, as
// under cron, the account's own folder counts.
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
