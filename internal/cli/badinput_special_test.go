package cli_test

import (
	"errors"
	"maps"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// outsideText is in a file outside of the distribution, to which links lead.
const outsideText = "0utside-c0ntent"

// special is what a name can stand for where a file or a folder is expected.
type special struct {
	name string
	put  func(path, outside string) error
}

var specials = []special{
	{"a link out", func(path, outside string) error { return os.Symlink(filepath.Join(outside, "file"), path) }},
	{"a link to a folder outside", func(path, outside string) error { return os.Symlink(outside, path) }},
	{"a link to /dev/zero", func(path, _ string) error { return os.Symlink("/dev/zero", path) }},
	{"a pipe", func(path, _ string) error { return put(path, pipe{}) }},
	{"a socket", listenAt},
	{"a folder", func(path, _ string) error { return os.Mkdir(path, 0o755) }},
	{"a file that nobody may read", func(path, _ string) error { return os.WriteFile(path, []byte("x"), 0) }},
	{"a dangling link", func(path, _ string) error { return os.Symlink("nowhere-at-all", path) }},
	{"a link loop", func(path, _ string) error {
		other := path + ".other"
		return errors.Join(os.Symlink(filepath.Base(other), path), os.Symlink(filepath.Base(path), other))
	}},
}

// listenAt leaves a socket. Its address may have 108 bytes only, so it is made below a short name.
func listenAt(path, _ string) error {
	dir, err := os.MkdirTemp("/tmp", "s")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if err := os.Symlink(filepath.Dir(path), filepath.Join(dir, "d")); err != nil {
		return err
	}
	l, err := net.ListenUnix("unix", &net.UnixAddr{Name: filepath.Join(dir, "d", filepath.Base(path)), Net: "unix"})
	if err != nil {
		return err
	}
	l.SetUnlinkOnClose(false)
	return l.Close()
}

// specialPlace is a name of a file or a folder that a distribution or an import holds.
type specialPlace struct {
	name   string // below the distribution's folder
	says   string // what of the name is printed
	args   []string
	folder bool // it may be a folder
	named  bool // a person names it, so that it may be a link
	series bool // it is of a series, where links are refused with exit 7
	beside bool // a script takes it, which goes on without it: exit 3
	files  map[string]any
}

// specialPlaces are all names that something is read by.
func specialPlaces(t *testing.T, b *bench) []specialPlace {
	t.Helper()
	config, err := os.ReadFile(filepath.Join(b.mine, "howdah.toml"))
	if err != nil {
		t.Fatal(err)
	}
	build := []string{"image:build", "-dry", "-offline"}
	status, over := []string{"builder:status"}, certified(t, b, "tcp://127.0.0.1:1")
	imported := func(from string) []string { return []string{"patch:import", from, "-dry", "-offline"} }
	resolution := "patches/resolutions/" + strings.Repeat("a", 40)
	own := map[string]any{"docker/web.Dockerfile": "FROM ruby:3.3-slim-trixie\n",
		"docker/streaming.Dockerfile": "FROM node:24-trixie-slim\n"}
	quilted := map[string]any{"../quilt/series": "one.patch\n", "../quilt/one.patch": "--- a/x\n+++ b/x\n"}
	listed := map[string]any{"patches/series.toml": nil, "patches/overlays": nil, "series.lock": nil,
		"patches/series": "unlisted-icon.patch\n"}
	copying := map[string]any{"../own.sh": "#!/bin/sh\ncp theirs/beside.txt app/beside.txt\n",
		"../theirs/beside.txt": "x\n"}
	copied := map[string]any{"../own/Dockerfile": "FROM scratch\nCOPY beside.txt /opt/mastodon/beside.txt\n" +
		"WORKDIR /opt/mastodon\nRUN sed -i s/x/y/ Gemfile\n"}
	trusting := map[string]any{"bases.lock": pinnedBases,
		"howdah.toml": strings.Replace(string(config), "[build]\n", "[build]\nca = \"ca.pem\"\n", 1)}
	return []specialPlace{
		{name: "howdah.toml", says: "howdah.toml"},
		{name: "VERSION", says: "VERSION", args: []string{"version:show", "-offline"}},
		{name: "series.lock", says: "series.lock"},
		{name: "series.lock", says: "series.lock", args: []string{"patch:refresh", "-offline"}},
		{name: "watch.lock", says: "watch.lock", args: []string{"upstream:status", "-offline"}},
		{name: "watch.lock", says: "watch.lock", args: []string{"upstream:ack", "-offline"}},
		{name: "bases.lock", says: "bases.lock", args: build},
		{name: "patches", says: "patches", folder: true},
		{name: "patches/series.toml", says: "series.toml", series: true},
		{name: "patches/series", says: "series", series: true, files: listed, folder: true},
		{name: "patches/unlisted-icon.patch", says: "unlisted-icon", series: true},
		{name: "patches/overlays", says: "overlays", folder: true, series: true},
		{name: "patches/overlays/elephant", says: "elephant", folder: true, series: true},
		{name: "patches/overlays/elephant/" + firstOverlaid(t, b), says: "elephant", series: true},
		{name: "patches/resolutions", says: "resolutions", folder: true, series: true},
		{name: resolution, says: resolution, series: true},
		{name: "docker", says: "docker/", args: build, folder: true},
		{name: "docker/web.Dockerfile", says: "web.Dockerfile", args: build, files: own},
		{name: "docker/streaming.Dockerfile", says: "streaming.Dockerfile", args: build, files: own},
		{name: "docker/web.Dockerfile.dockerignore", says: "web.Dockerfile.dockerignore", args: build, files: own},
		{name: "ca.pem", says: "ca.pem", args: build, files: trusting},
		{name: "tls", says: "tls", args: status, folder: true, files: over},
		{name: "tls/ca.pem", says: "tls/ca.pem", args: status, files: over},
		{name: "tls/cert.pem", says: "tls/cert.pem", args: status, files: over},
		{name: "tls/key.pem", says: "tls/key.pem", args: status, files: over},
		{name: "dist", says: "dist", folder: true},
		{name: "../own.patch", says: "own.patch", args: imported("own.patch"), named: true},
		{name: "../own.sh", says: "own.sh", args: imported("own.sh"), named: true},
		{name: "../own.txt", says: "own.txt", named: true, folder: true,
			args: []string{"patch:overlay", "mine", "own.txt", "app/own.txt", "-dry", "-offline"}},
		{name: "../theirs", says: "theirs/beside.txt", args: imported("own.sh"), beside: true, folder: true, files: copying},
		{name: "../theirs/beside.txt", says: "theirs/beside.txt", args: imported("own.sh"), beside: true, files: copying},
		{name: "../own/beside.txt", says: "beside.txt", args: imported("own/Dockerfile"), beside: true, folder: true,
			files: copied},
		{name: "../quilt/series", says: "series", args: imported("quilt"), series: true, folder: true, files: quilted},
		{name: "../quilt/one.patch", says: "one.patch", args: imported("quilt"), series: true, files: quilted},
	}
}

// TestSpecialFiles puts each kind of file in the place of each name that a distribution or an import holds. The targets
// that read the name end with exit 2, or 7 in the series, or 3 where a script goes on without it, name the file, write
// nothing outside, and show nothing of what a link leads to.
func TestSpecialFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("some 250 processes")
	}
	for _, program := range []string{"git", "go"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skipf("%s is not installed", program)
		}
	}
	if os.Geteuid() == 0 {
		t.Log("skipped as root, who may read every file: a file that nobody may read")
	}
	b := newBench(t)
	for _, place := range specialPlaces(t, b) {
		for _, kind := range specials {
			linked := strings.HasPrefix(kind.name, "a link out") || strings.HasPrefix(kind.name, "a link to a folder")
			if place.folder && kind.name == "a folder" || place.named && linked ||
				kind.name == "a file that nobody may read" && os.Geteuid() == 0 {
				continue
			}
			args := place.args
			if args == nil {
				args = []string{"patch:check", "-offline"}
			}
			t.Run(args[0]+" "+place.name+" is "+kind.name, func(t *testing.T) {
				t.Parallel()
				outside := t.TempDir()
				if err := os.WriteFile(filepath.Join(outside, "file"), []byte(outsideText+"\n"), 0o644); err != nil {
					t.Fatal(err)
				}
				c := badInput{name: place.name, args: args, files: map[string]any{}}
				maps.Copy(c.files, place.files)
				c.make = func(_ *bench, dir string) error {
					path := filepath.Join(dir, "mine", place.name)
					return errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o755), kind.put(path, outside))
				}
				code, out, _ := b.run(t, c)
				entries, err := os.ReadDir(outside)
				if err != nil {
					t.Fatal(err)
				}
				_, rest, said := strings.Cut(out, "error: ")
				first, _, _ := strings.Cut(rest, "\n")
				switch {
				case code != 2 && (code != 7 || !place.series) && (code != 3 || !place.beside):
					t.Errorf("exit %d\n%s", code, out)
				case len(entries) != 1:
					t.Errorf("something is written outside: %v\n%s", entries, out)
				case !said && code == 2 || !strings.Contains(first, place.says) && !strings.Contains(out, place.says):
					t.Errorf("the file is not named\n%s", out)
				case strings.Contains(out, outsideText) || strings.Contains(out, outside) || strings.Contains(out, "goroutine "):
					t.Errorf("what is outside is shown\n%s", out)
				}
			})
		}
	}
}

// firstOverlaid is a file of the good distribution's overlay.
func firstOverlaid(t *testing.T, b *bench) string {
	t.Helper()
	var found string
	dir := filepath.Join(b.mine, "patches", "overlays", "elephant")
	err := filepath.WalkDir(dir, func(name string, e os.DirEntry, err error) error {
		if err == nil && found == "" && !e.IsDir() {
			found, err = filepath.Rel(dir, name)
		}
		return err
	})
	if err != nil || found == "" {
		t.Fatal(found, err)
	}
	return filepath.ToSlash(found)
}
