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

// resolutions is the folder in which contents are kept that somebody found for conflicts.
const resolutions = "resolutions"

// ResolutionKey names a conflict in one file: the blobs of base, upstream and yours (what the
// change makes of base).
type ResolutionKey struct{ Base, Upstream, Yours tree.ID }

// Name is the key's file name below resolutions/: the sha256 of the three ids, cut as short as a blob's own.
func (k ResolutionKey) Name() string {
	return SHA256([]byte(string(k.Base) + " " + string(k.Upstream) + " " + string(k.Yours) + "\n"))[:40]
}

// File is where in a folder of changes the key's resolution is kept.
func (k ResolutionKey) File() string { return path.Join(resolutions, k.Name()) }

// Resolutions are contents that somebody found for conflicts, by ResolutionKey.Name. They are replayed wherever the
// same three blobs meet again.
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

// HasMarkers says whether a conflict's markers stand in a text.
func HasMarkers(data []byte) bool {
	return bytes.Contains(append([]byte("\n"), data...), []byte("\n<<<<<<< ")) &&
		bytes.Contains(data, []byte("\n>>>>>>> "))
}
