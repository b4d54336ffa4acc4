package image_test

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
)

// listTar gives a line a file: name, permissions, a link's target, a short text's content.
func listTar(t *testing.T, r io.Reader) string {
	t.Helper()
	var lines []string
	for tr := tar.NewReader(r); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		line := fmt.Sprintf("%s %o", h.Name, h.Mode&0o7777)
		if h.Linkname != "" {
			line += " " + h.Linkname
		}
		if strings.HasSuffix(h.Name, "main.txt") && h.Typeflag == tar.TypeReg {
			data, err := io.ReadAll(tr)
			if err != nil {
				t.Fatal(err)
			}
			line += " " + strings.TrimSpace(string(data))
		}
		lines = append(lines, line)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}
