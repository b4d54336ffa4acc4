// Package datafile says whether a file of data, JSON or YAML, can still be read after it was changed as a text.
package datafile

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"

	"go.yaml.in/yaml/v3"

	"github.com/howdah/howdah/internal/tree"
)

// Check returns why a file of a tree can no longer be read in a later one, where it could in the earlier one.
func Check(ctx context.Context, name string, before, after *tree.Tree) error {
	if readers[path.Ext(name)] == nil {
		return nil
	}
	was, err := before.ReadFile(ctx, name)
	if err != nil {
		return err
	}
	is, err := after.ReadFile(ctx, name)
	if err != nil {
		return err
	}
	return broken(name, was.Data, is.Data)
}

// broken returns why a file can no longer be read, in the words of its parser with the line; nil if it can, if it could
// not before, or if its name says that it is neither JSON nor YAML.
func broken(name string, before, after []byte) error {
	read := readers[path.Ext(name)]
	if read == nil || read(before) != nil {
		return nil
	}
	return read(after)
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
