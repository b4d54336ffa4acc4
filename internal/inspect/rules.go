package inspect

import (
	"fmt"
	"io/fs"
	"maps"
	"path"
	"regexp"
	"slices"
	"strings"
)

// Role is what an image is for.
type Role string

// The two roles.
const (
	Web       Role = "web"
	Streaming Role = "streaming"
)

// Rules are what an image of a role must hold, beside what holds for every image.
type Rules struct {
	role   Role
	Ruby   string            // the version that .ruby-version or the base names; "" or "3.3": any that begins so
	Node   string            // likewise, of streaming
	Debian string            // "12", "bookworm" or ""
	Labels map[string]string // each must be there; "" for any value
	env    map[string]string // likewise
	Plain  bool              // the base's Ruby is one without YJIT, as Debian packages it: no finding
	files  []string          // paths or patterns below /opt/mastodon, each of which must match something
}

// Finding is one rule that an image breaks.
type Finding struct {
	Rule string `json:"rule"` // a short name, stable
	What string `json:"what"`
}

func (f Finding) String() string { return f.Rule + ": " + f.What }

// Facts are what a report shows of an image.
type Facts struct {
	Platform   string   `json:"platform"`
	Digest     string   `json:"digest"`
	Debian     string   `json:"debian"`
	Ruby       string   `json:"ruby"`
	YJIT       bool     `json:"yjit"`
	Node       string   `json:"node"`
	Jemalloc   string   `json:"jemalloc"`
	User       string   `json:"user"`
	Entrypoint []string `json:"entrypoint"`
	SetID      []string `json:"setid"`
	Files      int      `json:"files"`
	Bytes      int64    `json:"bytes"` // unpacked
}

// home is where Mastodon lives in an image.
const home = "opt/mastodon"

// uid is Mastodon's user, as in upstream's own image.
const uid = 991

var (
	notInWeb       = []string{"node", "nodejs", "npm", "npx", "yarn", "corepack"}
	notInStreaming = []string{"ruby", "irb", "gem", "bundle", "rake"}
	compilers      = []string{"gcc", "g++", "cc", "c++", "clang", "ld", "as", "make", "cmake", "rustc", "cargo", "go"}
	programDirs    = []string{"bin", "sbin", "usr/bin", "usr/sbin", "usr/local/bin", "usr/local/sbin", "opt/*/bin",
		"usr/lib/gcc/*/*"}
)

// setID are the set-user-id and set-group-id programs of Debian's base system; any other is a finding.
var setID = []string{"chage", "chfn", "chsh", "expiry", "gpasswd", "mount", "newgrp", "passwd", "su", "umount",
	"unix_chkpwd", "ssh-agent", "ssh-keysign"}

// mustNotLie are files that hold credentials, or the source's own repository.
var mustNotLie = []string{
	home + "/.git", home + "/.env.production", home + "/.env", "root/.netrc", "root/.docker/config.json", "root/.npmrc",
	"root/.ssh/id_*",
	home + "/.netrc", home + "/.docker/config.json", "etc/npmrc",
}

// volatile differ between two builds of the same inputs.
var volatile = []string{"var/cache/ldconfig/aux-cache", "var/log/dpkg.log", "var/log/apt/*.log",
	"var/log/alternatives.log", "var/lib/apt/lists/*_*", "var/cache/apt/*.bin", "var/cache/apt/archives/*.deb", "tmp/*"}

// Check holds an image against the rules, and returns everything that it breaks.
func (m *Image) Check(r Rules) []Finding {
	c := check{m: m}
	c.everywhere(r)
	switch r.role {
	case Web:
		c.web(r)
	case Streaming:
		c.streaming(r)
	}
	return c.found
}

type check struct {
	m     *Image
	found []Finding
}

func (c *check) add(rule, format string, args ...any) {
	c.found = append(c.found, Finding{rule, fmt.Sprintf(format, args...)})
}

func (c *check) everywhere(r Rules) {
	for _, l := range c.m.foundLeaks {
		c.add("secret", "a secret of this build (number %d) is in %s", l.canary+1, l.where)
	}
	c.named()
	for _, pattern := range mustNotLie {
		for _, name := range c.m.glob(pattern) {
			c.add("secret", "/%s should not be in an image", name)
		}
	}
	for _, name := range c.m.glob("run/secrets/*") {
		if c.m.Files[name].Size > 0 {
			c.add("secret", "/%s is a secret's file that the build left in the image", name)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.m.Files)) {
		if f := c.m.Files[name]; len(f.content) > 0 && credential.Match(f.content) {
			c.add("secret", "/%s holds a credential", name)
		}
	}
	for _, name := range compilers {
		c.absent("compiler", name)
	}
	for _, pattern := range volatile {
		if found := c.m.glob(pattern); len(found) > 0 {
			c.add("volatile", "/%s%s differs from build to build", found[0], more(len(found)-1))
		}
	}
	for _, name := range c.m.setID() {
		if !slices.Contains(setID, path.Base(name)) {
			c.add("setid", "/%s is %s", name, c.m.Files[name].mode)
		}
	}
	c.user()
	c.entrypoint()
	if got := c.m.debian(); r.Debian != "" && got != r.Debian && !strings.Contains(got, "("+r.Debian+")") &&
		!strings.HasPrefix(got, r.Debian+" ") {
		c.add("debian", "expected Debian %s, found %s", r.Debian, got)
	}
	c.pairs("label", r.Labels, func(k string) (string, bool) { v, ok := c.m.config.Labels[k]; return v, ok })
	c.pairs("env", r.env, func(k string) (string, bool) { v := c.m.env(k); return v, v != "" })
	for _, pattern := range r.files {
		if len(c.m.glob(path.Join(home, pattern))) == 0 {
			c.add("file", "nothing at /%s", path.Join(home, pattern))
		}
	}
}

