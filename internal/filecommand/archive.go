package filecommand

import (
	"path"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// upstreamArchive is the address of Mastodon's source as an archive, or of a fork's that has its name.
var upstreamArchive = regexp.MustCompile(
	`^https?://(?:codeload\.|api\.)?github\.com/(?:repos/)?([^/]+)/mastodon/` +
		`(?:archive|tar\.gz|tarball|legacy\.tar\.gz)/(\S+)$`)

// piped records that a stream is Mastodon's source as an archive.
const piped = "the archive of Mastodon's source, version "

// archived notes a download of Mastodon's source, which tar unpacks to the tree later on; file is where it is written.
func archived(m *shell.Machine, c *shell.Call, file string) (shell.Status, bool) {
	for _, a := range c.Args {
		found := upstreamArchive.FindStringSubmatch(a.Text)
		if found == nil {
			continue
		}
		ref := strings.TrimSuffix(strings.TrimSuffix(path.Base(found[2]), ".tar.gz"), ".zip")
		version := strings.TrimPrefix(ref, "v")
		if m.Out != nil && (file == "-" || file == "") {
			m.Out.Why = piped + version
			return source(m, c, found[1], ref), true
		}
		if file == "" {
			file = path.Base(a.Text)
		}
		if abs, known := m.Abs(file); known {
			m.World.Archives[abs] = version
		}
		return source(m, c, found[1], ref), true
	}
	return shell.Status{}, false
}

// source notes that a command takes Mastodon's source from an owner's repository at GitHub.
func source(m *shell.Machine, c *shell.Call, owner, ref string) shell.Status {
	if Forked(m, c.Spot, "https://github.com/"+owner+"/mastodon", ref) {
		return shell.Succeeded
	}
	return m.Nothing(c)
}

// tar unpacks Mastodon's source to where the tree lies. Other archives are not followed.
func tar(m *shell.Machine, c *shell.Call) shell.Status {
	file, folder, stripped, unpacks := "", ".", false, false
	take := ""
	for i, a := range c.Args {
		s := a.Text
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
			stripped = strings.HasSuffix(s, "1") || i+1 < len(c.Args) && c.Args[i+1].Text == "1"
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
	if m.In != nil {
		version, found = strings.CutPrefix(m.In.Why, piped)
	}
	if file != "" && file != "-" {
		if abs, known := m.Abs(file); known {
			version, found = m.World.Archives[abs], m.World.Archives[abs] != ""
		}
	}
	if p, known := m.Place(file, true); !unpacks && known && file != "" && p.Disk != scriptfiles.InTree {
		return m.Nothing(c) // it packs, or lists
	}
	abs, known := m.Abs(folder)
	if !unpacks || !found || !known {
		return m.Foreign(c)
	}
	if !stripped {
		if version == "" {
			return m.Foreign(c)
		}
		abs = path.Join(abs, "mastodon-"+version)
	}
	m.World.Note(abs, scriptfiles.Strong)
	m.World.Loose = true
	return m.Nothing(c)
}
