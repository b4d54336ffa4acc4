package suite

import (
	"context"
	"io"
	"os/exec"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
)

// golden is the package whose flag -update writes golden files.
const golden = "github.com/howdah/howdah/internal/golden"

// Update runs the tests of every package that has golden files or generated pages, and lets them write these anew.
func Update(ctx context.Context, w io.Writer, dir string) error {
	const form = `{{.ImportPath}} {{join .TestImports " "}} {{join .XTestImports " "}}`
	cmd := exec.CommandContext(ctx, "go", "list", "-f", form, "./...")
	cmd.Env, cmd.Dir = environ.Of(ctx), dir
	out, err := cmd.Output()
	if err != nil {
		return fault.New(fault.Other, "listing the packages: %w", err)
	}
	args := append([]string{"-short", "-count=1"}, importers(string(out), golden)...)
	_, err = testAll(ctx, w, dir, "about a minute on two cores", append(args, "-update")...)
	return err
}

// importers are the packages of lines "package import import…" that import one.
func importers(lines, one string) []string {
	var found []string
	for line := range strings.Lines(lines) {
		fields := strings.Fields(line)
		if len(fields) > 0 && slices.Contains(fields[1:], one) {
			found = append(found, fields[0])
		}
	}
	return found
}
