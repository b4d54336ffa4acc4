// Package sed says how a sed command is called and reads sed's programs: it cuts them into their commands, finds the
// files that they read, and proposes what of a substitution Go's regular expressions can say. What a program does is
// left to the real sed, which a Runner runs.
package sed

import (
	"context"
	"strings"
)

// Runner runs one sed command where it reaches nothing but the texts that it is given.
type Runner interface {
	Run(ctx context.Context, c Call) (Result, error)
}

// Call is one sed command.
type Call struct {
	Flags   []string // of -E, -n, -s, -z, -u and their like: no expression, no file
	Scripts []Script // in order
	InPlace bool
	Files   []File // none: Input is read
	Input   []byte
	Bytes   bool // characters are bytes, as in the locale C; otherwise UTF-8
}

// Script is one -e or the content of one -f.
type Script struct {
	Text string
	File bool
}

// File is a copy of a file that sed may read and, in place, write.
type File struct {
	Name string
	Data []byte
}

// Result is what sed made.
type Result struct {
	Files  [][]byte // as sed left them
	Output []byte
	Code   int
	Errors string // what it printed on standard error
	Beyond bool   // it needed more than it may
}

func Joined(scripts []Script) string {
	var parts []string
	for _, s := range scripts {
		parts = append(parts, s.Text)
	}
	return strings.Join(parts, "\n")
}
