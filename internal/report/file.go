package report

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"syscall"

	"github.com/howdah/howdah/internal/fault"
)

// WriteJSON writes v to path whole or not at all, indented, its secrets masked. A nil list is written as [].
func WriteJSON(path string, v any, secrets Secrets) error {
	data, err := JSON(v)
	if err != nil {
		return fmt.Errorf("encoding %q: %w", path, err)
	}
	return WriteFile(path, secrets.maskJSON(data))
}

// literal is a string in JSON.
var literal = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// maskJSON masks the strings of JSON as they are meant, not as they are escaped.
func (s Secrets) maskJSON(data []byte) []byte {
	return literal.ReplaceAllFunc(data, func(quoted []byte) []byte {
		var meant string
		if json.Unmarshal(quoted, &meant) != nil {
			return quoted
		}
		masked := clipWords(s.Mask(meant), maxString)
		if masked == meant {
			return quoted
		}
		again, err := JSON(masked)
		if err != nil {
			return quoted
		}
		return bytes.TrimSuffix(again, []byte("\n"))
	})
}

// JSON is v as the files under dist/ hold it.
func JSON(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

// WriteFile writes a file whole or not at all: into a temporary one beside it, to the disk, and renamed.
func WriteFile(path string, data []byte) (err error) {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return diskFault(path, err)
	}
	tmp, err := os.CreateTemp(dir, "."+filepath.Base(path)+".*")
	if err != nil {
		return diskFault(path, err)
	}
	defer func() {
		if err != nil {
			tmp.Close()
			os.Remove(tmp.Name())
			err = diskFault(path, err)
		}
	}()
	if _, err := tmp.Write(data); err != nil {
		return err
	}
	if err := tmp.Chmod(0o644); err != nil {
		return err
	}
	if err := tmp.Sync(); err != nil {
		return err
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	if err := os.Rename(tmp.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a rename last. A file system that cannot is left as it is.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	defer d.Close()
	if err := d.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) && !errors.Is(err, syscall.ENOTSUP) {
		return err
	}
	return nil
}

// diskFault names what stands in the way of writing path.
func diskFault(path string, err error) error {
	f := fault.New(fault.Other, "writing %q: %w", path, err)
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return f.WithHint("free some space; `cache:prune` empties Howdah's own caches")
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return f.WithHint("make %q writable for this user", filepath.Dir(path))
	}
	return f
}
