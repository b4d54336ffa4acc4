package mainline

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"sync"

	"github.com/howdah/howdah/internal/files"
)

// Engine identifies the version of the code that judges and searches changes. Raise the number whenever package
// apply, package diff below it or the search for landings may have other results: cached results of the old version
// are then ignored. A released tool's version is part of it.
var Engine = sync.OnceValue(func() string {
	const number = "9"
	if build, ok := debug.ReadBuildInfo(); ok {
		return number + " " + build.Main.Version
	}
	return number
})

// WriteCache replaces a cache's file in one step; the parts follow one another. If it fails, or the power fails,
// the next run is only slower: ReadCache checks the digest.
func WriteCache(name string, parts ...string) {
	_ = files.WriteCheaply(name, slices.Concat([]string{digestLine(sumOf(parts...))}, parts)...)
}

// ReadCache returns what WriteCache wrote; nil if there is nothing or the file is damaged.
func ReadCache(name string) []byte { return []byte(readCache(name)) }

// readCache is ReadCache without a copy: years of history are 20 MB.
func readCache(name string) string {
	file, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer file.Close()
	var whole strings.Builder
	if info, err := file.Stat(); err == nil {
		whole.Grow(int(info.Size()))
	}
	_, err = io.Copy(&whole, file)
	digest, data, ok := strings.Cut(whole.String(), "\n")
	if err != nil || !ok || digest+"\n" != digestLine(sumOf(data)) {
		return ""
	}
	return data
}

// sumOf is the digest of the parts of a cache's file, taken piece by piece: there is no copy of the whole.
func sumOf(parts ...string) [sha256.Size]byte {
	sum := sha256.New()
	for _, part := range parts {
		_, _ = io.Copy(sum, struct{ io.Reader }{strings.NewReader(part)})
	}
	return [sha256.Size]byte(sum.Sum(nil))
}

func digestLine(sum [sha256.Size]byte) string { return fmt.Sprintf("%x\n", sum) }
