package script

import (
	"bytes"
	"path"
	"regexp"
	"slices"

	"github.com/howdah/howdah/internal/importer"
)

// pkgbuildSteps are the functions of a PKGBUILD that may change the source, in the order in which makepkg calls them.
var pkgbuildSteps = []string{"prepare", "build"}

// buildFolders are the folders that makepkg works in, and how it calls the functions.
const buildFolders = "startdir=/build srcdir=/build/src pkgdir=/build/pkg; set -e\n"

// called is a script as its program runs it. makepkg reads a PKGBUILD, and calls its functions in the folder with the
// sources, until one fails.
func called(src Source) Source {
	if path.Base(src.File) != "PKGBUILD" {
		return src
	}
	data := append(bytes.TrimRight(bytes.Clone(src.Data), "\n"), '\n')
	data = append(data, buildFolders...)
	for _, step := range pkgbuildSteps {
		if regexp.MustCompile(`(?m)^\s*(?:function\s+)?` + step + `\s*(?:\(\s*\)|\{)`).Match(src.Data) {
			data = append(data, "cd \"$srcdir\"; "+step+"\n"...)
		}
	}
	src.Data = data
	return src
}

// inSandbox is a script as its program runs it where its files are in sandboxFolder: makepkg links them to the sources.
func inSandbox(src Source) Source {
	before := len(src.Data)
	if src = called(src); len(src.Data) != before {
		src.Data = bytes.Replace(src.Data, []byte(buildFolders), []byte(buildFolders+
			"mkdir -p \"$srcdir\"; ln -s "+sandboxFolder+"/* \"$srcdir\"\n"), 1)
	}
	return src
}

// withoutCalls leaves out what became of the lines that called added.
func withoutCalls(lines []importer.ScriptLine, src Source) []importer.ScriptLine {
	own := bytes.Count(bytes.TrimRight(src.Data, "\n"), []byte("\n")) + 1
	return slices.DeleteFunc(lines, func(l importer.ScriptLine) bool { return l.Done && l.Line > own })
}
