package suite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
)

// slow are the packages whose tests start registries, BuildKit, shells or the compiled program, or wait for the disk,
// and take longer than the everyday check may: [Quick] leaves them out, and says so.
var slow = []string{
	"cmd/howdah", "internal/bench", "internal/builder", "internal/cli", "internal/image", "internal/imagerun",
	"internal/registry", "internal/release", "internal/script", "internal/transaction",
}

// Quick runs what takes some 80 s of processor time where nothing has to be compiled: formatting, vet with and without
// the tag mage, and the tests of every package but the slow ones, the long tests in their short form. The layers, the
// documentation and the magefiles are among them. It names each slow package that has changed, with the command that
// tests it.
func Quick(ctx context.Context, w io.Writer, dir string) error {
	var everyday []step
	for _, s := range steps(dir) {
		if s.everyday {
			everyday = append(everyday, s)
		}
	}
	found := run(ctx, w, everyday)
	if ctx.Err() != nil {
		return found
	}
	packages, err := list(ctx, dir)
	if err != nil {
		return errors.Join(found, err)
	}
	fast, left := split(packages)
	const about = "about 40 s on two cores, less where Go has kept a package's result"
	_, err = testAll(ctx, w, dir, about, append([]string{"-short", "-timeout=5m"}, fast...)...)
	fmt.Fprintf(w, "not run: the tests of %s\n", strings.Join(left, ", "))
	for _, name := range left {
		if changed(ctx, dir, name) {
			fmt.Fprintf(w, "  %s has changes: go test -short ./%s\n", name, name)
		}
	}
	return errors.Join(found, err)
}

// list is every package of the module, as folders below its root.
func list(ctx context.Context, dir string) ([]string, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "./...")
	cmd.Env, cmd.Dir = environ.Of(ctx), dir
	out, err := cmd.Output()
	if err != nil {
		return nil, fault.New(fault.Other, "listing the packages: %w", err)
	}
	var names []string
	for _, name := range strings.Fields(string(out)) {
		names = append(names, short(name))
	}
	return names, nil
}

// split parts packages into those that a quick check tests, as arguments of go test, and the slow ones.
func split(packages []string) (fast, left []string) {
	for _, name := range packages {
		if slices.Contains(slow, name) {
			left = append(left, name)
		} else {
			fast = append(fast, "./"+name)
		}
	}
	return fast, left
}

// changed reports whether a package's folder differs from the last commit. It is a hint for people: without git it is
// false.
func changed(ctx context.Context, dir, name string) bool {
	cmd := exec.CommandContext(ctx, "git", "status", "--porcelain", "--", path.Clean(name))
	cmd.Env, cmd.Dir = environ.Of(ctx), dir
	out, err := cmd.Output()
	return err == nil && len(out) > 0
}
