package config

import (
	"regexp"
	"slices"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/nearest"
)

// architectures are those that Debian, Ruby and Node all support.
var architectures = []string{"amd64", "arm64", "arm/v7", "ppc64le", "s390x", "riscv64", "386"}

// aliases are the names that other programs use.
var aliases = map[string]string{"x86_64": "amd64", "x64": "amd64", "aarch64": "arm64", "arm64/v8": "arm64",
	"armhf": "arm/v7", "arm": "arm/v7", "i386": "386", "amd64/v1": "amd64"}

// checkPlatform returns why images cannot be built for a platform, or nil.
func checkPlatform(s string) error {
	system, arch, ok := strings.Cut(s, "/")
	if !ok {
		return fault.New(fault.Usage, "%q is not a platform", s).WithHint("write it as SYSTEM/ARCH, such as linux/amd64")
	}
	if system != "linux" {
		return fault.New(fault.Usage, "the platform %q is not a Linux platform", s).
			WithHint("images run on Linux: such as linux/amd64")
	}
	if slices.Contains(architectures, arch) {
		return nil
	}
	e := fault.New(fault.Usage, "%q is not a platform", s)
	if known, ok := aliases[arch]; ok {
		return e.WithHint("write linux/%s", known)
	}
	if near := nearest.Name(arch, architectures); near != "" {
		return e.WithHint("did you mean linux/%s?", near)
	}
	return e.WithHint("use one of: linux/%s", strings.Join(architectures, ", linux/"))
}

func setPlatforms(l *loader, v value) {
	for i := range v.list {
		one := v.item(i)
		l.check(one, checkPlatform(one.text))
		if slices.Contains(l.c.Build.Platforms, one.text) {
			l.fail(one.fault("the platform %q is listed twice", one.text).WithHint("keep one"))
		}
		l.c.Build.Platforms = append(l.c.Build.Platforms, one.text)
	}
}

var (
	builderForm = regexp.MustCompile(
		`^(unix|tcp|ssh|docker-container|podman-container|nerdctl-container|kube-pod)://[^\s/@][^\s@]*$` +
			`|^unix:///[^\s]+$|^ssh://[^\s@:]+@[^\s@]+$`)
	builderWords = []string{"auto", "embedded", "docker"}
)

func checkBuilder(s string) error {
	if slices.Contains(builderWords, s) || builderForm.MatchString(s) {
		return nil
	}
	e := fault.New(fault.Usage, "unknown builder %q", s)
	if near := nearest.Name(s, builderWords); near != "" {
		return e.WithHint("did you mean %q?", near)
	}
	return e.WithHint("use auto, embedded, docker, or an address: unix://, tcp://, ssh://, docker-container://, " +
		"podman-container://, kube-pod://")
}

func setBuilder(l *loader, v value) {
	if v.table == nil {
		l.check(v, checkBuilder(v.text))
		l.c.Build.Builder = v.text
		return
	}
	l.c.Build.Builder = "auto"
	l.c.Build.Builders = v.table
	for platform, address := range v.table {
		at := v
		if line := l.doc.line("build.builder." + platform); line > 0 && v.line > 0 {
			at.line = line
		}
		l.check(at, checkPlatform(platform))
		l.check(at, checkBuilder(address))
	}
}
