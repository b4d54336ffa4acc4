package base

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/howdah/howdah/internal/apt"
	"github.com/howdah/howdah/internal/environ"
	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/image"
	"github.com/howdah/howdah/internal/process"
)

// canUnpack is whether debootstrap can unpack Debian's packages on this machine.
func canUnpack() error {
	if os.Geteuid() != 0 || runtime.GOOS != "linux" {
		return fault.New(fault.Usage, "building base images needs root on Linux, because debootstrap unpacks Debian's "+
			"packages").
			WithHint("run it as root; with Docker no base images are needed: the official ones are pulled")
	}
	return nil
}

// debian builds the image debian:SUITE-slim with debootstrap, as an OCI layout in out.
func (o Options) debian(ctx context.Context, out string) (err error) {
	o.Say("unpacking Debian %s with debootstrap: some 40 MB of packages", o.Suite)
	progress, end := o.Stage.Begin("unpacking Debian " + o.Suite)
	defer func() { end(err) }()
	left, err := filepath.Glob(filepath.Join(filepath.Dir(out), "debootstrap-*")) // by a run that was killed
	for _, dir := range left {
		err = errors.Join(err, os.RemoveAll(dir))
	}
	if err != nil {
		return fault.New(fault.Other, "removing debootstrap's files: %w", err)
	}
	work, err := os.MkdirTemp(filepath.Dir(out), "debootstrap-")
	if err != nil {
		return fault.New(fault.Other, "making a folder for debootstrap: %w", err)
	}
	defer os.RemoveAll(work)
	root, archive := filepath.Join(work, "root"), filepath.Join(work, "root.tar")
	if err := o.bootstrap(ctx, root, progress); err != nil {
		return err
	}
	progress("packing it as an image")
	if err := finishRoot(root, o.Suite); err != nil {
		return err
	}
	tar := []string{"--create", "--file=" + archive, "--directory=" + root, "--numeric-owner", "--sort=name",
		"--mtime=@" + image.Epoch, "--clamp-mtime",
		"--exclude=./var/cache/apt/*.bin", "--exclude=./var/cache/apt/archives/*.deb", "--exclude=./var/lib/apt/lists/*",
		"--exclude=./var/log/*", "--exclude=./var/cache/ldconfig/aux-cache", "--exclude=./dev/*", "."}
	if err := run(ctx, "tar", tar...); err != nil {
		return fault.New(fault.Other, "packing Debian %s: %w", o.Suite, err)
	}
	return writeLayout(archive, out, o.Platform)
}

// bootstrap runs debootstrap, which reports on its file descriptor 3.
func (o Options) bootstrap(ctx context.Context, root string, progress func(format string, args ...any)) error {
	args := []string{"--debian-installer", "--variant=minbase", o.Suite, root}
	if o.Mirror != "" {
		args = append(args, o.Mirror)
	}
	cmd := command(ctx, "debootstrap", args...)
	var log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &log, &log
	report := &unpacking{progress: progress}
	end, err := process.Report(cmd, report.read)
	if err != nil {
		return err
	}
	err = cmd.Run()
	end()
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return context.Cause(ctx)
	}
	return fault.New(fault.Retry, "making Debian %s: debootstrap: %w\n%s", o.Suite, err, report.said(log.Bytes())).
		WithHint("can this machine reach Debian's archive? [build] debian_mirror names a mirror")
}

// finishRoot adds the suite's updates and security updates to its sources, next to the archive that debootstrap used.
func finishRoot(root, suite string) error {
	name := filepath.Join(root, "etc", "apt", "sources.list")
	data, err := os.ReadFile(name)
	if err != nil {
		return fmt.Errorf("reading the sources that debootstrap wrote: %w", err)
	}
	fields := strings.Fields(string(data))
	if len(fields) < 4 {
		return fault.New(fault.Other, "debootstrap wrote the sources %q", data)
	}
	mirror := strings.TrimSuffix(fields[1], "/")
	text := fmt.Sprintf("deb %s %s main\ndeb %s %s-updates main\ndeb %s-security %s-security main\n", mirror, suite,
		mirror, suite, mirror, suite)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		return err
	}
	return slim(root)
}

// writeLayout writes a tar file as an image of one layer.
func writeLayout(archive, dir, platform string) error {
	layer, err := tarball.LayerFromFile(archive, tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return fmt.Errorf("reading %q: %w", archive, err)
	}
	img, err := mutate.AppendLayers(mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1),
		types.OCIConfigJSON), layer)
	if err != nil {
		return fmt.Errorf("making the image: %w", err)
	}
	p, err := v1.ParsePlatform(platform)
	if err != nil {
		return fmt.Errorf("making the image: %w", err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		return fmt.Errorf("making the image: %w", err)
	}
	config = config.DeepCopy()
	config.OS, config.Architecture = p.OS, p.Architecture
	config.Config.Env, config.Config.Cmd = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		[]string{"bash"}
	config.Created = v1.Time{Time: time.Unix(1_000_000_000, 0).UTC()}
	if img, err = mutate.ConfigFile(img, config); err != nil {
		return fmt.Errorf("making the image: %w", err)
	}
	part := dir + ".part"
	if err := os.RemoveAll(part); err != nil {
		return err
	}
	path, err := layout.Write(part, mutate.IndexMediaType(empty.Index, types.OCIImageIndex))
	if err != nil {
		return fmt.Errorf("writing the layout %q: %w", part, err)
	}
	if err := path.AppendImage(img, layout.WithPlatform(*p)); err != nil {
		return fmt.Errorf("writing the layout %q: %w", part, err)
	}
	if err := os.RemoveAll(dir); err != nil {
		return err
	}
	return os.Rename(part, dir)
}

// install installs a Debian package where its program is missing, and says so.
func (o Options) install(ctx context.Context, program string) error {
	if _, err := exec.LookPath(program); err == nil {
		return nil
	}
	o.Say("installing %s from Debian's packages", program)
	err := apt.Install(ctx, o.Stage, program)
	if errors.Is(err, apt.ErrNoApt) {
		return fault.New(fault.Usage, "%s is not installed, and %w", program, err)
	}
	return err
}

// run runs a program, with the end of its output in the error.
func run(ctx context.Context, program string, args ...string) error {
	cmd := command(ctx, program, args...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("%s: %w\n%s", program, err, strings.Join(process.LastLines(out.String(), 8), "\n"))
	}
	return nil
}

// command is a program that a cancelled context ends with its children.
func command(ctx context.Context, program string, args ...string) *exec.Cmd {
	cmd := process.Group(process.Command(ctx, program, args...))
	cmd.Env = append(environ.Of(ctx), "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C")
	return cmd
}
