// Package datafile says whether a file of data, JSON or YAML, can still be read after it was changed as a text.
package datafile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"go.yaml.in/yaml/v3"

	"github.com/howdah/howdah/internal/tree"
)

// Is reports whether a file's name says that it is JSON or YAML.
func Is(name string) bool { return readers[path.Ext(name)] != nil }

// Check returns why a file of a tree can no longer be read in a later one, where it could in the earlier one.
func Check(ctx context.Context, name string, before, after *tree.Tree) error {
	if !Is(name) {
		return nil
	}
	is, err := after.ReadFile(ctx, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return broken(name, is.Data, func() ([]byte, error) {
		was, err := before.ReadFile(ctx, name)
		return was.Data, err
	})
}

// broken returns why a file can no longer be read, in the words of its parser with the line; nil if it can, if it is
// new or could not be read before, or if its name says that it is neither JSON nor YAML.
func broken(name string, after []byte, before func() ([]byte, error)) error {
	read := readers[path.Ext(name)]
	if read == nil {
		return nil
	}
	why := read(after)
	if why == nil {
		return nil
	}
	switch was, err := before(); {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case read(was) != nil:
		return nil
	}
	return why
}

var readers = map[string]func([]byte) error{".json": readJSON, ".yml": readYAML, ".yaml": readYAML}

func readJSON(data []byte) error {
	var value any
	err := json.Unmarshal(data, &value)
	if at, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("line %d: %w", 1+bytes.Count(data[:at.Offset], []byte("\n")), err)
	}
	return err
}

func readYAML(data []byte) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	for {
		var value yaml.Node
		err := d.Decode(&value)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
