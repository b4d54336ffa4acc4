package mainline

import (
	"bytes"
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
	const number = "8"
	if build, ok := debug.ReadBuildInfo(); ok {
		return number + " " + build.Main.Version
	}
	return number
})

// WriteCache replaces a cache's file in one step; the parts follow one another. If it fails, or the power fails,
// the next run is only slower: ReadCache checks the digest.
func WriteCache(name string, parts ...string) {
	sum := sha256.New()
	for _, part := range parts {
		_, _ = io.Copy(sum, struct{ io.Reader }{strings.NewReader(part)}) // piece by piece: no copy of the whole
	}
	_ = files.WriteCheaply(name, slices.Concat([]string{digestLine([sha256.Size]byte(sum.Sum(nil)))}, parts)...)
}

// ReadCache returns what WriteCache wrote; nil if there is nothing or the file is damaged.
func ReadCache(name string) []byte {
	data, err := os.ReadFile(name)
	digest, data, ok := bytes.Cut(data, []byte{'\n'})
	if err != nil || !ok || string(digest)+"\n" != digestLine(sha256.Sum256(data)) {
		return nil
	}
	return data
}

func digestLine(sum [sha256.Size]byte) string { return fmt.Sprintf("%x\n", sum) }
