//go:build !linux

package suite

// memoryFolder finds none on this system.
func memoryFolder(string) (dir string, release func()) { return "", func() {} }
