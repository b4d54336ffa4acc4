package suite

import (
	"context"
	"debug/buildinfo"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/internal/buildkitd"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/files"
	"github.com/howdah/howdah/internal/gobuild"
	"github.com/howdah/howdah/internal/process"
)

// distPlatforms are the systems that [Dist] makes binaries for, as Go names them.
var distPlatforms = []string{"linux/amd64", "linux/arm64", "darwin/amd64", "darwin/arm64"}

// sumsName is the file of checksums beside the binaries, in the form that `sha256sum --check` reads.
const sumsName = "SHA256SUMS"

// DistOptions say what [Dist] makes and where.
type DistOptions struct {
	Source    string        // the module's folder, in a git checkout
	Into      string        // the folder for the binaries; what was in it goes
	Platforms []string      // nil: all of distPlatforms
	Stage     process.Stage // shows how far the compiler is; may be nil
}

// Dist compiles cmd/howdah into one static binary a platform, for Linux the buildkitd of tools/go.mod too, and writes
// their checksums. The bytes depend on the commit and on Go's version only, and neither on the folder nor on the
// environment. A binary knows the checksum of its buildkitd. It reports each file to w.
func Dist(ctx context.Context, w io.Writer, o DistOptions) error {
	if o.Platforms == nil {
		o.Platforms = distPlatforms
	}
	if err := errors.Join(os.RemoveAll(o.Into), os.MkdirAll(o.Into, 0o755)); err != nil {
		return fmt.Errorf("making %q: %w", o.Into, err)
	}
	var sums strings.Builder
	version := ""
	add := func(name string) (string, error) {
		sum, size, err := files.Sum(filepath.Join(o.Into, name))
		if err != nil {
			return "", fmt.Errorf("reading %q: %w", name, err)
		}
		fmt.Fprintf(&sums, "%s  %s\n", sum, name)
		fmt.Fprintf(w, "%s  %s  %.1f MB\n", sum, name, float64(size)/1e6)
		return sum, nil
	}
	for _, platform := range o.Platforms {
		system, arch, ok := strings.Cut(platform, "/")
		if !ok {
			return fault.New(fault.Usage, "expected SYSTEM/ARCH such as linux/amd64, found %q", platform)
		}
		c := compilation{source: o.Source, into: o.Into, system: system, arch: arch, stage: o.Stage}
		flags := "-s -w -buildid="
		if system == "linux" {
			daemon := buildkitd.ReleasedName(arch)
			err := c.run(ctx, daemon, buildkitd.Package, "-modfile=tools/go.mod", "-buildvcs=false",
				"-ldflags="+flags+" "+buildkitd.LinkerFlags())
			if err != nil {
				return err
			}
			sum, err := add(daemon)
			if err != nil {
				return err
			}
			flags += " " + buildkitd.SumFlag(sum)
		}
		name := "howdah-" + system + "-" + arch
		if err := c.run(ctx, name, "./cmd/howdah", "-mod=readonly", "-buildvcs=true", "-ldflags="+flags); err != nil {
			return err
		}
		if _, err := add(name); err != nil {
			return err
		}
		info, err := buildinfo.ReadFile(filepath.Join(o.Into, name))
		if err != nil {
			return fmt.Errorf("reading the version of %q: %w", name, err)
		}
		version = info.Main.Version
	}
	if err := os.WriteFile(filepath.Join(o.Into, sumsName), []byte(sums.String()), 0o644); err != nil {
		return fmt.Errorf("writing %s: %w", sumsName, err)
	}
	fmt.Fprintf(w, "version %s\n", version)
	if version == "(devel)" {
		fmt.Fprintf(w, "the binaries have no version: Go finds no git checkout in %s (it does not count a linked work "+
			"tree)\n",
			o.Source)
	}
	return nil
}

// compilation is for which platform programs are compiled, and where.
type compilation struct {
	source, into, system, arch string
	stage                      process.Stage
}

// run makes one binary. Settings of the caller's that would change its bytes are overridden.
func (c compilation) run(ctx context.Context, name, pkg string, flags ...string) (err error) {
	progress, end := c.stage.Begin("compiling " + name)
	defer func() { end(err) }()
	err = gobuild.Build{
		Dir: c.source, Out: filepath.Join(c.into, name), Package: pkg, Flags: append([]string{"-trimpath"}, flags...),
		Environ: append(outer(environ.Of(ctx)), "GOOS="+c.system, "GOARCH="+c.arch, "CGO_ENABLED=0", "GOAMD64=v1",
			"GOARM64=v8.0", "GOFLAGS=", "GOWORK=off", "GOEXPERIMENT=", "GOFIPS140=off"),
	}.Run(ctx, progress)
	switch {
	case ctx.Err() != nil:
		return err
	case errors.Is(err, exec.ErrNotFound):
		return fault.New(fault.Usage, "compiling %s: found no program go in PATH", name).
			WithHint("install Go from https://go.dev/dl/")
	case err != nil:
		return fault.New(fault.Other, "compiling %s: %w", name, err)
	}
	return nil
}
