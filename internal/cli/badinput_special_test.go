package cli_test

import (
	"errors"
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

// TestSpecialFiles puts each kind of file in the place of each name that a distribution or an import holds. The targets
// that read the name end with exit 2, or 7 in the series, name the file, and show nothing of what a link leads to.
func TestSpecialFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("some 150 processes")
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
	build := []string{"image:build", "-dry", "-offline"}
	for _, place := range []struct {
		name   string // below the distribution's folder
		says   string // what of the name is printed
		args   []string
		folder bool // it may be a folder
		named  bool // a person names it, so that it may be a link
		series bool // it is of a series, where links are refused with exit 7
	}{
		{name: "howdah.toml", says: "howdah.toml"},
		{name: "VERSION", says: "VERSION", args: []string{"version:show", "-offline"}},
		{name: "series.lock", says: "series.lock"},
		{name: "series.lock", says: "series.lock", args: []string{"patch:refresh", "-offline"}},
		{name: "watch.lock", says: "watch.lock", args: []string{"upstream:status", "-offline"}},
		{name: "watch.lock", says: "watch.lock", args: []string{"upstream:ack", "-offline"}},
		{name: "bases.lock", says: "bases.lock", args: build},
		{name: "patches", says: "patches", folder: true},
		{name: "patches/series.toml", says: "series.toml", series: true},
		{name: "patches/unlisted-icon.patch", says: "unlisted-icon", series: true},
		{name: "patches/overlays/elephant", says: "elephant", folder: true, series: true},
		{name: "patches/overlays/elephant/" + firstOverlaid(t, b), says: "elephant", series: true},
		{name: "docker/web.Dockerfile", says: "web.Dockerfile", args: build},
		{name: "../own.patch", says: "own.patch", args: []string{"patch:import", "own.patch", "-offline"}, named: true},
		{name: "../own.sh", says: "own.sh", args: []string{"patch:import", "own.sh", "-offline"}, named: true},
		{name: "../quilt/series", says: "series", args: []string{"patch:import", "quilt", "-offline"}, series: true},
		{name: "../quilt/one.patch", says: "one.patch", args: []string{"patch:import", "quilt", "-offline"}, series: true},
	} {
		for _, kind := range specials {
			linked := strings.HasPrefix(kind.name, "a link out") || strings.HasPrefix(kind.name, "a link to a folder")
			if (place.folder || place.name == "../quilt/series") && kind.name == "a folder" || place.named && linked ||
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
				if strings.HasPrefix(place.name, "docker/") {
					c.files["docker/streaming.Dockerfile"] = "FROM node:24-trixie-slim\n"
				}
				if strings.HasPrefix(place.name, "../quilt/") {
					c.files["../quilt/series"] = "one.patch\n"
					c.files["../quilt/one.patch"] = "--- a/x\n+++ b/x\n"
				}
				c.make = func(_ *bench, dir string) error {
					path := filepath.Join(dir, "mine", place.name)
					return errors.Join(os.RemoveAll(path), os.MkdirAll(filepath.Dir(path), 0o755), kind.put(path, outside))
				}
				code, out, _ := b.run(t, c)
				_, rest, said := strings.Cut(out, "error: ")
				first, _, _ := strings.Cut(rest, "\n")
				switch {
				case code != 2 && (code != 7 || !place.series):
					t.Errorf("exit %d\n%s", code, out)
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
