// Package inspect looks into an image without running it: an image goes in, the facts of its finished file system and
// its config come out, and what they break of a role's rules.
package inspect

import (
	"archive/tar"
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// File is a file of the finished image.
type File struct {
	mode    fs.FileMode // type and permissions, set-id and sticky bits among them
	uid     int
	Size    int64
	link    string // of a symbolic link
	modTime time.Time
	layer   int    // that wrote it, from 0
	content []byte // of the few files that rules read
}

// Image is what an image holds.
type Image struct {
	digest     v1.Hash
	platform   string
	config     v1.Config
	created    time.Time
	Files      map[string]File // by path, without a leading slash
	layers     []int64         // their sizes, compressed
	foundLeaks []leak          // canaries found
	history    []string        // the commands that made it
}

// leak is a canary that was found.
type leak struct {
	where  string // "config", or "layer N: PATH"
	canary int    // its index; never the text itself
}

// Read reads every layer once. Canaries are texts that neither a file may have, not even one that a later layer
// removed, nor the config with its history.
func Read(ctx context.Context, img v1.Image, canaries []string) (*Image, error) {
	digest, err := img.Digest()
	if err != nil {
		return nil, fmt.Errorf("reading an image: %w", err)
	}
	config, err := img.ConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the config of %s: %w", digest, err)
	}
	raw, err := img.RawConfigFile()
	if err != nil {
		return nil, fmt.Errorf("reading the config of %s: %w", digest, err)
	}
	platform := "unknown"
	if p := config.Platform(); p != nil { // nil where the config names none
		platform = p.String()
	}
	out := &Image{digest: digest, platform: platform, config: config.Config, created: config.Created.Time,
		Files: map[string]File{}}
	for _, h := range config.History {
		out.history = append(out.history, h.CreatedBy)
	}
	find := newFinder(canaries)
	out.leaks("config", find.in(raw))
	layers, err := img.Layers()
	if err != nil {
		return nil, fmt.Errorf("reading the layers of %s: %w", digest, err)
	}
	for i, l := range layers {
		size, err := l.Size()
		if err != nil {
			return nil, fmt.Errorf("reading layer %d of %s: %w", i, digest, err)
		}
		out.layers = append(out.layers, size)
		if err := out.layer(ctx, i, l, find); err != nil {
			return nil, fmt.Errorf("reading layer %d of %s: %w", i, digest, err)
		}
	}
	return out, nil
}

func (m *Image) leaks(where string, found []int) {
	for _, i := range found {
		m.foundLeaks = append(m.foundLeaks, leak{where: where, canary: i})
	}
}

// layer lays one layer over what is there (OCI image-spec, "layer.md").
func (m *Image) layer(ctx context.Context, n int, l v1.Layer, find *finder) error {
	r, err := l.Uncompressed()
	if err != nil {
		return err
	}
	defer r.Close()
	written := map[string]bool{} // by this layer, which its own whiteouts do not touch
	for entries := tar.NewReader(bufio.NewReaderSize(r, 1<<20)); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := entries.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(path.Clean("/"+h.Name), "/")
		if name == "" {
			continue
		}
		dir, base := path.Split(name)
		switch {
		case base == ".wh..wh..opq":
			m.remove(strings.TrimSuffix(dir, "/"), false, written)
			continue
		case strings.HasPrefix(base, ".wh."):
			m.remove(dir+strings.TrimPrefix(base, ".wh."), true, written)
			continue
		}
		f := File{mode: h.FileInfo().Mode(), uid: h.Uid, Size: h.Size, modTime: h.ModTime, layer: n}
		switch h.Typeflag {
		case tar.TypeSymlink:
			f.link = h.Linkname
		case tar.TypeLink:
			f = m.Files[strings.TrimPrefix(path.Clean("/"+h.Linkname), "/")]
			f.layer = n
		case tar.TypeReg:
			keep := 0
			if isRead(name) {
				keep = 1 << 20
			}
			content, found, err := find.copy(entries, keep)
			if err != nil {
				return err
			}
			f.content = content
			m.leaks(fmt.Sprintf("layer %d: /%s", n, name), found)
		}
		if old, ok := m.Files[name]; ok && old.mode.IsDir() && !f.mode.IsDir() {
			m.remove(name, true, written)
		}
		m.Files[name] = f
		for written[name] = true; ; { // a layer need not list the folders above a file
			if name = path.Dir(name); name == "." {
				break
			}
			if _, ok := m.Files[name]; !ok {
				m.Files[name] = File{mode: fs.ModeDir | 0o755, layer: n}
			}
			written[name] = true
		}
	}
}

// remove takes out what is below name, and name itself where self says so, as earlier layers left it.
func (m *Image) remove(name string, self bool, keep map[string]bool) {
	for _, other := range slices.Collect(maps.Keys(m.Files)) {
		if keep[other] {
			continue
		}
		if self && other == name || strings.HasPrefix(other, name+"/") || name == "" {
			delete(m.Files, other)
		}
	}
}

// isRead reports whether rules read a file's content.
func isRead(name string) bool {
	switch path.Base(name) {
	case "rbconfig.rb", "os-release", "passwd", "node_version.h", ".npmrc", ".yarnrc.yml", ".netrc", ".gemrc":
		return true
	}
	return strings.HasSuffix(name, ".bundle/config")
}

// Resolve follows symbolic links, those in the middle of a path too, to a file that is none.
func (m *Image) Resolve(name string) (string, File, bool) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	for range 40 {
		next, moved := m.step(name)
		if !moved {
			f, ok := m.Files[name]
			return name, f, ok
		}
		name = next
	}
	return name, File{}, false
}

// step replaces the first symbolic link on a path by its target.
func (m *Image) step(name string) (string, bool) {
	parts := strings.Split(name, "/")
	for i := range parts {
		prefix := strings.Join(parts[:i+1], "/")
		f, ok := m.Files[prefix]
		if !ok || f.mode&fs.ModeSymlink == 0 {
			continue
		}
		target := f.link
		if !path.IsAbs(target) {
			target = path.Join("/", path.Dir(prefix), target)
		}
		return strings.TrimPrefix(path.Join(append([]string{target}, parts[i+1:]...)...), "/"), true
	}
	return name, false
}

// env is a variable of the config's environment.
func (m *Image) env(name string) string {
	for _, kv := range m.config.Env {
		if v, ok := strings.CutPrefix(kv, name+"="); ok {
			return v
		}
	}
	return ""
}

// glob lists the paths that match a pattern of path.Match, sorted.
func (m *Image) glob(pattern string) []string {
	var out []string
	for name := range m.Files {
		if ok, _ := path.Match(pattern, name); ok {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// hasProgram reports whether a program is in the config's PATH.
func (m *Image) hasProgram(name string) bool {
	for dir := range strings.SplitSeq(m.env("PATH"), ":") {
		if _, f, ok := m.Resolve(path.Join(dir, name)); ok && f.mode.IsRegular() && f.mode&0o111 != 0 {
			return true
		}
	}
	return false
}
