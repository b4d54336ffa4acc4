// Package buildkitd says which BuildKit daemon belongs to this program: its version, how it is compiled, and the
// checksum that it has in this program's release.
package buildkitd

import (
	"runtime/debug"
	"strings"
)

// Package is the program, of a version that tools/go.mod pins.
const Package = "github.com/moby/buildkit/cmd/buildkitd"

// Version is that of the BuildKit client in this program, and so that of the daemon that it compiles, downloads or
// pulls.
func Version() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, m := range info.Deps {
			if m.Path == "github.com/moby/buildkit" {
				return strings.TrimPrefix(m.Version, "v")
			}
		}
	}
	return "0.34.2"
}

// releasedSum is the sha256, in hex, of the buildkitd beside this program in its release, for this program's
// architecture. `mage dist` has the linker set it; it is "" in every other program.
var releasedSum string

// ReleasedSum is the sha256, in hex, of the buildkitd in this program's release; "" where this program is of none.
func ReleasedSum() string { return releasedSum }

// ReleasedName is how a release calls buildkitd for an architecture, as Go names it.
func ReleasedName(arch string) string { return "buildkitd-linux-" + arch }

// LinkerFlags write the version into buildkitd.
func LinkerFlags() string { return "-X github.com/moby/buildkit/version.Version=v" + Version() }

// SumFlag writes the checksum of a release's buildkitd into a program of that release.
func SumFlag(sum string) string {
	return "-X github.com/howdah/howdah/internal/buildkitd.releasedSum=" + sum
}
