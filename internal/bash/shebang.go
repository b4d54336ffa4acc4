package bash

import "bytes"

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
