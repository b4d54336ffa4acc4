package session

import (
	"os"
	"sync"

	"github.com/howdah/howdah/internal/files"
)

// Program is the sha256, in hex, of this program's own file: two builds of the tool may differ without another version.
var Program = sync.OnceValues(func() (string, error) {
	name, err := os.Executable()
	if err != nil {
		return "", err
	}
	sum, _, err := files.Sum(name)
	return sum, err
})
