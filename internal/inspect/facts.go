package inspect

import (
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Facts sums the image up.
func (m *Image) Facts() Facts {
	f := Facts{Platform: m.platform, Digest: m.digest.String(), Debian: m.debian(), Node: m.node(), User: m.config.User,
		Entrypoint: m.config.Entrypoint, SetID: m.setID(), Files: len(m.Files)}
	f.Ruby, f.YJIT = m.ruby()
	f.Jemalloc, _ = m.jemalloc()
	for _, file := range m.Files {
		f.Bytes += file.Size
	}
	return f
}

var rubyConfig = regexp.MustCompile(`CONFIG\["(RUBY_PROGRAM_VERSION|YJIT_SUPPORT|MAJOR|MINOR|TEENY)"\]\s*=\s*"([^"]*)"`)

// ruby reads the version, and whether YJIT is built in, from the interpreter's own configuration.
func (m *Image) ruby() (version string, yjit bool) {
	var names []string
	for name, f := range m.Files {
		if path.Base(name) == "rbconfig.rb" && f.mode.IsRegular() && strings.Contains(name, "lib/") &&
			strings.Contains(name, "ruby") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		set := map[string]string{}
		for _, match := range rubyConfig.FindAllSubmatch(m.Files[name].content, -1) {
			if value := string(match[2]); value != "" && !strings.HasPrefix(value, "$(") {
				set[string(match[1])] = value
			}
		}
		version = set["RUBY_PROGRAM_VERSION"]
		if version == "" && set["MAJOR"] != "" {
			version = set["MAJOR"] + "." + set["MINOR"] + "." + set["TEENY"]
		}
		if version != "" {
			return version, set["YJIT_SUPPORT"] != "" && set["YJIT_SUPPORT"] != "no"
		}
	}
	return "", false
}

var nodeConfig = regexp.MustCompile(`#define NODE_(MAJOR|MINOR|PATCH)_VERSION (\d+)`)

// node reads the version from node's own headers, else from what the base's config says.
func (m *Image) node() string {
	for name, f := range m.Files {
		if path.Base(name) != "node_version.h" {
			continue
		}
		set := map[string]string{}
		for _, match := range nodeConfig.FindAllSubmatch(f.content, -1) {
			set[string(match[1])] = string(match[2])
		}
		if set["MAJOR"] != "" {
			return set["MAJOR"] + "." + set["MINOR"] + "." + set["PATCH"]
		}
	}
	return m.env("NODE_VERSION")
}

// jemalloc is the library that LD_PRELOAD names, or any that is there.
func (m *Image) jemalloc() (string, bool) {
	for preload := range strings.FieldsFuncSeq(m.env("LD_PRELOAD"), func(r rune) bool { return r == ':' || r == ' ' }) {
		if !strings.Contains(preload, "jemalloc") {
			continue
		}
		for _, dir := range []string{"", "usr/lib/*", "usr/lib", "usr/local/lib", "lib/*"} {
			for _, at := range m.glob(strings.TrimPrefix(path.Join(dir, preload), "/")) {
				if at, f, ok := m.Resolve(at); ok && f.mode.IsRegular() {
					return at, true
				}
			}
		}
		return "", false
	}
	for _, pattern := range []string{"usr/lib/*/libjemalloc.so*", "usr/lib/libjemalloc.so*",
		"usr/local/lib/libjemalloc.so*"} {
		if found := m.glob(pattern); len(found) > 0 && m.env("LD_PRELOAD") == "" {
			return found[0], true
		}
	}
	return "", false
}

var osRelease = regexp.MustCompile(`(?m)^(VERSION_ID|VERSION)="?([^"\n]*)"?$`)

// debian is the release, such as "12 (bookworm)".
func (m *Image) debian() string {
	_, f, ok := m.Resolve("etc/os-release")
	if !ok {
		return ""
	}
	set := map[string]string{}
	for _, match := range osRelease.FindAllSubmatch(f.content, -1) {
		set[string(match[1])] = string(match[2])
	}
	if set["VERSION"] != "" {
		return set["VERSION"]
	}
	return set["VERSION_ID"]
}

// user is the number of the user that the image runs as; -1 for a name without one.
func (m *Image) user() int {
	name, _, _ := strings.Cut(m.config.User, ":")
	if name == "" {
		return 0
	}
	if n, err := strconv.Atoi(name); err == nil {
		return n
	}
	_, f, _ := m.Resolve("etc/passwd")
	for line := range strings.Lines(string(f.content)) {
		fields := strings.Split(line, ":")
		if len(fields) > 2 && fields[0] == name {
			if n, err := strconv.Atoi(fields[2]); err == nil {
				return n
			}
		}
	}
	return -1
}
