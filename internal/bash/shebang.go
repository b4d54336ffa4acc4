package bash

import (
	"bytes"
	"strings"
)

// Interpreter returns what follows #! on the first line of a script, "" if there is no such line, and whether that is a
// shell. A script without it is one too.
func Interpreter(script string) (program string, isShell bool) {
	first, _, _ := strings.Cut(script, "\n")
	program, found := strings.CutPrefix(first, "#!")
	if !found {
		return "", true
	}
	return program, strings.Contains(program, "sh")
}

// Shebang reads the first line of a script: whether bash runs it, or a shell that reads it alike, and whether that line
// says -e. Without a first line of that kind it is bash, which runs such a file itself.
func Shebang(script []byte) (isBash, errexit bool) {
	first, _, _ := bytes.Cut(script, []byte("\n"))
	if !bytes.HasPrefix(first, []byte("#!")) {
		return true, false
	}
	if i := bytes.LastIndex(first, []byte(" -")); i >= 0 {
		options := first[i+len(" -"):]
		errexit = bytes.Contains(options, []byte("e")) && !bytes.HasPrefix(options, []byte("-"))
	}
	return bytes.Contains(first, []byte("bash")) || bytes.Contains(first, []byte("zsh")), errexit
}
