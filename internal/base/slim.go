package base

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// settings are what the official debian:SUITE-slim has in /etc for installing within an image, in our words: no
// waiting for the disk (an interrupted build is thrown away), no translations, and no manuals.
var settings = map[string]string{
	"dpkg/dpkg.cfg.d/howdah-unsafe-io": "force-unsafe-io\n",
	"dpkg/dpkg.cfg.d/howdah-slim": "path-exclude /usr/share/doc/*\npath-include /usr/share/doc/*/copyright\n" +
		"path-exclude /usr/share/man/*\npath-exclude /usr/share/info/*\npath-exclude /usr/share/groff/*\n" +
		"path-exclude /usr/share/locale/*\npath-exclude /usr/share/lintian/*\n",
	"apt/apt.conf.d/howdah-languages": "Acquire::Languages \"none\";\n",
}

// slim writes the settings, and takes out what they would have kept from being installed.
func slim(root string) error {
	for name, text := range settings {
		if err := os.WriteFile(filepath.Join(root, "etc", name), []byte(text), 0o644); err != nil {
			return fmt.Errorf("writing dpkg's and apt's settings: %w", err)
		}
	}
	for _, folder := range []string{"man", "info", "groff", "locale", "lintian", "doc"} {
		within, err := filepath.Glob(filepath.Join(root, "usr/share", folder, "*"))
		if err != nil {
			return fmt.Errorf("listing %q: %w", folder, err)
		}
		for _, name := range within {
			if err := strip(name, folder == "doc"); err != nil {
				return fmt.Errorf("taking out /usr/share/%s: %w", folder, err)
			}
		}
	}
	return nil
}

// strip removes a file or folder, all but the copyright of a package's documentation.
func strip(name string, copyright bool) error {
	if !copyright {
		return os.RemoveAll(name)
	}
	if at, err := os.Lstat(name); err != nil || !at.IsDir() {
		return err // a link to another package's folder, which has its own turn
	}
	inner, err := filepath.Glob(filepath.Join(name, "*"))
	if err != nil {
		return err
	}
	for _, file := range inner {
		if !strings.HasSuffix(file, "/copyright") {
			if err := os.RemoveAll(file); err != nil {
				return err
			}
		}
	}
	return nil
}
