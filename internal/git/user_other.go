//go:build !linux

package git

import "os"

// unnamed makes a temporary file that only this user can read, where the system has no files in memory.
func unnamed(what string) (file *os.File, name string, remove func(), err error) {
	if file, err = os.CreateTemp("", what+"-*"); err != nil {
		return nil, "", nil, err
	}
	return file, file.Name(), func() { _ = file.Close(); _ = os.Remove(file.Name()) }, nil
}
