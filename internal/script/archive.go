package script

import (
	"path"
	"regexp"
	"strings"
)

// upstreamArchive is the address of Mastodon's source as an archive, or of a fork's that has its name.
var upstreamArchive = regexp.MustCompile(
	`^https?://(?:codeload\.|api\.)?github\.com/(?:repos/)?[^/]+/mastodon/` +
		`(?:archive|tar\.gz|tarball|legacy\.tar\.gz)/(\S+)$`)

// piped says of a stream that it is Mastodon's source as an archive.
const piped = "the archive of Mastodon's source, version "

// archived notes a download of Mastodon's source, which tar unpacks to the tree later on; file is where it is written.
func (m *machine) archived(c *call, file string) (status, bool) {
	for _, a := range c.args {
		found := upstreamArchive.FindStringSubmatch(a.s)
		if found == nil {
			continue
		}
		version := strings.TrimPrefix(strings.TrimSuffix(path.Base(found[1]), ".tar.gz"), "v")
		if m.out != nil && (file == "-" || file == "") {
			m.out.why = piped + version
			return m.nothing(c), true
		}
		if file == "" {
			file = path.Base(a.s)
		}
		if abs, known := m.abs(file); known {
			m.world.archives[abs] = version
		}
		return m.nothing(c), true
	}
	return status{}, false
}

// tar unpacks Mastodon's source to where the tree lies. Other archives are not followed.
func (m *machine) tar(c *call) status {
	file, folder, stripped, unpacks := "", ".", false, false
	take := ""
	for i, a := range c.args {
		s := a.s
		switch {
		case take == "f":
			file, take = s, ""
			continue
		case take == "C":
			folder, take = s, ""
			continue
		case s == "--extract", s == "--get":
			unpacks = true
			continue
		case strings.HasPrefix(s, "--strip"):
			stripped = strings.HasSuffix(s, "1")
			continue
		case strings.HasPrefix(s, "--directory="):
			folder = strings.TrimPrefix(s, "--directory=")
			continue
		case strings.HasPrefix(s, "--file="):
			file = strings.TrimPrefix(s, "--file=")
			continue
		case strings.HasPrefix(s, "--") || !strings.HasPrefix(s, "-") && i > 0:
			continue
		}
		unpacks = unpacks || strings.Contains(s, "x")
		if strings.HasSuffix(s, "f") || i == 0 && strings.Contains(s, "f") {
			take = "f"
		}
		if strings.HasSuffix(s, "C") {
			take = "C"
		}
	}
	version, found := "", false
	if m.in != nil {
		version, found = strings.CutPrefix(m.in.why, piped)
	}
	if file != "" && file != "-" {
		if abs, known := m.abs(file); known {
			version, found = m.world.archives[abs], m.world.archives[abs] != ""
		}
	}
	if p, known := m.place(file, true); !unpacks && known && file != "" && p.disk != inTree {
		return m.nothing(c) // it packs, or lists
	}
	abs, known := m.abs(folder)
	if !unpacks || !found || !known {
		return m.foreign(c)
	}
	if !stripped {
		if version == "" {
			return m.foreign(c)
		}
		abs = path.Join(abs, "mastodon-"+version)
	}
	m.world.note(abs, strong)
	return m.nothing(c)
}
