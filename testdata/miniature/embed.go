// Package miniature holds the files of the miniature: upstream/ is its source tree at the first commit, history/
// the commits after it, distribution/ a distribution of it. Package internal/miniature makes them into a
// repository and a folder.
package miniature

import "embed"

// Files are this folder's files.
//
//go:embed all:upstream all:history all:distribution
var Files embed.FS
