//go:build ignore

// This program is Mage itself: `go run magefile.go -l` lists the targets on a machine that has only Go.
package main

import (
	"os"

	"github.com/magefile/mage/mage"
)

func main() { os.Exit(mage.Main()) }
