// Command mage is Mage, with two things more: signals reach the target, whose exit code it waits for, and a compilation that
// takes long is told of. `go tool mage` runs it.
package main

import (
	"os"

	"github.com/howdah/howdah/internal/process"
	"github.com/magefile/mage/mage"
)

func main() {
	code := process.PassOn()
	process.TellCompiling(os.Stderr)
	os.Exit(code(mage.Main()))
}
