package mainline

import (
	"errors"
	"os"
	"path/filepath"
	"runtime/debug"
	"sync"
)

// Engine names how changes are judged and looked for. Raise the number whenever package apply, package diff under it or
// the search for landings comes to say anything else: what the old engine said is then passed by. A released tool's own
// version counts too.
var Engine = sync.OnceValue(func() string {
	const number = "5"
	if build, ok := debug.ReadBuildInfo(); ok {
		return number + " " + build.Main.Version
	}
	return number
})

// WriteCache replaces a cache's file in one step. Failing costs time on the next run and nothing else.
func WriteCache(name string, data []byte) {
	if os.MkdirAll(filepath.Dir(name), 0o755) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return
	}
	_, err = f.Write(data)
	if errors.Join(err, f.Close()) != nil || os.Rename(f.Name(), name) != nil {
		_ = os.Remove(f.Name())
	}
}
