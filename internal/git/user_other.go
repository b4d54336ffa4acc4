//go:build !linux

package git

import "os"

// unnamed creates a temporary file that only this user can read, on systems without files in memory. The file
// survives a SIGKILL, and may hold a header with a token.
func unnamed(what string) (file *os.File, name string, remove func(), err error) {
	if file, err = os.CreateTemp("", what+"-*"); err != nil {
		return nil, "", nil, err
	}
	return file, file.Name(), func() { _ = file.Close(); _ = os.Remove(file.Name()) }, nil
}
