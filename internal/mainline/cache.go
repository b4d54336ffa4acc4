package mainline

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"os"
	"runtime/debug"
	"sync"

	"github.com/howdah/howdah/internal/files"
)

// Engine names how changes are judged and looked for. Raise the number whenever package apply, package diff under it or
// the search for landings comes to say anything else: what the old engine said is then passed by. A released tool's own
// version counts too.
var Engine = sync.OnceValue(func() string {
	const number = "6"
	if build, ok := debug.ReadBuildInfo(); ok {
		return number + " " + build.Main.Version
	}
	return number
})

// WriteCache replaces a cache's file in one step. Failing, or a power cut, costs time on the next run and nothing else:
// the digest tells. Each change that fails has such a file.
func WriteCache(name string, data []byte) {
	_ = files.WriteCheaply(name, append([]byte(digestLine(data)), data...))
}

// ReadCache returns what WriteCache wrote; nil where there is nothing or the file was damaged since.
func ReadCache(name string) []byte {
	data, err := os.ReadFile(name)
	digest, data, ok := bytes.Cut(data, []byte{'\n'})
	if err != nil || !ok || string(digest)+"\n" != digestLine(data) {
		return nil
	}
	return data
}

func digestLine(data []byte) string { return fmt.Sprintf("%x\n", sha256.Sum256(data)) }
