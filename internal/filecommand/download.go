package filecommand

import (
	"path"
	"regexp"
	"strings"

	"github.com/howdah/howdah/internal/arguments"
	"github.com/howdah/howdah/internal/importer"
	"github.com/howdah/howdah/internal/scriptchanges"
	"github.com/howdah/howdah/internal/scriptfiles"
	"github.com/howdah/howdah/internal/shell"
)

// saved is one download: an address, and the file that it is written to; "" or "-" is the output.
type saved struct {
	address shell.Word
	file    string
}

// downloaders are the options of curl and wget whose value is an argument of its own.
var downloaders = map[string]struct {
	short string
	long  []string
}{
	"curl": {"oHuAdebcxXTwmCFKEryYztUZ", []string{"output", "output-dir", "header", "user", "user-agent", "data",
		"referer", "cookie", "proxy", "request", "max-time", "connect-timeout", "retry", "retry-delay", "cacert", "url"}},
	"wget": {"OPoatTwUARliQ", []string{"output-document", "directory-prefix", "output-file", "tries", "timeout",
		"wait", "user-agent", "header", "user", "password", "ca-certificate"}},
}

// downloads reads the command line of curl or wget.
func downloads(c *shell.Call) (out []saved) {
	takes := downloaders[c.Name]
	options, rest := arguments.Split(arguments.WithValues(c.Args, takes.long...), takes.short)
	if one, found := options["url"]; found {
		rest = append(rest, one)
	}
	written, folder, named := options["o"].Text+options["output"].Text, options["output-dir"].Text,
		options.Has("O", "remote-name", "remote-name-all", "J")
	if c.Name == "wget" {
		written = options["O"].Text + options["output-document"].Text
		folder = options["P"].Text + options["directory-prefix"].Text
		named = written == ""
	}
	for _, w := range rest {
		one := saved{address: w, file: written}
		if named && written == "" {
			address, _, _ := strings.Cut(w.Text, "?")
			one.file = path.Base(strings.TrimSuffix(address, "/"))
		}
		if one.file != "" && one.file != "-" && !path.IsAbs(one.file) {
			one.file = path.Join(folder, one.file)
		}
		out = append(out, one)
	}
	return out
}

// bring marks a file as uncertain that a command brings. If the script removed it before, its removal is no change: the
// line that did waits for a person with this one.
func bring(m *shell.Machine, s scriptchanges.Spot, p scriptfiles.Place, why string) {
	if removed := m.World.Over[p]; p.Disk == scriptfiles.InTree && removed != nil && removed.Gone && m.Perhaps == "" {
		if before := m.Log.TakeBack(s, p.Name); before != nil {
			m.World.Write(p, before)
		}
	}
	m.Doubt(s, p, why)
}

// download is curl and wget: what comes over the network is not known.
func download(m *shell.Machine, c *shell.Call) shell.Status {
	m.PrintsUnknown(c.Name)
	all := downloads(c)
	if len(all) == 1 {
		if s, ok := archived(m, c, all[0].file); ok {
			return s
		}
	}
	next := addressOf(c)
	for _, one := range all {
		if one.file == "" || one.file == "-" {
			if m.Out != nil {
				m.Offer(c.Spot, next, "not expressible: it downloads what the next command reads, and imports have no network")
			} else {
				m.Offer(c.Spot, next, "overlay?: it downloads %s", one.address.Text)
			}
			continue
		}
		p, known := m.Place(one.file, true)
		if known && m.World.IsFolder(p) {
			p.Name = path.Join(p.Name, path.Base(one.address.Text))
		}
		to := next
		if known {
			bring(m, c.Spot, p, "it comes from the network")
			if p.Disk == scriptfiles.InTree {
				to.Path, to.File = p.Name, path.Base(p.Name)
			}
		}
		if to.Path == "" {
			m.Offer(c.Spot, to, "overlay?: it downloads %s, and imports have no network", one.address.Text)
			continue
		}
		m.Offer(c.Spot, to, "overlay?: it downloads %s to %s, and imports have no network: download it here first",
			one.address.Text, to.Path)
	}
	if len(all) == 0 {
		m.Offer(c.Spot, next, "overlay?: it downloads what is known only at run time")
	}
	return shell.Succeeded
}

// commits are the addresses of pull requests, commits and comparisons at GitHub, which an import takes.
var commits = regexp.MustCompile(
	`^https://(?:(?:www\.)?github\.com/[^/]+/[^/]+/(?:pull|commit|compare)/|patch-diff\.githubusercontent\.com/raw/)`)

// addressOf is the import of what a command downloads, where that is a patch of GitHub's.
func addressOf(c *shell.Call) (next importer.Next) {
	for _, a := range c.Args {
		if a.Known() && commits.MatchString(a.Text) {
			next.Import = a.Text
		}
	}
	return next
}
