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

// Engine identifies the version of the code that judges and searches changes. Raise the number whenever package
// apply, package diff below it or the search for landings may have other results: cached results of the old version
// are then ignored. A released tool's version is part of it.
var Engine = sync.OnceValue(func() string {
	const number = "7"
	if build, ok := debug.ReadBuildInfo(); ok {
		return number + " " + build.Main.Version
	}
	return number
})

// WriteCache replaces a cache's file in one step. If it fails, or the power fails, the next run is only slower:
// ReadCache checks the digest.
func WriteCache(name, data string) {
	_ = files.WriteCheaply(name, digestLine([]byte(data)), data)
}

// ReadCache returns what WriteCache wrote; nil if there is nothing or the file is damaged.
func ReadCache(name string) []byte {
	data, err := os.ReadFile(name)
	digest, data, ok := bytes.Cut(data, []byte{'\n'})
	if err != nil || !ok || string(digest)+"\n" != digestLine(data) {
		return nil
	}
	return data
}

func digestLine(data []byte) string { return fmt.Sprintf("%x\n", sha256.Sum256(data)) }
