// Command mage is Mage, with one thing more: a SIGTERM reaches the target, whose exit code it waits for. `go tool mage` runs it.
package main

import (
	"os"

	"github.com/howdah/howdah/internal/process"
	"github.com/magefile/mage/mage"
)

func main() {
	code := process.PassOn()
	os.Exit(code(mage.Main()))
}
