// Package golden compares what a test made with what is kept in a file. It is for tests only, and the one place of
// their flag -update: with it a test writes the file anew. `go tool mage test -update` does so in every package that
// imports this one.
package golden

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"golang.org/x/tools/txtar"
)

var update = flag.Bool("update", false, "write golden files and generated pages anew; look at git diff then")

// Updating reports whether -update was given, for a test that rewrites its file in a way of its own.
func Updating() bool { return *update }

// File holds got against a file, which -update writes.
func File(t testing.TB, file string, got []byte) {
	t.Helper()
	want, err := os.ReadFile(file)
	if err == nil && bytes.Equal(got, want) {
		return
	}
	if *update {
		write(t, file, got)
		return
	}
	if err != nil {
		t.Errorf("%v; go test with -update writes it", err)
		return
	}
	t.Errorf("%s is not what the code makes; go test with -update writes it\ngot\n%s\nwant\n%s", file, got, want)
}

// Part holds got against the part "want" of a txtar archive, which -update writes into the archive's file.
func Part(t testing.TB, file string, archive *txtar.Archive, got string) {
	t.Helper()
	i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == "want" })
	if i >= 0 && string(archive.Files[i].Data) == got {
		return
	}
	if !*update {
		want := "(there is no part \"want\" yet)\n"
		if i >= 0 {
			want = string(archive.Files[i].Data)
		}
		t.Errorf("%s: got\n%s\nwant\n%s", file, got, want)
		return
	}
	if i < 0 {
		archive.Files, i = append(archive.Files, txtar.File{Name: "want"}), len(archive.Files)
	}
	archive.Files[i].Data = []byte(got)
	write(t, file, txtar.Format(archive))
}

func write(t testing.TB, file string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		t.Fatal(err)
	}
}
