//go:build mage

// Howdah rides Mastodon's main: it fetches the newest commit, applies a series of changes, builds the web and the
// streaming image, and publishes both as one release. `release` does it all; docs/ explains each target.
package main

import (
	"context"
	"os"
	"strconv"

	"github.com/howdah/howdah/internal/cli"
	"github.com/howdah/howdah/internal/target"
)

// call runs a target and ends the process with its exit code: mage itself would print the error once more.
func call(ctx context.Context, t target.Target, args []string, options ...option) error {
	var given []target.Given
	for _, o := range options {
		if o.given {
			given = append(given, target.Given{Name: o.name, Value: &o.value})
		}
	}
	if code := cli.Main(ctx, t, false, args, given); code != 0 {
		os.Exit(code)
	}
	return nil
}

// option is a flag as mage parsed it.
type option struct {
	name, value string
	given       bool
}

func value(name string, v *string) option {
	if v == nil {
		return option{}
	}
	return option{name, *v, true}
}

func toggle(name string, v *bool) option {
	if v == nil {
		return option{}
	}
	return option{name, strconv.FormatBool(*v), true}
}