// credential is a line of a configuration file that logs in somewhere.
var credential = regexp.MustCompile(
	`(?im)^\s*(//[^\s]+:_(authToken|auth|password)\s*=|npmAuthToken:|machine\s+\S+\s+login|` +
		`BUNDLE_[A-Z_]+:\s*"?[^"\s]+:[^"\s]+@)`)

func (c *check) web(r Rules) {
	for _, name := range notInWeb {
		c.absent("node", name)
	}
	if len(c.m.glob(home+"/node_modules/*")) > 0 {
		c.add("node", "/%s/node_modules is in the web image", home)
	}
	version, yjit := c.m.ruby()
	if version == "" {
		c.add("ruby", "no Ruby")
	} else if !isVersion(version, r.Ruby) {
		c.add("ruby", "expected Ruby %s, found %s", r.Ruby, version)
	}
	if !yjit && !r.Plain {
		c.add("yjit", "this Ruby is built without YJIT")
	}
	if c.m.env("RUBY_YJIT_ENABLE") != "1" && !strings.Contains(c.m.env("RUBYOPT"), "--yjit") {
		c.add("yjit", "YJIT is not switched on: RUBY_YJIT_ENABLE is %q", c.m.env("RUBY_YJIT_ENABLE"))
	}
	if at, ok := c.m.jemalloc(); !ok {
		c.add("jemalloc", "LD_PRELOAD is %q, and no libjemalloc is there", c.m.env("LD_PRELOAD"))
	} else if c.m.env("LD_PRELOAD") == "" {
		c.add("jemalloc", "/%s is not preloaded", at)
	}
	if c.m.env("RAILS_ENV") != "production" {
		c.add("env", "RAILS_ENV is %q", c.m.env("RAILS_ENV"))
	}
}

func (c *check) streaming(r Rules) {
	for _, name := range notInStreaming {
		c.absent("ruby", name)
	}
	if len(c.m.glob("usr/lib/ruby/*"))+len(c.m.glob("usr/local/lib/ruby/*")) > 0 {
		c.add("ruby", "Ruby's library is in the streaming image")
	}
	if !c.m.hasProgram("node") {
		c.add("node", "no node in PATH %q", c.m.env("PATH"))
	} else if got := c.m.node(); r.Node != "" && got != "" && !isVersion(got, strings.TrimPrefix(r.Node, "v")) {
		c.add("node", "expected node %s, found %s", r.Node, got)
	}
	if c.m.env("NODE_ENV") != "production" {
		c.add("env", "NODE_ENV is %q", c.m.env("NODE_ENV"))
	}
}

// absent looks for a program wherever programs lie, in PATH or not.
func (c *check) absent(rule, name string) {
	dirs := slices.Clone(programDirs)
	dirs = append(dirs, strings.Split(c.m.env("PATH"), ":")...)
	seen := map[string]bool{}
	for _, dir := range dirs {
		for _, at := range c.m.glob(strings.TrimPrefix(path.Join(dir, name), "/")) {
			if strings.HasPrefix(at, home+"/") { // the source has scripts of such names
				continue
			}
			if !seen[at] && !c.m.Files[at].mode.IsDir() {
				seen[at] = true
				c.add(rule, "/%s is there", at)
			}
		}
	}
}

func (c *check) user() {
	switch c.m.user() {
	case uid:
	case -1:
		c.add("user", "user %q is not in /etc/passwd", c.m.config.User)
	default:
		c.add("user", "expected user %d, found %q (%d)", uid, c.m.config.User, c.m.user())
	}
}

func (c *check) entrypoint() {
	e := c.m.config.Entrypoint
	if len(e) == 0 || path.Base(e[0]) != "tini" {
		c.add("entrypoint", "the entry point is %q, not tini", e)
		return
	}
	if _, f, ok := c.m.Resolve(e[0]); path.IsAbs(e[0]) && (!ok || f.mode&0o111 == 0) {
		c.add("entrypoint", "%s is not there", e[0])
	} else if !path.IsAbs(e[0]) && !c.m.hasProgram(e[0]) {
		c.add("entrypoint", "%s is not in PATH", e[0])
	}
}

func (c *check) pairs(rule string, want map[string]string, get func(string) (string, bool)) {
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if got, ok := get(k); !ok {
			c.add(rule, "%s is not set", k)
		} else if want[k] != "" && got != want[k] {
			c.add(rule, "expected %s=%q, found %q", k, want[k], got)
		}
	}
}

func more(n int) string {
	if n <= 0 {
		return ""
	}
	return fmt.Sprintf(" and %d more", n)
}

// isVersion reports whether got is want, or begins with its parts.
func isVersion(got, want string) bool {
	want = strings.TrimPrefix(strings.TrimSpace(want), "v")
	return want == "" || got == want || strings.HasPrefix(got, want+".")
}

func (m *Image) setID() []string {
	var out []string
	for name, f := range m.Files {
		if f.mode.IsRegular() && f.mode&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// For returns the rules of a role; the caller adds versions and labels.
func For(role Role) Rules {
	r := Rules{role: role}
	switch role {
	case Web:
		r.files = []string{"config.ru", "Gemfile.lock", "lib/mastodon/version.rb", "public/*"}
	case Streaming:
		r.files = []string{"streaming/index.js", "package.json", "node_modules/*"}
	}
	return r
}
