package series

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"strings"

	"github.com/howdah/howdah/internal/fault"
	"github.com/howdah/howdah/internal/tree"
)

// resolutions is the folder of files that somebody resolved after a conflict.
const resolutions = "resolutions"

// ResolutionKey identifies a conflict in one file: the blobs of base, upstream and yours (the base with the change
// applied).
type ResolutionKey struct{ Base, Upstream, Yours tree.ID }

// Name returns the file name below resolutions/: the sha256 of the three ids, cut to the length of a blob's id.
func (k ResolutionKey) Name() string {
	return SHA256([]byte(string(k.Base) + " " + string(k.Upstream) + " " + string(k.Yours) + "\n"))[:40]
}

// File returns the path of the resolution in a folder of changes.
func (k ResolutionKey) File() string { return path.Join(resolutions, k.Name()) }

// Resolutions are resolved files, by ResolutionKey.Name. One is used again wherever the same three blobs conflict.
type Resolutions map[string][]byte

func (l *loader) resolutions() {
	names, err := fs.ReadDir(l.folder.FS, resolutions)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		l.fail(resolutions, 0, "reading the kept resolutions: %w", err)
		return
	}
	for _, e := range names {
		name := e.Name()
		if strings.HasPrefix(name, ".") || strings.HasPrefix(name, "README") {
			continue
		}
		file := path.Join(resolutions, name)
		if len(name) != 40 || strings.Trim(name, "0123456789abcdef") != "" {
			l.fail(file, 0, "the name is not that of a resolution").
				Hint = fault.Hintf("40 hex digits; this writes them: %s", fault.Command{Target: "patch:save"})
			continue
		}
		data, refused := l.file(file)
		if refused != nil {
			l.errs = append(l.errs, refused.At(l.at(file), 0))
			continue
		}
		if HasMarkers(data) {
			l.fail(file, 1+bytes.Count(data[:bytes.Index(data, []byte("<<<<<<< "))], []byte("\n")),
				"the resolution has a conflict marker")
			continue
		}
		l.series.Resolutions[name] = data
	}
}

// HasMarkers reports whether a text has both the first and the last line of a conflict. Compare markers.First, which
// also finds half of a conflict.
func HasMarkers(data []byte) bool {
	return bytes.Contains(append([]byte("\n"), data...), []byte("\n<<<<<<< ")) &&
		bytes.Contains(data, []byte("\n>>>>>>> "))
}
