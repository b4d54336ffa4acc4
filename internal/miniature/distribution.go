package miniature

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/howdah/howdah/testdata/miniature"
)

// WriteDistribution writes a distribution of the miniature (howdah.toml, VERSION, patches/) into the folder dir,
// with url as its upstream and the commits of up in its series. It overwrites nothing: a file that is there
// already is left as it is.
func WriteDistribution(dir, url string, up *Upstream) error {
	root, err := fs.Sub(miniature.Files, "distribution")
	if err != nil {
		return fmt.Errorf("reading the miniature: %w", err)
	}
	fill := []string{"@UPSTREAM", url}
	for name, id := range up.Steps {
		fill = append(fill, `"@`+name+`"`, `"`+string(id)+`"`)
	}
	replacer := strings.NewReplacer(fill...)
	return fs.WalkDir(root, ".", func(name string, e fs.DirEntry, err error) error {
		target := filepath.Join(dir, filepath.FromSlash(name))
		switch {
		case err != nil:
			return err
		case e.IsDir():
			return os.MkdirAll(target, 0o755)
		}
		data, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		if strings.HasSuffix(name, ".toml") {
			data = []byte(replacer.Replace(string(data)))
		}
		return writeNew(target, data)
	})
}

func writeNew(name string, data []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("writing the distribution: %w", err)
	}
	if _, err := f.Write(data); err != nil {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
